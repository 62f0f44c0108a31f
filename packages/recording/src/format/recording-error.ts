import type { CloseEntry, FrameEntry } from './recording.js';

/** A recording cannot be read, and where. */
export class RecordingError extends Error {
  readonly _tag = 'RecordingError';
  override readonly name = 'RecordingError';
  /** The recording's path or name. */
  readonly file: string;
  /** Counted from 1; `undefined` when it is the file as a whole. */
  readonly line: number | undefined;
  /** What is wrong there. */
  readonly problem: string;
  /** Whether there is no such file, or it holds no recording. */
  readonly kind: 'unreadable' | 'invalid';
  /** The entry of the line, where all that is wrong with it is that it is of no connection. */
  declare readonly outside: FrameEntry | CloseEntry | undefined;

  constructor(
    file: string,
    line: number | undefined,
    problem: string,
    {
      kind = 'invalid',
      outside,
      cause,
    }: {
      kind?: RecordingError['kind'];
      outside?: RecordingError['outside'] | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(`${file}${line === undefined ? '' : `:${line}`}: ${problem}`, { cause });
    this.file = file;
    this.line = line;
    this.problem = problem;
    this.kind = kind;
    // Said by the line already; and a report of the error shows none of its words.
    Object.defineProperty(this, 'outside', { value: outside, enumerable: false });
  }
}

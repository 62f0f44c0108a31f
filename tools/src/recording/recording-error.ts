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

  constructor(
    file: string,
    line: number | undefined,
    problem: string,
    { kind = 'invalid', cause }: { kind?: RecordingError['kind']; cause?: unknown } = {},
  ) {
    super(`${file}${line === undefined ? '' : `:${line}`}: ${problem}`, { cause });
    this.file = file;
    this.line = line;
    this.problem = problem;
    this.kind = kind;
  }
}

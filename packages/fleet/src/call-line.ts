import type { Run } from './run.js';

/** Up to where a call has been read. */
export interface ReadingPlace {
  /** The run that was read, and the number of the last message that was told whole. */
  readonly run?: Run;
  readonly number: number;
  /** How many lines of the next one were told. */
  readonly lines: number;
  /** Everything up to here in the stream has been read, or heard. */
  readonly sequence: number;
  /** When that stream was made: in another of its name, numbers and runs begin anew. */
  readonly madeAt?: string | undefined;
}

export const CALL_BEGINNING: ReadingPlace = { number: 0, lines: 0, sequence: 0 };

/** One line of a call: the header of a run, or an entry of it. */
export interface CallLine {
  readonly kind: 'line';
  readonly run: Run;
  /** As a recording has it, without its line end. */
  readonly text: string;
  /** Whether more of the call is known to stand behind it. */
  readonly isPast: boolean;
  /** Where to go on after it. */
  readonly place: ReadingPlace;
}

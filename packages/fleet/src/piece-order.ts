import type { CallLine, ReadingPlace } from './call-line.js';
import { createLineReader } from './line-reader.js';
import { compareRuns } from './run.js';
import type { EntryId, Run } from './run.js';

/** One message of a call's subject. */
export interface Piece {
  readonly id: EntryId;
  readonly data: Uint8Array;
  /** The sequence of the call's message before it, where it is fenced. */
  readonly behind: number | undefined;
}

/** A line of a piece that was told, and the place behind it as far as the pieces tell it. */
export type OrderedLine = Pick<CallLine, 'run' | 'text' | 'isPast'> &
  Pick<ReadingPlace, 'number' | 'lines'>;

/** Why a piece that was heard could not be told: what stands before it is to be read first. */
export type Missing = 'pieces' | 'a run';

/** Where a piece is from, and what is known to stand behind it. */
export interface PieceOrigin {
  /** Whether the stream has it; what was only heard may have been refused. */
  readonly isStored: boolean;
  readonly isPast: boolean;
}

/**
 * Puts the pieces of a call in order: of several runs the newest counts, and within it the number.
 * Nothing comes twice.
 */
export interface PieceOrder {
  /** Tells it and what had waited for it, keeps it until it is its turn, or passes it over. */
  take(piece: Piece, origin: PieceOrigin): Missing | undefined;
  /** Whether it is next, and nothing waits. */
  isNext(piece: Piece): boolean;
  /** Whether it begins a run that has begun before, as in a stream that was made anew. */
  isRepeated(piece: Piece): boolean;
  /** Whether there are pieces that wait for one before them. */
  isWaiting(): boolean;
  /** The run that is told, the same value for as long as it is, and the number of its last piece. */
  run(): Run | undefined;
  number(): number;
  /** What those wait for never comes. */
  passOver(): void;
  /** Of what was told there is nothing any more: numbers and runs begin again. */
  beginAnew(): void;
}

/** What is told, and for how long. */
export interface PieceOrderOptions {
  readonly from: ReadingPlace;
  readonly onLine: (line: OrderedLine) => void;
  /** Asked after each line: what is told may have whoever hears it leave. */
  readonly hasLeft: () => boolean;
}

/** Makes one. */
export function createPieceOrder({ from, onLine, hasLeft }: PieceOrderOptions): PieceOrder {
  let { run, number } = from;
  /** Lines of the next piece that were told before. */
  let told = from.lines;
  /** What came before what stands in front of it. */
  const early = new Map<number, Piece>();
  const lineReader = createLineReader();

  /** What was begun of the next piece, and is not behind the last. */
  const skip = () => {
    lineReader.skip();
    told = 0;
  };

  const tell = ({ id, data }: Piece, isPast: boolean) => {
    // Of an entry whose next part never came, what there is makes no line.
    if (id.number !== number + 1) skip();
    const lines = lineReader.read(data);
    // Who has left reads it anew from the last place on.
    for (let n = told; n < lines.length && run !== undefined; n += 1) {
      const isLast = n === lines.length - 1;
      onLine({
        run,
        text: lines[n] ?? '',
        isPast: isPast || !isLast,
        number: isLast ? id.number : id.number - 1,
        lines: isLast ? 0 : n + 1,
      });
      if (hasLeft()) return;
    }
    [number, told] = [id.number, 0];
  };

  const tellEarly = (isPast: boolean) => {
    for (let piece = early.get(number + 1); piece; piece = early.get(number + 1)) {
      early.delete(piece.id.number);
      tell(piece, isPast || early.size > 0);
    }
  };

  const begin = (of: Run) => {
    // What the run before had no time to publish in front of these never comes.
    for (const left of [...early.values()].sort((a, b) => a.id.number - b.id.number)) {
      tell(left, true);
    }
    early.clear();
    skip();
    [run, number] = [of, 0];
  };

  return {
    take: (piece, { isStored, isPast }) => {
      const { id } = piece;
      const age = run === undefined ? 1 : compareRuns(id.run, run);
      if (age < 0) return undefined;
      if (age > 0) {
        // First what the run before has still published. A header that is not stored then was refused.
        if (!isStored && (run !== undefined || id.number > 1)) return 'a run';
        begin(id.run);
        // Its beginning was too old for the stream.
        if (isStored) number = id.number - 1;
      }
      if (id.number <= number) return undefined;
      if (id.number > number + 1) {
        early.set(id.number, piece);
        return 'pieces';
      }
      tell(piece, isPast);
      tellEarly(isPast);
      return undefined;
    },
    isNext: ({ id }) =>
      early.size === 0 &&
      id.number === number + 1 &&
      (run === undefined ? id.number === 1 : compareRuns(id.run, run) === 0),
    isRepeated: ({ id }) => {
      if (id.number > 1 || run === undefined) return false;
      const age = compareRuns(id.run, run);
      return age < 0 || (age === 0 && number >= 1);
    },
    isWaiting: () => early.size > 0,
    run: () => run,
    number: () => number,
    passOver: () => {
      let first = Infinity;
      // Not spread: there may be more of them than a call can have arguments.
      for (const waiting of early.keys()) first = Math.min(first, waiting);
      number = first - 1;
      skip();
      tellEarly(false);
    },
    beginAnew: () => {
      early.clear();
      skip();
      [run, number] = [undefined, 0];
    },
  };
}

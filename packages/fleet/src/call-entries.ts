import type { NatsConnection } from '@nats-io/transport-node';
import { Observable, timer } from 'rxjs';
import type { Subscription } from 'rxjs';

import { brokerLink } from './broker-link.js';
import { readEntryHeaders, toEntryHeadersOf } from './entry-headers.js';
import type { EntryHeaders } from './entry-headers.js';
import { assertCallId, toFleetNames } from './fleet-names.js';
import type { FleetOptions } from './fleet-names.js';
import { createLineReader } from './line-reader.js';
import { readStored, whenMade } from './read-stored.js';
import { compareRuns, createEntryIdReader } from './run.js';
import type { EntryId, Run } from './run.js';

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

/** What is read of a call. */
export type CallNews =
  | CallLine
  /** Everything that the broker had has been read; emitted again whenever it was looked through again. */
  | { readonly kind: 'caught-up' }
  /** The connection to the broker was closed for good. */
  | { readonly kind: 'closed' };

/** Which call is read, and from where. */
export interface CallEntriesOptions extends FleetOptions {
  readonly connection: NatsConnection;
  readonly callId: string;
  /** @default the call's beginning */
  readonly from?: ReadingPlace;
}

/** Before a stream is looked through again which could not be. */
const TRY_AGAIN_MS = 250;
/** A worker sends again after 5 s what was not acknowledged. */
const GAP_PATIENCE_MS = 12_000;

/**
 * Reads a call, from its beginning or a place on, and goes on live. Cold; it never completes and
 * never errors.
 *
 * What is published is heard as it is published, and its number tells whether something is missing:
 * then, at first, and whenever the broker was away, the stream is read. Of several runs the newest
 * counts; what an older one may still say is passed over. Nothing comes twice, and nothing out of
 * order.
 */
export function callEntries({
  connection,
  callId,
  from = CALL_BEGINNING,
  ...fleet
}: CallEntriesOptions): Observable<CallNews> {
  assertCallId(callId);
  const names = toFleetNames(fleet);
  const subject = names.callSubject(callId);

  return new Observable((subscriber) => {
    if (connection.isClosed()) {
      subscriber.next({ kind: 'closed' });
      return;
    }
    const link = brokerLink(connection);
    let { run, number, sequence, madeAt } = from;
    /** Everything up to here was told; what is early stands behind it. */
    let toldSequence = sequence;
    let gap: Subscription | undefined;
    /** Lines of the next message that were told before. */
    let told = from.lines;
    /** What came before what stands in front of it. */
    const early = new Map<number, Piece>();
    const awaited = new WeakSet<Piece>();
    /** What came live while the stream is read. */
    let live: Piece[] = [];
    let isReading = false;
    /** Whether the stream may have what was not heard: nothing live is told before that is read. */
    let isBehind = true;
    let isAskedAgain = false;

    const readId = createEntryIdReader(callId);
    const lineReader = createLineReader();
    /** What was begun of the next message, and is not behind the last. */
    const skip = () => {
      lineReader.skip();
      told = 0;
    };
    const toPiece = (data: Uint8Array, { id: text, behind }: EntryHeaders): Piece | undefined => {
      const id = readId(text);
      return id && { id, data, behind };
    };

    const needsReading = () => isBehind;
    const isToReadAgain = () => isAskedAgain && !subscriber.closed;
    const hasLeft = () => subscriber.closed;

    const tell = ({ id, data }: Piece, isPast: boolean) => {
      // Of an entry whose next part never came, what there is makes no line.
      if (id.number !== number + 1) skip();
      const lines = lineReader.read(data);
      // What is told may have this left, and read anew from the last place on.
      for (let n = told; n < lines.length && run !== undefined; n += 1) {
        const isLast = n === lines.length - 1;
        const place = isLast
          ? { run, number: id.number, lines: 0, sequence: toldSequence, madeAt }
          : { run, number: id.number - 1, lines: n + 1, sequence: toldSequence, madeAt };
        subscriber.next({
          kind: 'line',
          run,
          text: lines[n] ?? '',
          isPast: isPast || !isLast,
          place,
        });
        if (subscriber.closed) return;
      }
      [number, told] = [id.number, 0];
    };

    const tellEarly = (isPast: boolean) => {
      for (let piece = early.get(number + 1); piece; piece = early.get(number + 1)) {
        early.delete(piece.id.number);
        tell(piece, isPast || early.size > 0);
      }
    };

    const begin = (piece: Piece) => {
      // What the run before had no time to publish in front of these never comes.
      for (const left of [...early.values()].sort((a, b) => a.id.number - b.id.number)) {
        tell(left, true);
      }
      early.clear();
      skip();
      run = piece.id.run;
      number = 0;
    };

    /** Of what was read there is nothing any more. */
    const beginAnew = () => {
      early.clear();
      skip();
      run = undefined;
      number = sequence = toldSequence = 0;
    };

    /** Whether it begins a run that has begun before, as in a stream that was made anew. */
    const isRepeated = ({ id }: Piece) => {
      if (id.number > 1 || run === undefined) return false;
      const age = compareRuns(id.run, run);
      return age < 0 || (age === 0 && number >= 1);
    };

    const accept = (piece: Piece, isStored: boolean, isPast: boolean) => {
      const age = run === undefined ? 1 : compareRuns(piece.id.run, run);
      if (age < 0) return;
      if (age > 0) {
        // First what the run before has still published. A header that is not stored then was refused.
        if (!isStored && (run !== undefined || piece.id.number > 1)) {
          if (!awaited.has(piece)) readAgain(piece);
          return;
        }
        begin(piece);
        if (isStored) number = piece.id.number - 1;
      }
      if (piece.id.number <= number) return;
      if (piece.id.number > number + 1) {
        early.set(piece.id.number, piece);
        if (!isStored) readAgain();
        return;
      }
      // It names the one that it stands behind: all up to there was heard, and is not read again.
      if (!isStored && early.size === 0 && (piece.behind ?? 0) > sequence) {
        sequence = toldSequence = piece.behind ?? 0;
      }
      tell(piece, isPast);
      tellEarly(isPast);
    };

    /** What was refused at first is sent again soon; what never comes, since it was too old for the stream, is passed over. */
    const waitForGap = () => {
      const before = number;
      gap?.unsubscribe();
      gap = timer(GAP_PATIENCE_MS).subscribe(() => {
        if (number !== before || early.size === 0) return;
        number = Math.min(...early.keys()) - 1;
        skip();
        tellEarly(false);
        if (early.size > 0) waitForGap();
      });
      subscriber.add(gap);
    };

    const readAgain = (piece?: Piece) => {
      isBehind = true;
      if (piece !== undefined) {
        awaited.add(piece);
        live.push(piece);
        // A stream that has lost its end counts from less.
        if ((piece.behind ?? sequence) < sequence) sequence = toldSequence = piece.behind ?? 0;
      }
      if (isReading) isAskedAgain = true;
      else void read();
    };

    const readStream = async () => {
      const { callsStream: stream, jetstream } = names;
      const made = await whenMade({ connection, jetstream, stream });
      if (hasLeft()) return;
      if (madeAt !== undefined && made !== madeAt) beginAnew();
      madeAt = made;
      const stored = readStored({ connection, jetstream, stream, subject, after: sequence });
      for await (const message of stored) {
        if (hasLeft()) return;
        ({ sequence } = message);
        const piece = toPiece(message.data, toEntryHeadersOf(message.headers));
        if (piece !== undefined) accept(piece, true, message.isPast || live.length > 0);
        if (early.size === 0) toldSequence = sequence;
        if (hasLeft()) return;
      }
    };

    const read = async () => {
      isReading = true;
      try {
        do {
          isAskedAgain = false;
          await readStream();
        } while (isToReadAgain());
        if (hasLeft()) return;
        isReading = false;
        isBehind = false;
        const heard = live;
        live = [];
        heard.forEach((piece, index) => {
          if (needsReading()) live.push(piece);
          else accept(piece, false, index < heard.length - 1);
        });
        if (needsReading()) return;
        if (early.size > 0) waitForGap();
        subscriber.next({ kind: 'caught-up' });
      } catch {
        isReading = false;
        // The broker is away, or the stream is not made yet: what comes of it is said by others.
        if (!subscriber.closed) {
          const again = timer(TRY_AGAIN_MS).subscribe(() => {
            readAgain();
          });
          subscriber.add(again);
        }
      }
    };

    const subscription = connection.subscribe(subject, {
      callback: (error, message) => {
        if (error !== null) return;
        const piece = toPiece(message.data, readEntryHeaders(message));
        if (piece === undefined) return;
        if (isBehind) live.push(piece);
        else if (isRepeated(piece)) readAgain(piece);
        else accept(piece, false, false);
      },
    });
    subscriber.add(() => {
      if (!connection.isClosed()) subscription.unsubscribe();
    });
    subscriber.add(
      link.news$.subscribe({
        next: (news) => {
          if (news === 'away') isBehind = true;
          else if (news === 'back') readAgain();
        },
        complete: () => {
          subscriber.next({ kind: 'closed' });
        },
      }),
    );
    void read();
  });
}

/** One message of a call's subject. */
interface Piece {
  readonly id: EntryId;
  readonly data: Uint8Array;
  /** The sequence of the call's message before it, where it is fenced. */
  readonly behind: number | undefined;
}

import { Observable, timer } from 'rxjs';
import type { Subscription } from 'rxjs';

import type { LinkNews } from './broker-link.js';
import type { CallLine, ReadingPlace } from './call-line.js';
import type { EntryHeaders } from './entry-headers.js';
import { createPieceOrder } from './piece-order.js';
import type { Piece } from './piece-order.js';
import type { StoredMessage } from './read-stored.js';
import { createEntryIdReader } from './run.js';
import type { Run } from './run.js';

/** What is read of a call. */
export type CallNews =
  | CallLine
  /** Everything that the broker had has been read; emitted again whenever it was looked through again. */
  | { readonly kind: 'caught-up' }
  /** The connection to the broker was closed for good. */
  | { readonly kind: 'closed' };

/** A message of the call's subject, as it was published: stored, or about to be, or refused. */
export interface HeardMessage {
  readonly data: Uint8Array;
  readonly headers: EntryHeaders;
}

/** Where a call is read. */
export interface CallSource {
  /** Cold; while the link is away nothing is heard. */
  readonly heard$: Observable<HeardMessage>;
  readonly link$: Observable<LinkNews>;
  /** When the stream was made. Rejects where the broker does not say, as the next one. */
  whenMade(): Promise<string>;
  /** What the stream has behind a sequence, to its end of now. */
  stored(after: number): AsyncIterable<StoredMessage>;
}

/** Which call is read, and from where. */
export interface ReadCallOptions {
  readonly callId: string;
  readonly from: ReadingPlace;
}

/** Before a stream is looked through again which could not be. */
const TRY_AGAIN_MS = 250;
/** A worker sends again after 5 s what was not acknowledged. */
const GAP_PATIENCE_MS = 12_000;
/**
 * So much of what is heard while the stream is read is kept; a call says as much in ten seconds, and a
 * reading takes milliseconds. A process follows thousands of calls, whose stream may be away for hours.
 */
const MOST_LIVE_BYTES = 64 * 2 ** 10;
/** What a piece takes beside its data, about. */
const PIECE_BYTES = 256;

/**
 * Reads a call from where it is stored, and goes on live. Cold; it never completes and never errors.
 *
 * What is published is heard as it is published, and its number tells whether something is missing:
 * then, at first, and whenever the broker was away, the stream is read. Of several runs the newest
 * counts; what an older one may still say is passed over. Nothing comes twice, and nothing out of
 * order.
 */
export function readCall(
  { heard$, link$, whenMade, stored }: CallSource,
  { callId, from }: ReadCallOptions,
): Observable<CallNews> {
  return new Observable((subscriber) => {
    let { sequence, madeAt } = from;
    /** Everything up to here was told; what is early stands behind it. */
    let toldSequence = sequence;
    let gap: Gap | undefined;
    const awaited = new WeakSet<Piece>();
    /** What came live while the stream is read, or its newest. */
    let live: Piece[] = [];
    let liveBytes = 0;
    let isReading = false;
    /** Whether the stream may have what was not heard: nothing live is told before that is read. */
    let isBehind = true;
    let isAskedAgain = false;

    const isToReadAgain = () => isAskedAgain && !subscriber.closed;
    const hasLeft = () => subscriber.closed;

    const readId = createEntryIdReader(callId);
    const toPiece = (data: Uint8Array, { id: text, behind }: EntryHeaders): Piece | undefined => {
      const id = readId(text);
      return id && { id, data, behind };
    };

    const order = createPieceOrder({
      from,
      onLine: ({ run, text, isPast, number, lines }) => {
        const place = { run, number, lines, sequence: toldSequence, madeAt };
        subscriber.next({ kind: 'line', run, text, isPast, place });
      },
      hasLeft,
    });

    /** @returns whether it begins a run that the stream may not have: what is said behind it waits. */
    const hear = (piece: Piece, isPast: boolean) => {
      const { behind = 0 } = piece;
      // It names the one that it stands behind: all up to there was heard, and is not read again.
      if (behind > sequence && order.isNext(piece)) sequence = toldSequence = behind;
      const missing = order.take(piece, { isStored: false, isPast });
      if (missing === 'pieces') readAgain();
      // One that the stream did not have when it was read for it was refused.
      if (missing !== 'a run' || awaited.has(piece)) return false;
      readAgain(piece);
      return true;
    };

    const tellLive = () => {
      const heard = live;
      [live, liveBytes] = [[], 0];
      isBehind = false;
      let isHeldUp = false;
      heard.forEach((piece, index) => {
        if (isHeldUp) keep(piece);
        else isHeldUp = hear(piece, index < heard.length - 1);
      });
    };

    const forgetGap = () => {
      gap?.waiting.unsubscribe();
      gap = undefined;
    };

    /**
     * What was refused at first is sent again soon; what never comes, since it was too old for the
     * stream, is passed over, once the stream was read behind the wait and has it not. Whatever is
     * heard meanwhile makes that no longer; while the stream cannot be read, nothing is waited for.
     */
    const attendToGap = () => {
      const isSame = gap?.run === order.run() && gap?.number === order.number();
      if (isSame && order.isWaiting()) {
        if (gap?.isLong !== true) return;
        order.passOver();
      }
      forgetGap();
      if (!order.isWaiting()) return;
      const waiting = timer(GAP_PATIENCE_MS).subscribe(() => {
        begun.isLong = true;
        readAgain();
      });
      const begun: Gap = { run: order.run(), number: order.number(), isLong: false, waiting };
      gap = begun;
      subscriber.add(waiting);
    };

    /** Of more than there is room for, the numbers tell that it is missing, and it is read. */
    const keep = (piece: Piece) => {
      live.push(piece);
      liveBytes += toBytes(piece);
      while (liveBytes > MOST_LIVE_BYTES && live.length > 1) {
        const oldest = live.shift();
        if (oldest !== undefined) liveBytes -= toBytes(oldest);
      }
    };

    const readAgain = (piece?: Piece) => {
      isBehind = true;
      if (piece !== undefined) {
        awaited.add(piece);
        keep(piece);
        // A stream that has lost its end counts from less.
        if ((piece.behind ?? sequence) < sequence) sequence = toldSequence = piece.behind ?? 0;
      }
      if (isReading) isAskedAgain = true;
      else void read();
    };

    const readStream = async () => {
      const made = await whenMade();
      if (hasLeft()) return;
      if (madeAt !== undefined && made !== madeAt) {
        order.beginAnew();
        sequence = toldSequence = 0;
      }
      madeAt = made;
      for await (const message of stored(sequence)) {
        if (hasLeft()) return;
        ({ sequence } = message);
        const piece = toPiece(message.data, message.headers);
        if (piece !== undefined) {
          order.take(piece, { isStored: true, isPast: message.isPast || live.length > 0 });
        }
        if (!order.isWaiting()) toldSequence = sequence;
        if (hasLeft()) return;
      }
    };

    const read = async () => {
      isReading = true;
      try {
        do {
          isAskedAgain = false;
          await readStream();
          if (hasLeft()) return;
          if (isToReadAgain()) continue;
          tellLive();
          attendToGap();
        } while (isToReadAgain());
        if (hasLeft()) return;
        isReading = false;
        subscriber.next({ kind: 'caught-up' });
      } catch {
        isReading = false;
        forgetGap();
        // The broker is away, or the stream is not made yet: what comes of it is said by others.
        if (!subscriber.closed) {
          const again = timer(TRY_AGAIN_MS).subscribe(() => {
            readAgain();
          });
          subscriber.add(again);
        }
      }
    };

    subscriber.add(
      heard$.subscribe(({ data, headers }) => {
        const piece = toPiece(data, headers);
        if (piece === undefined) return;
        if (isBehind) keep(piece);
        else if (order.isRepeated(piece)) readAgain(piece);
        else hear(piece, false);
      }),
    );
    subscriber.add(
      link$.subscribe({
        next: (news) => {
          if (news === 'away') {
            isBehind = true;
            forgetGap();
          } else if (news === 'back') readAgain();
        },
        complete: () => {
          subscriber.next({ kind: 'closed' });
        },
      }),
    );
    void read();
  });
}

/** What is missing stands behind this, and is waited for. */
interface Gap {
  readonly run: Run | undefined;
  readonly number: number;
  /** Whether it was waited for long enough. */
  isLong: boolean;
  readonly waiting: Subscription;
}

function toBytes({ data }: Piece): number {
  return data.length + PIECE_BYTES;
}

import { ConnectFailedError, HandshakeRefusedError, HandshakeTimeoutError } from '@livecall/core';
import type { Transport, TransportError } from '@livecall/core';
import { Observable } from 'rxjs';

import type { Stage } from './play-connection.js';
import type { RecordedRefusal } from './recorded-dial.js';

/**
 * Plays one recorded dial that did not open: a refusal, a failure to connect, a client that gave up.
 *
 * @param afterMs how long the answer takes, by the stage's timeline
 */
export function playRefusal(dial: RecordedRefusal, afterMs: number, stage: Stage): Transport {
  if (dial.kind === 'refused') {
    const { status, retryAfterMs } = dial.entry;
    return failAfter(afterMs, stage, () => new HandshakeRefusedError(status, retryAfterMs));
  }
  const { reason, code } = dial.entry;
  switch (reason) {
    case 'timeout':
      return failAfter(afterMs, stage, () => new HandshakeTimeoutError(dial.tookMs));
    case 'unreachable':
      return failAfter(afterMs, stage, () => new ConnectFailedError(toRecordedFailure(code)));
    case 'aborted':
      return awaitAbort(dial.index, stage);
  }
}

/** Errors once the time has come, and never within `subscribe`. */
export function failAfter(
  delayMs: number,
  { timeline, played }: Stage,
  toError: () => TransportError,
): Transport {
  return new Observable((subscriber) =>
    timeline.schedule(() => {
      played();
      subscriber.error(toError());
    }, delayMs),
  );
}

/** The client did not wait for an answer, and gets none. */
function awaitAbort(index: number, stage: Stage): Transport {
  const { timeline, waitMs } = stage;
  const expected = 'the client to give up the dial';
  const dueInMs = timeline.at(index) - timeline.at(index - 1);
  return new Observable(() =>
    stage.awaitClient(index, expected, dueInMs, () => {
      stage.diverge(index, { kind: 'missing', expected, actual: `nothing within ${waitMs} ms` });
    }),
  );
}

/** A recorded failure to connect, by its code where it has one. */
function toRecordedFailure(code: string | undefined): Error {
  const failure = new Error(`${code ?? 'unreachable'}, as recorded`);
  return code === undefined ? failure : Object.assign(failure, { code });
}

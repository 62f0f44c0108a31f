import type { NatsConnection } from '@nats-io/transport-node';
import { Observable } from 'rxjs';

import { brokerLink } from './broker-link.js';
import { CALL_BEGINNING } from './call-line.js';
import type { ReadingPlace } from './call-line.js';
import { readEntryHeaders } from './entry-headers.js';
import { assertCallId, toFleetNames } from './fleet-names.js';
import type { FleetOptions } from './fleet-names.js';
import { readCall } from './read-call.js';
import type { CallNews, HeardMessage } from './read-call.js';
import { readStored, whenMade } from './read-stored.js';

/** Which call is read, and from where. */
export interface CallEntriesOptions extends FleetOptions {
  readonly connection: NatsConnection;
  readonly callId: string;
  /** @default the call's beginning */
  readonly from?: ReadingPlace;
}

/** Reads a call of a fleet as {@link readCall} does: its subject, and the stream that keeps it. */
export function callEntries({
  connection,
  callId,
  from = CALL_BEGINNING,
  ...fleet
}: CallEntriesOptions): Observable<CallNews> {
  assertCallId(callId);
  const { callsStream: stream, jetstream, callSubject } = toFleetNames(fleet);
  const subject = callSubject(callId);
  const at = { connection, jetstream, stream };

  return new Observable((subscriber) => {
    if (connection.isClosed()) {
      subscriber.next({ kind: 'closed' });
      return undefined;
    }
    const source = {
      heard$: heardOf(connection, subject),
      link$: brokerLink(connection).news$,
      whenMade: () => whenMade(at),
      stored: (after: number) => readStored({ ...at, subject, after }),
    };
    return readCall(source, { callId, from }).subscribe(subscriber);
  });
}

function heardOf(connection: NatsConnection, subject: string): Observable<HeardMessage> {
  return new Observable((subscriber) => {
    const subscription = connection.subscribe(subject, {
      callback: (error, message) => {
        if (error !== null) return;
        subscriber.next({ data: message.data, headers: readEntryHeaders(message) });
      },
    });
    return () => {
      if (!connection.isClosed()) subscription.unsubscribe();
    };
  });
}

import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import {
  ConnectionClosedError,
  HandshakeRefusedError,
  HandshakeTimeoutError,
} from '@livecall/core';
import type { Connection, Frame, Transport } from '@livecall/core';
import { concatWith, fromEvent, Subject, switchMap, takeUntil, throwError, timer } from 'rxjs';
import { WebSocket } from 'ws';
import type { RawData } from 'ws';

/** How long a client has to finish a close that was begun, or to take more of what was sent. */
export const PATIENCE_MS = 1_000;

/** How long it has to take all of it. */
const LONGEST_CUT_MS = 30_000;

/** The most that is gathered for one write; with more it is hardly faster. */
const GATHERED_BYTES = 64 * 1024;

/** One client of a server's, before it is let in. */
export interface ServedClient {
  readonly socket: Socket;
  /** How many bytes may wait for it to read them. */
  readonly maxBufferedBytes: number;
  /** Lets it in; `undefined` where its handshake is no WebSocket's. */
  readonly upgrade: () => WebSocket | undefined;
}

/** Subscribes the transport for one client, and passes frames both ways until either ends. */
export function serveClient(
  transport: Transport,
  { socket, maxBufferedBytes, upgrade }: ServedClient,
): void {
  let client: WebSocket | undefined;
  const full$ = new Subject<void>();
  const { gather, flush } = toGatherer(socket, Math.min(GATHERED_BYTES, maxBufferedBytes));
  // A frame and the answer to a ping stay here until the client reads them.
  const bound = () => {
    const isWithin = () => client === undefined || client.bufferedAmount <= maxBufferedBytes;
    if (client?.readyState !== WebSocket.OPEN || isWithin()) return;
    // What is only gathered does not wait for the client.
    flush();
    if (isWithin()) return;
    client.close(1013, 'too much waits to be read');
    cut(socket);
    full$.next();
  };

  const subscription = transport
    .pipe(
      // None should complete. One that does has closed.
      concatWith(throwError(() => new ConnectionClosedError(1005))),
      switchMap((connection) => {
        client = upgrade();
        client?.on('error', () => client?.terminate());
        client?.on('ping', bound);
        client?.on('message', (data: RawData, isBinary) => {
          hand(isBinary ? (data as Buffer) : (data as Buffer).toString(), connection);
        });
        return connection.frames$;
      }),
      takeUntil(full$),
    )
    .subscribe({
      next: (frame) => {
        gather(() => client?.send(frame));
        bound();
      },
      error: (error: unknown) => {
        client ??= error instanceof ConnectionClosedError ? upgrade() : undefined;
        if (client === undefined) refuse(socket, error);
        else end(client, socket, error);
      },
    });
  socket.on('close', () => {
    subscription.unsubscribe();
  });
}

/**
 * Gathers the writes to a socket: those of one turn go to the system together, or as
 * soon as there are so many bytes of them. To hand a frame to it takes longer than all the rest.
 */
function toGatherer(socket: Socket, atMostBytes: number) {
  let isGathering = false;
  const flush = () => {
    if (isGathering) socket.uncork();
    isGathering = false;
  };
  const gather = (write: () => void) => {
    if (!isGathering) {
      isGathering = true;
      socket.cork();
      queueMicrotask(flush);
    }
    write();
    if (socket.writableLength > atMostBytes) flush();
  };
  return { gather, flush };
}

function hand(frame: Frame, connection: Connection): void {
  try {
    connection.send(frame);
  } catch {
    // The connection is ending; the client is about to hear of it.
  }
}

/** Ends a client's connection as the transport ended. */
function end(client: WebSocket, socket: Socket, error: unknown): void {
  const { code, reason } =
    error instanceof ConnectionClosedError ? error : { code: 1011, reason: '' };
  const isSendable =
    (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) ||
    (code >= 3000 && code <= 4999);
  if (isSendable) client.close(code, toCloseReason(reason));
  else if (code === 1005) client.close();
  else cut(socket);
}

/** As much of a reason as a close frame has room for, whole characters of it (RFC 6455 §5.5). */
function toCloseReason(reason: string): string {
  return new TextDecoder().decode(Buffer.from(reason).subarray(0, 123), { stream: true });
}

/**
 * Cuts the TCP connection behind what was sent. A client that takes nothing of that for a while, or
 * does not take the hint, is cut off, and so is one that takes too long for it.
 */
export function cut(socket: Socket): void {
  socket.end();
  // Node's own: it sees what of a long write was taken.
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  timer(LONGEST_CUT_MS)
    .pipe(takeUntil(fromEvent(socket, 'close')))
    .subscribe(() => socket.destroy());
}

/** Answers a handshake that did not succeed as the transport's error says. */
export function refuse(socket: Socket, error: unknown): void {
  if (error instanceof HandshakeTimeoutError) return;
  if (!(error instanceof HandshakeRefusedError)) {
    socket.destroy();
    return;
  }
  const { status, retryAfterMs } = error;
  const name = STATUS_CODES[status] ?? 'Refused';
  const headers = [
    `HTTP/1.1 ${status} ${name}`,
    'Connection: close',
    'Content-Type: text/plain',
    `Content-Length: ${name.length + 1}`,
    ...(status === 401 ? ['WWW-Authenticate: Bearer'] : []),
    ...(retryAfterMs === undefined ? [] : [`Retry-After: ${Math.ceil(retryAfterMs / 1_000)}`]),
  ];
  socket.write(`${headers.join('\r\n')}\r\n\r\n${name}\n`);
  cut(socket);
}

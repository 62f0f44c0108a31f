import { channel, NotOpenError } from '@livecall/core';
import type {
  Channel,
  Command,
  Connection,
  ConnectionState,
  Frame,
  LiveCallOptions,
  Transport,
} from '@livecall/core';
import { filter, map, NEVER, tap } from 'rxjs';
import type { Subscription } from 'rxjs';

import { callEndProtocol, mayBeEnd } from './call-end-protocol.js';

/** What a call is dialled with. */
export interface DialCallOptions {
  readonly transport: Transport;
  readonly callOptions: LiveCallOptions;
  /** What belongs to it is added here. */
  readonly life: Subscription;
  readonly onState: (state: ConnectionState) => void;
}

/** A call that is followed over sockets of this process. */
export interface DialledCall {
  /**
   * Sends on the n-th connection that has opened.
   *
   * @throws NotOpenError where it is not the one that is open
   */
  send(frame: Frame, nth: number): void;
  /** Closes the connection that is open, where that can be said. */
  closeWith(code: number, reason: string): void;
}

/** Dials one, again and again as `liveCall` does, until `life` ends. */
export function dialCall({ transport, callOptions, life, onState }: DialCallOptions): DialledCall {
  let open: { readonly connection: Connection; readonly nth: number } | undefined;
  let opened = 0;
  const close = () => {
    open = undefined;
  };
  const next = (connection: Connection) => {
    opened += 1;
    open = { connection, nth: opened };
  };
  let isClosing = false;
  // Of what is said until the end, nothing but that it is none is to be heard here. Behind it, that
  // something comes at all has who hangs up wait.
  const hear = (connection: Connection): Connection => ({
    ...connection,
    frames$: connection.frames$.pipe(filter((frame) => isClosing || mayBeEnd(frame))),
  });
  const call = toChannel(
    transport.pipe(tap({ next, error: close, unsubscribe: close }), map(hear)),
    callOptions,
  );
  life.add(
    call.state$.subscribe((state) => {
      isClosing = state.status === 'closing';
      onState(state);
    }),
  );
  life.add(call.connect());
  return {
    send: (frame, nth) => {
      if (open?.nth !== nth) throw new NotOpenError();
      open.connection.send(frame);
    },
    closeWith: (code, reason) => {
      open?.connection.closeWith?.(code, reason);
    },
  };
}

/** @throws TypeError for an option that cannot be */
export function assertCallOptions(callOptions: LiveCallOptions): void {
  toChannel(NEVER, callOptions);
}

function toChannel(
  transport: Transport,
  { retry, lingerMs, cleanCloseIsEnd = false }: LiveCallOptions,
): Channel<unknown, Command> {
  return channel(
    transport,
    { ...callEndProtocol, isEndingClose: (code) => cleanCloseIsEnd && code === 1000 },
    { ...(retry !== undefined && { retry }), ...(lingerMs !== undefined && { lingerMs }) },
  );
}

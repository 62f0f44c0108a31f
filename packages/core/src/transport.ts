import type { Observable } from 'rxjs';

/** One WebSocket message as it crossed the wire, undecoded: a text message is a string, a binary one its bytes. */
export type Frame = string | Uint8Array;

/** One open socket. */
export interface Connection {
  /**
   * What the server sends, in wire order.
   *
   * Hot: the first subscriber hears what came before it, whoever comes later does not. Livecall's
   * own transports keep so much as a `FrameSource` does; of one that keeps nothing, subscribe
   * in the turn in which the connection is received. It need not complete nor error: how a
   * connection ends is the transport's to say. Where it does, the connection is lost.
   */
  readonly frames$: Observable<Frame>;

  /**
   * Hands one frame to the socket. What the server answers comes later, never within this call.
   *
   * @throws NotOpenError when the connection has ended; the frame was not sent. With anything else,
   *   and with a promise that is returned and rejects, it is not known whether it was.
   */
  send(frame: Frame): void;

  /**
   * How many bytes of what was sent still wait for the network to take them. Whoever passes on what
   * others send looks here: what a server does not read is kept in memory. Absent where nothing waits.
   */
  bufferedBytes?(): number;

  /**
   * Whether frames that have arrived are still to be told, as while they are decompressed: nobody is
   * said not to have answered meanwhile. Operators over a transport pass it on.
   *
   * @default never
   */
  isReading?(): boolean;

  /**
   * Whether the connection is kept for us while the way to it is interrupted: `true` from when that is
   * noticed, `false` once all of it is back. Nothing is lost by it: what comes meanwhile comes later,
   * in order, and until then nothing can be sent. It emits at once which it is. Operators over a
   * transport pass it on.
   *
   * @default never
   */
  readonly away$?: Observable<boolean>;

  /**
   * Says with which code the connection is being closed by whoever has it, where that is another
   * than 1000: with it, unsubscribing closes. 1006 says that it was cut. It may come late, once the
   * transport has ended: then the other side has answered with another code than it was sent.
   */
  closeWith?(code: number, reason: string): void;
}

/**
 * The way to a server: cold, and everything that dials, records, replays or disturbs is one.
 *
 *     subscribe      dials
 *     a value        the connection is open (one a subscription)
 *     an error       it could not be made, or has ended, and why
 *     unsubscribe    closes it with 1000
 *
 * It never completes by itself. A close by the server with 1000 is an error too: what a close
 * means is decided in the layer above. So RxJS's own operators (`retry`, `timeout`, `delayWhen`)
 * work on it.
 *
 * @throws HandshakeRefusedError | HandshakeTimeoutError | ConnectFailedError |
 *   TokenUnavailableError | ConnectionClosedError (the union `TransportError`)
 */
export type Transport = Observable<Connection>;

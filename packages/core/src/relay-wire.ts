import { cutReason } from './close-codes.js';
import { isLiveCallError } from './live-call-error.js';
import * as RELAY_CLOSE from './relay-close.js';
import {
  ConnectFailedError,
  ConnectionClosedError,
  HandshakeRefusedError,
  HandshakeTimeoutError,
  TokenUnavailableError,
} from './transport-error.js';
import type { TransportError } from './transport-error.js';
import type { Frame } from './transport.js';

/*
 * What a relay and a page say to each other besides the frames that they pass on. Both ends import
 * it; docs/relay.md has it in words.
 */

/** The subprotocol that a relay picks; whoever picks none is no relay. */
export const RELAY_PROTOCOL = 'livecall.1';

/**
 * An empty text message. The relay's first says that the platform's connection is open, and each
 * further one asks whether the page's own code is there, which answers with the same.
 */
export const BEAT = '';

/**
 * An empty binary message. From the relay: it has one frame more of the page's, in the order in
 * which they were sent. From a page: is anyone there, which is answered with a {@link BEAT}.
 */
export const RECEIPT = new Uint8Array(0);

/** A refused handshake is closed with this and its status. */
const REFUSED = 4000;

/** How a page introduces itself. */
export interface PageName {
  /** 32 hexadecimal digits: whoever knows them gets what this page has missed. */
  readonly id: string;
  /** Where it was connected before: how far it is. */
  readonly resumed?: Resumed | undefined;
}

/** How far a page is that returns. */
export interface Resumed {
  /** How many frames of the platform's it has had. */
  readonly had: number;
  /** Which of its own frames is the first that it will send anew, counted from 0. */
  readonly from: number;
}

const PAGE = /^livecall\.page\.([\da-f]{32})(?:\.(\d{1,15})\.(\d{1,15}))?$/;

/** What a page offers as subprotocols: a header is neither logged nor in the page's history. */
export function toPageProtocols({ id, resumed }: PageName): string[] {
  const place = resumed === undefined ? '' : `.${resumed.had}.${resumed.from}`;
  return [RELAY_PROTOCOL, `livecall.page.${id}${place}`];
}

/** Reads what was offered; nothing where it was no page of ours. */
export function readPageProtocols(offered: readonly string[]): PageName | undefined {
  if (!offered.includes(RELAY_PROTOCOL)) return undefined;
  for (const protocol of offered) {
    const [, id, had, from] = PAGE.exec(protocol) ?? [];
    if (id === undefined) continue;
    return had === undefined ? { id } : { id, resumed: { had: Number(had), from: Number(from) } };
  }
  return undefined;
}

/** How a connection between page and relay is closed. */
export interface RelayClose {
  readonly code: number;
  readonly reason: string;
}

/**
 * How a relay tells a page of the transport's error. Nothing of it is worded by anyone but the server.
 *
 * @param isRenewed whether the platform's tokens were asked for again before it
 */
export function toRelayClose(error: unknown, isRenewed = false): RelayClose {
  if (!isLiveCallError(error)) return { code: REFUSED + 500, reason: '' };
  switch (error._tag) {
    case 'ConnectionClosedError':
      return { code: RELAY_CLOSE.ended, reason: cutReason(`${error.code} ${error.reason}`) };
    case 'HandshakeRefusedError': {
      const { status, retryAfterMs, refusedBy } = error;
      const isStatus = Number.isInteger(status) && status >= 100 && status <= 599;
      const wait = Number.isFinite(retryAfterMs) ? `${retryAfterMs}` : '';
      const by = refusedBy === 'proxy' ? ' proxy' : '';
      const lasting = error.isLasting || (isRenewed && status === 401) ? ' lasting' : '';
      return {
        code: REFUSED + (isStatus ? status : 500),
        reason: `${wait}${by}${lasting}`,
      };
    }
    case 'HandshakeTimeoutError':
      return { code: RELAY_CLOSE.late, reason: `${error.timeoutMs} ${error.waitingFor}` };
    case 'ConnectFailedError': {
      const lasting = error.isLasting ? ' lasting' : '';
      return { code: RELAY_CLOSE.unreached, reason: cutReason(`${error.code ?? ''}${lasting}`) };
    }
    case 'TokenUnavailableError':
      return { code: RELAY_CLOSE.tokenless, reason: error.token };
    default:
      return { code: REFUSED + 500, reason: '' };
  }
}

/**
 * The transport's error that a relay tells of by a close; nothing where it tells of none: then it
 * is the way between that has ended.
 */
export function fromRelayClose({ code, reason }: RelayClose): TransportError | undefined {
  const [first = '', ...rest] = reason.split(' ');
  switch (code) {
    case RELAY_CLOSE.ended:
      return new ConnectionClosedError(Number(first) || 1005, rest.join(' '));
    case RELAY_CLOSE.taken:
      return lost(code, "another page took this one's place");
    case RELAY_CLOSE.gone:
      return lost(1006, 'the relay has not kept what was missed');
    case RELAY_CLOSE.stopped:
      return lost(1012, 'the relay stopped');
    case RELAY_CLOSE.late:
      return new HandshakeTimeoutError(Number(first), rest[0] === 'token' ? 'token' : 'server');
    case RELAY_CLOSE.unreached: {
      const cause = new Error('the relay did not reach the server');
      if (first !== '') Object.assign(cause, { code: first });
      return new ConnectFailedError(cause, rest[0] === 'lasting' ? { advice: LASTING } : {});
    }
    case RELAY_CLOSE.tokenless:
      return new TokenUnavailableError(
        first === 'conversationToken' ? 'conversationToken' : 'accessToken',
      );
    default: {
      const status = code - REFUSED;
      if (status < 100 || status > 599) return undefined;
      const retryAfterMs = first === '' ? undefined : Number(first);
      return new HandshakeRefusedError(status, retryAfterMs, {
        refusedBy: rest.includes('proxy') ? 'proxy' : 'server',
        isLasting: rest.includes('lasting'),
      });
    }
  }
}

/** A connection of the platform's that is lost to a page, whatever becomes of it. */
export function lost(code: number, why: string): ConnectionClosedError {
  return new ConnectionClosedError(code, '', { why });
}

const LASTING = 'see what the relay logs';

/** Whether a frame is none of anybody's, but a word between relay and page. */
export function isEmpty(frame: Frame): boolean {
  return frame.length === 0;
}

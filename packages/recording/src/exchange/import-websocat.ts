import { liveCallProtocol } from '@livecall/core';
import * as E from 'fp-ts/lib/Either.js';

import { ImportError, toImported } from './imported.js';
import type { Imported } from './imported.js';

/** A line of websocat's own log, on standard error: `[INFO  websocat::ws_client_peer] Connected to ws`. */
const LOG = /^\[(?:ERROR|WARN |INFO |DEBUG|TRACE) websocat/;
const CONNECTED = /\] Connected to ws\b/;

/**
 * Reads what `websocat -v URL 2>&1` wrote: its log, and a message a line. It keeps neither times nor
 * ends, and a line does not tell who sent it: what is a command of the protocol is the client's.
 *
 * @throws ImportError where it has not connected
 * @example
 * import { importWebsocat } from '@livecall/recording';
 *
 * const log = '[INFO  websocat::ws_client_peer] Connected to ws\n{"type":"event:callEnd"}\n';
 * console.log(importWebsocat(log).recording.entries.length); // => 5
 */
export function importWebsocat(text: string): Imported {
  const lines = text.split(/\r?\n/);
  const opened = lines.findIndex((line) => LOG.test(line) && CONNECTED.test(line));
  if (opened === -1) {
    throw new ImportError('It has no line of websocat that says it has connected; was it -v?');
  }
  const frames = lines
    .slice(opened + 1)
    .filter((line) => line !== '' && !LOG.test(line) && !/^websocat: /.test(line))
    .map((frame) => ({
      at: 0,
      from: E.isRight(liveCallProtocol.decodeCommand(frame))
        ? ('client' as const)
        : ('server' as const),
      frame,
    }));
  return {
    recording: toImported([{ startedAt: 0, status: 101, frames }], {}, undefined),
    lacks: [
      'clocks: everything stands at 0 ms, and the date is that of 1970',
      'close codes: how the connection ended is not told, and it stands as cut (1006)',
      'refused handshakes: what was tried before is not in it',
      'senders of messages: what is a command is taken for the client’s, all else for the server’s',
    ],
    tokens: [],
  };
}

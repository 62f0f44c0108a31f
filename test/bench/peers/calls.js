import { join } from 'node:path';

import { liveCall } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { record, recordingFile } from '@livecall/recording';
import { identity } from 'rxjs';
import { webSocket } from 'rxjs/webSocket';
import { WebSocket } from 'ws';

import { subscribeAll, toStreams } from './filters.js';

/*
 * Each opens one call of many: `say` takes the messages, `opened` is called once it is open. It
 * gives the function that hangs up.
 */

const ignore = () => {};

function raw(tls) {
  return (url, hear, opened) => {
    const socket = new WebSocket(url, { perMessageDeflate: false, ...tls });
    socket.on('open', opened);
    socket.on('message', (bytes) => hear(JSON.parse(bytes.toString())));
    return () => socket.terminate();
  };
}

class PlainWebSocket extends WebSocket {
  constructor(url, protocols) {
    super(url, protocols, { perMessageDeflate: false });
  }
}

async function zod() {
  const { parse } = await import('./zod.js');
  return (url, hear, opened) => {
    const json$ = webSocket({
      url,
      WebSocketCtor: PlainWebSocket,
      openObserver: { next: opened },
    });
    const tally = { message: ignore, transcript: hear, event: ignore, error: ignore };
    const subscription = subscribeAll(toStreams(json$, parse), tally);
    return () => subscription.unsubscribe();
  };
}

function livecall({ subscribe, operator = () => identity, options, tls }) {
  return (url, hear, opened, number) => {
    const tokens = { accessToken: 'any', conversationToken: 'any' };
    const transport = webSocketTransport({ url, ...tokens, ...(tls && { socket: tls }) });
    const call = liveCall(transport.pipe(operator(number)), options);
    subscribe(call, hear);
    call.state$.subscribe(({ status }) => {
      if (status === 'open') opened();
    });
    const following = call.connect();
    return () => following.unsubscribe();
  };
}

const oneStream = (call, hear) => {
  call.transcript$.subscribe({ next: hear, error: ignore });
};
const everyStream = (call, hear) => {
  subscribeAll(call, { message: ignore, transcript: hear, event: ignore, error: ignore });
};

/** What the calls of one process are made with, in a folder of their own and with the options of TLS. */
export const CALLS = {
  'ws + JSON.parse': (_folder, tls) => raw(tls),
  'livecall, one stream': (_folder, tls) => livecall({ subscribe: oneStream, tls }),
  'livecall, every stream': (_folder, tls) => livecall({ subscribe: everyStream, tls }),
  'livecall, recorded': (folder) =>
    livecall({
      subscribe: everyStream,
      operator: (number) => record(recordingFile(join(folder, `${number}.ndjson`)).right),
    }),
  'livecall, no transcript kept': () =>
    livecall({ subscribe: everyStream, options: { maxUtterances: 0 } }),
  'webSocket() + zod + filters': zod,
};

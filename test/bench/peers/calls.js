import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { WebSocket } from 'ws';

/*
 * Each opens one call of many: `say` takes the messages, `opened` is called once it is open. It
 * gives the function that hangs up. What it is made of is loaded for it alone: what a process has
 * loaded, and collected since, makes room for the calls.
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
  const { webSocket } = await import('rxjs/webSocket');
  const { subscribeAll, toStreams } = await import('./filters.js');
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

async function livecall({ subscribe, toOperator, options, tls, toTokens = () => ANY }) {
  const { first, identity } = await import('rxjs');
  const { liveCall } = await import('@livecall/core');
  const { webSocketTransport } = await import('@livecall/core/node');
  const subscribeTo = await subscribe();
  const operator = toOperator ? await toOperator() : () => identity;
  return (url, hear, opened, number) => {
    const transport = webSocketTransport({ url, ...toTokens(), ...(tls && { socket: tls }) });
    const call = liveCall(transport.pipe(operator(number)), options);
    subscribeTo(call, hear);
    call.state$.pipe(first(({ status }) => status === 'open')).subscribe(opened);
    const following = call.connect();
    return () => following.unsubscribe();
  };
}

/** Too short to be looked for in what is written. */
const ANY = { accessToken: 'any', conversationToken: 'any' };
/** As long as in production: one of the account, and one of each call. */
const accessToken = randomBytes(600).toString('base64url');
const toLongTokens = () => ({
  accessToken,
  conversationToken: randomBytes(240).toString('base64url'),
});

const oneStream = () => (call, hear) => {
  call.transcript$.subscribe({ next: hear, error: ignore });
};
const everyStream = async () => {
  const { subscribeAll } = await import('./filters.js');
  return (call, hear) => {
    subscribeAll(call, { message: ignore, transcript: hear, event: ignore, error: ignore });
  };
};
const recorded = (folder) => async () => {
  const { record, recordingFile } = await import('@livecall/recording');
  return (number) => record(recordingFile(join(folder, `${number}.ndjson`)).right);
};

/** What the calls of one process are made with, in a folder of their own and with the options of TLS. */
export const CALLS = {
  'ws + JSON.parse': (_folder, tls) => raw(tls),
  'livecall, one stream': (_folder, tls) => livecall({ subscribe: oneStream, tls }),
  'livecall, every stream': (_folder, tls) => livecall({ subscribe: everyStream, tls }),
  'livecall, recorded': (folder) =>
    livecall({ subscribe: everyStream, toOperator: recorded(folder) }),
  'livecall, recorded, long tokens': (folder) =>
    livecall({
      subscribe: everyStream,
      toOperator: recorded(folder),
      toTokens: toLongTokens,
    }),
  'livecall, no transcript kept': () =>
    livecall({ subscribe: everyStream, options: { maxUtterances: 0 } }),
  'webSocket() + zod + filters': zod,
};

import { createServer } from 'node:http';

import { relay } from '@livecall/server';
import { WebSocket, WebSocketServer } from 'ws';

/* What stands between pages and a platform; each listens, and gives its port, what it keeps, and what closes it. */

const perMessageDeflate = false;

/** What is measured: every call is of a user of its own. */
async function livecall(platform) {
  const server = createServer();
  const relayed = relay({
    url: platform,
    authorize: ({ url = '' }) => ({
      user: url,
      call: url,
      accessToken: 'any-access-token',
      conversationToken: `conversation-${url.split('/').at(-1)}`,
    }),
  });
  relayed.attach(server);
  const port = await listen(server);
  const close = async () => {
    await relayed.close();
    server.close();
  };
  return { port, stats: () => relayed.stats(), close };
}

/**
 * The floor: frames are passed on as they come, to whoever is there. Nothing is kept, and nobody is
 * asked whether he is still there.
 */
async function byHand(platform) {
  const calls = new Map();
  const server = createServer();
  const pages = new WebSocketServer({
    server,
    perMessageDeflate,
    handleProtocols: () => 'livecall.1',
  });
  const dial = (path) => {
    const socket = new WebSocket(platform, { perMessageDeflate });
    socket.on('error', () => socket.terminate());
    const call = { socket, pages: new Set() };
    socket.on('close', () => {
      for (const page of call.pages) page.close(1000);
    });
    socket.on('open', () => {
      for (const page of call.pages) page.send('');
    });
    socket.on('message', (bytes, binary) => {
      for (const page of call.pages) page.send(bytes, { binary });
    });
    calls.set(path, call);
    return call;
  };
  pages.on('connection', (page, { url }) => {
    const call = calls.get(url) ?? dial(url);
    call.pages.add(page);
    if (call.socket.readyState === WebSocket.OPEN) page.send('');
    page.on('error', () => page.terminate()).on('close', () => call.pages.delete(page));
    page.on('message', (bytes, binary) => {
      if (bytes.length > 0) call.socket.send(bytes, { binary });
    });
  });
  return {
    port: await listen(server),
    stats: () => ({ keptBytes: 0 }),
    close: () => {
      for (const page of pages.clients) page.terminate();
      for (const { socket } of calls.values()) socket.terminate();
      server.close();
    },
  };
}

export const RELAYS = { livecall, byHand };

async function listen(server) {
  await new Promise((resolve) =>
    server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, resolve),
  );
  return server.address().port;
}

import { nameCloseCode, watch } from '@livecall/core';
import type { CallNews } from '@livecall/core';
import type { Route } from '@livecall/server';

import { say } from './say.js';

/** Tells of each client what it does and what it is sent, by type: nothing that is said. */
export function tellClients(route: Route): Route {
  // One for all: it counts them.
  const watchTransport = watch((news) => {
    const told = showNews(news);
    if (told !== undefined) say(`client ${news.call}: ${told}`);
  });
  return (request) => route(request).pipe(watchTransport);
}

/** As a server sees it: what its transport hears goes to the client. */
function showNews(news: CallNews): string | undefined {
  switch (news.kind) {
    case 'dial':
      return 'dials';
    case 'open':
      return 'is let in';
    case 'failed':
      return news.status === undefined
        ? `gets no answer${news.error === undefined ? ': it left' : ''}`
        : `is refused with ${news.status}`;
    case 'received':
      return `← ${news.type} (${news.bytes} bytes)`;
    case 'undecoded':
      return `← no message of the protocol (${news.bytes} bytes)`;
    case 'sent':
      return `→ ${news.type === 'unknown' ? 'no command' : news.type} (${news.bytes} bytes)`;
    case 'close':
      return news.from === 'server'
        ? `is closed with ${nameCloseCode(news.code)}`
        : `leaves with ${nameCloseCode(news.code)}`;
    default:
      return undefined;
  }
}

import process from 'node:process';

import { liveCall } from '@livecall/core';
import { relayTransport } from '@livecall/core/browser';

/* Follows a call over a relay with the runtime's own WebSocket, joins it, and prints what came. */

const [url] = process.argv.slice(2);
const print = (...words) => {
  process.stdout.write(`${words.join(' ')}\n`);
};

const call = liveCall(relayTransport({ url, receiptTimeoutMs: 500 }), { retry: false });
call.state$.subscribe((state) => {
  print(state.status === 'closed' ? state.reason : state.status);
});
call.errors$.subscribe(({ _tag, status, code }) => {
  print(_tag, status ?? code);
});
call.transcript$.subscribe({
  next: ({ offset }) => {
    print(offset);
  },
  error: () => undefined,
});
call.joinCall({ whenNotOpen: 'wait', ackTimeoutMs: 10_000 }).subscribe({
  next: ({ confirmedBy }) => {
    print('joined by', confirmedBy);
  },
  error: () => undefined,
});
call.connect();

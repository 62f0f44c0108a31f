import type { ConnectionState } from '@livecall/core';
import { Subject } from 'rxjs';
import { expect, it } from 'vitest';

import { createLiveCalls } from './live-calls.js';
import { createConsoleCall } from './console-call.js';

function makeSession(id: number) {
  const state$ = new Subject<ConnectionState>();
  const call = createConsoleCall({
    ...{ id, state$, numbers: () => ({}) },
    command: () => Promise.resolve('nothing was sent'),
  });
  const tell = (status: string) => {
    state$.next({ status } as unknown as ConnectionState);
  };
  return { call, state$, tell };
}

it('tells how each call stands, whenever it was added, until all are over', () => {
  const live = createLiveCalls();
  const [one, other] = [makeSession(1), makeSession(2)];
  live.add(one.call);
  const told: string[] = [];
  let isOver = false;
  live.status$.subscribe({
    next: ({ id, state }) => told.push(`${id} ${state}`),
    complete: () => (isOver = true),
  });
  for (const status of ['connecting', 'open', 'open', 'reconnecting']) one.tell(status);
  const forget = live.add(other.call);
  live.seal();
  other.tell('connecting');
  one.state$.complete();

  expect(told).toEqual(['1 connecting', '1 open', '1 reconnecting', '2 connecting']);
  expect(isOver).toBe(false);
  expect(live.find(2)).toBe(other.call);
  forget();
  expect(live.find(2)).toBeUndefined();
  other.state$.complete();
  expect(isOver).toBe(true);
});

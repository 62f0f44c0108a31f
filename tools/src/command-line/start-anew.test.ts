import { scenario } from '@livecall/recording';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { closeAfter } from '../faults/close-after.js';
import { startAnew } from './start-anew.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const call = scenario().start().caller('A parcel.', { after: 10 }).callEnd({ after: 10 }).close();

function start() {
  const log: string[] = [];
  const transport = startAnew(
    call.toRecording('call'),
    { pace: 'recorded' },
    [closeAfter({ frames: 1, code: 1012 })],
    (divergences) => log.push(`over, ${divergences.length} divergences`),
  );
  const dial = () =>
    transport.subscribe({ error: (error: unknown) => log.push((error as Error).message) });
  return { log, dial };
}

it('waits for a client that was cut off, and is over once it has heard the end', async () => {
  const { log, dial } = start();
  dial();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(log).toEqual(['The connection was closed with 1012 (service restart).']);
  dial();
  await vi.advanceTimersByTimeAsync(0);

  expect(log.slice(1)).toEqual([
    'The connection was closed with 1000 (normal closure).',
    'over, 0 divergences',
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

it('waits half a minute for a client that does not come back', async () => {
  const { log, dial } = start();
  dial();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(log).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_000);

  expect(log.slice(1)).toEqual(['over, 0 divergences']);
  expect(vi.getTimerCount()).toBe(0);
});

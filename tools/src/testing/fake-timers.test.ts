import { mock } from 'node:test';

import { ack, scenario } from '@livecall/recording';
import { filter, firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { afterEach, expect, it, vi } from 'vitest';

import { closeAfter } from '../faults/close-after.js';
import { openReplay } from './open-replay.js';
import { TimeStandsStillError } from './unless-time-stands.js';

/* Replays under the fake timers of a test. */

afterEach(() => {
  vi.useRealTimers();
  mock.timers.reset();
});

const call = scenario()
  .open({ after: 100 })
  .start({ after: 400 })
  .caller('A parcel.', { after: 60_000 })
  .onJoin(ack({ after: 70 }), { after: 500 })
  .callEnd({ after: 30_000 })
  .toRecording('call.ndjson');

const TIMERS = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] as const;

it.each<[what: string, toFake: readonly ((typeof TIMERS)[number] | 'Date' | 'performance')[]]>([
  ['the timers', TIMERS],
  ['the timers and Date', [...TIMERS, 'Date']],
  ['the timers and performance', [...TIMERS, 'performance']],
  ['the timers, Date and performance', [...TIMERS, 'Date', 'performance']],
])('plays at the pace recorded where a test fakes %s', async (_what, toFake) => {
  vi.useFakeTimers({ toFake: [...toFake] });
  const opened = await openReplay(call, {
    pace: 'recorded',
    faults: [closeAfter({ after: 'event:start' })],
    call: { retry: { random: () => 0.5 } },
  });
  const events = lastValueFrom(opened.call.events$.pipe(toArray()));
  const states: string[] = [];
  opened.call.state$.subscribe(({ status }) => states.push(status));
  opened.call.connect();
  await vi.advanceTimersByTimeAsync(499);
  expect(states.slice(0, 3)).toEqual(['idle', 'connecting', 'open']);
  await vi.advanceTimersByTimeAsync(60_600);
  opened.call.joinCall().subscribe();
  await vi.advanceTimersByTimeAsync(40_000);

  expect((await events).map(({ type }) => type)).toEqual(['event:start', 'event:callEnd']);
  expect(states).toContain('reconnecting');
  await opened.finish();
});

it('plays at the pace recorded where a test fakes performance alone', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const opened = await openReplay(call, { pace: 'recorded', speed: 1_000 });
  opened.call.connect();
  await firstValueFrom(opened.call.transcript$);
  opened.call.joinCall().subscribe();
  await lastValueFrom(opened.call.state$);

  await opened.finish();
});

it.each<[what: string, fake: () => unknown]>([
  ['vitest', () => vi.useFakeTimers()],
  ['vitest, performance aside', () => vi.useFakeTimers({ toFake: [...TIMERS, 'Date'] })],
  [
    'node:test',
    () => {
      mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
    },
  ],
])('says that the timers of a test stand still: %s', async (_what, fake) => {
  const opened = await openReplay(call, { waitMs: 0 });
  fake();
  opened.call.connect();
  await firstValueFrom(opened.call.state$.pipe(filter(({ status }) => status === 'open')));
  const error = await opened.finish().catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(TimeStandsStillError);
  expect((error as Error).message).toMatch(
    /^call\.ndjson: the timers are faked and stood still for 1000 ms, so the replay has no verdict\. Advance/,
  );
  expect((await firstValueFrom(opened.call.state$)).status).toBe('closed');
});

it('waits for who moves the timers meanwhile', async () => {
  vi.useFakeTimers();
  const opened = await openReplay(call, { pace: 'recorded' });
  opened.call.connect();
  const verdict = opened.finish().catch((thrown: unknown) => thrown);
  await vi.advanceTimersByTimeAsync(120_000);

  expect(await verdict).toMatchObject({
    _tag: 'DivergedError',
    divergences: [{ kind: 'missing' }],
  });
  expect(vi.getTimerCount()).toBe(0);
});

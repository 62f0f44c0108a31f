import { liveCall } from '@livecall/core';
import type { LiveCallError } from '@livecall/core';
import { ack, scenario } from '@livecall/recording';
import type { Scenario } from '@livecall/recording';
import { expect, it, onTestFinished } from 'vitest';

import { showDivergence } from './divergence.js';
import { replay } from './replay.js';

const joined = scenario()
  .open({ after: 100 })
  .start({ after: 50 })
  .assistant('Who is calling, please?', { after: 400 })
  .caller('Harbour Couriers.', { after: 1_800 })
  .onJoin(ack({ after: 70 }), { after: 500 })
  .caller('Hello?', { after: 10 })
  .caller('Anyone?')
  .callEnd({ after: 2_000 })
  .close(1000);

function follow(call: Scenario) {
  const transport = replay(call.toRecording('call.ndjson'), { pace: 'manual' });
  const live = liveCall(transport);
  const heard: string[] = [];
  live.state$.subscribe(({ status }) => heard.push(status));
  live.messages$.subscribe({
    next: ({ message }) => heard.push('msg' in message ? message.msg : message.type),
    error: (error: unknown) => heard.push((error as LiveCallError)._tag),
  });
  const following = live.connect();
  onTestFinished(() => {
    following.unsubscribe();
  });
  return { transport, live, heard: () => heard.splice(0) };
}

it('plays what is due in the time that passes, and nothing by itself', () => {
  const { transport, heard } = follow(joined);

  expect(heard()).toEqual(['idle', 'connecting']);
  transport.advance(99);
  expect(heard()).toEqual([]);
  transport.advance(1);
  expect(heard()).toEqual(['open']);
  transport.advance(450);
  expect(heard()).toEqual(['event:start', 'Who is calling, please?']);
  transport.advance(1_799);
  expect(heard()).toEqual([]);
  transport.advance(1);
  expect(heard()).toEqual(['Harbour Couriers.']);
});

it('plays step by step, what was recorded at one time in one', () => {
  const { transport, live, heard } = follow(joined);
  const steps: string[][] = [heard()];
  for (let step = 0; step < 4; step += 1) {
    transport.step();
    steps.push(heard());
  }
  live.joinCall().subscribe();
  for (let step = 0; step < 3; step += 1) {
    transport.step();
    steps.push(heard());
  }

  expect(steps).toEqual([
    ['idle', 'connecting'],
    ['open'],
    ['event:start'],
    ['Who is calling, please?'],
    ['Harbour Couriers.'],
    ['ack'],
    ['Hello?', 'Anyone?'],
    ['closing', 'event:callEnd', 'closed'],
  ]);
});

it('steps until something holds, not at all where it does', () => {
  const { transport, heard } = follow(joined);
  const seen: string[] = [];
  const hasCaller = () => seen.push(...heard()) > 0 && seen.includes('Harbour Couriers.');
  transport.until(hasCaller);
  const before = seen.length;
  transport.until(hasCaller);

  expect(seen.at(-1)).toBe('Harbour Couriers.');
  expect(seen).toHaveLength(before);
});

it.each<[what: string, call: Scenario, message: string]>([
  ['a command', joined, 'call.ndjson: nothing comes before client:joinCall (call.ndjson:6).'],
  [
    'a close',
    scenario().start().hangUp(),
    'call.ndjson: nothing comes before the client to close (call.ndjson:4).',
  ],
  [
    'a further dial',
    scenario().start().close(1008).start().close(),
    'call.ndjson: nothing comes before dial 2.',
  ],
  ['nothing', scenario().start().callEnd().close(), 'call.ndjson: it is played to its end.'],
])('says what it waits for when nothing comes before: %s', (_what, call, message) => {
  const { transport } = follow(call);

  expect(() => {
    transport.until(() => false);
  }).toThrow(new Error(message));
});

it('is out of patience when that much time has passed', async () => {
  const { transport, heard } = follow(joined);
  transport.advance(2_350);
  heard();
  transport.advance(5_499);
  expect(heard()).toEqual([]);
  transport.advance(1);

  expect(transport.divergences().map(showDivergence)).toEqual([
    'call.ndjson:6: missing: expected client:joinCall, got nothing within 5000 ms; line 7 (ack) waits for it',
  ]);
  expect(await transport.done()).toEqual(transport.divergences());
});

it('is done at once: nothing more happens', async () => {
  const { transport } = follow(joined);
  transport.advance(500);

  expect((await transport.done()).map(showDivergence)).toEqual([
    'call.ndjson:6: missing: expected client:joinCall, got nothing',
  ]);
});

it('counts time from the command that something followed', () => {
  const { transport, live, heard } = follow(joined);
  transport.advance(10_000 - 2_500);
  heard();
  live.joinCall().subscribe();
  transport.advance(69);
  expect(heard()).toEqual([]);
  transport.advance(1);
  expect(heard()).toEqual(['ack']);
});

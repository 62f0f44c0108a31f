import fc from 'fast-check';
import { expect, it } from 'vitest';

import { CallLog } from './call-snapshot.js';
import type { ServerMessage } from './protocol/messages.js';

const start: ServerMessage = {
  type: 'event:start',
  phone: '+12025550100',
  timestamp: '2026-11-22T09:00:00Z',
};
const screeningEnd: ServerMessage = { type: 'event:end', msg: 'handed over' };
const callEnd: ServerMessage = { type: 'event:callEnd', timestamp: '2026-11-22T09:01:00Z' };

const say = (msg: string): ServerMessage => ({ type: 'transcript', msg, role: 'other' });

function add(log: CallLog, ...messages: readonly ServerMessage[]): void {
  for (const message of messages) log.add({ connection: 1, at: 0, message });
}

it('starts out waiting, with nothing known', () => {
  expect(new CallLog(10).snapshot()).toStrictEqual({
    phase: 'waiting',
    phone: undefined,
    startedAt: undefined,
    endedAt: undefined,
    screeningMessage: undefined,
    connections: 0,
    utterances: [],
  });
});

it('gathers what is known of the call', () => {
  const log = new CallLog(10);
  log.open(1);
  add(log, start);
  log.add({
    connection: 1,
    at: 12,
    message: { type: 'transcript', msg: 'Hello?', role: 'other', offset: '00:12' },
  });
  add(log, screeningEnd);
  log.open(2);
  log.add({
    connection: 2,
    at: 34,
    message: { type: 'transcript', msg: 'Hi.', role: 'user' },
  });
  add(log, callEnd);

  expect(log.snapshot()).toStrictEqual({
    phase: 'ended',
    phone: '+12025550100',
    startedAt: '2026-11-22T09:00:00Z',
    endedAt: '2026-11-22T09:01:00Z',
    screeningMessage: 'handed over',
    connections: 2,
    utterances: [
      { role: 'other', text: 'Hello?', offset: '00:12', connection: 1, at: 12 },
      { role: 'user', text: 'Hi.', offset: undefined, connection: 2, at: 34 },
    ],
  });
});

it.each<[messages: readonly ServerMessage[], phases: readonly string[]]>([
  [
    [start, screeningEnd, callEnd],
    ['screening', 'screened', 'ended'],
  ],
  [
    [screeningEnd, start, start],
    ['screened', 'screened', 'screened'],
  ],
  [
    [callEnd, start, screeningEnd, callEnd],
    ['ended', 'ended', 'ended', 'ended'],
  ],
  [
    [say('Hello?'), start, say('Hi.'), start],
    ['waiting', 'screening', 'screening', 'screening'],
  ],
])('never goes back a phase: %#', (messages, phases) => {
  const log = new CallLog(10);
  const seen = messages.map((message) => {
    add(log, message);
    return log.snapshot().phase;
  });

  expect(seen).toEqual(phases);
});

it('learns the number from a start that comes late', () => {
  const log = new CallLog(10);
  add(log, screeningEnd, start);

  expect(log.snapshot()).toMatchObject({ phase: 'screened', phone: '+12025550100' });
});

it.each([
  [0, []],
  [1, ['e']],
  [2, ['d', 'e']],
  [3, ['c', 'd', 'e']],
  [5, ['a', 'b', 'c', 'd', 'e']],
  [6, ['a', 'b', 'c', 'd', 'e']],
  [Infinity, ['a', 'b', 'c', 'd', 'e']],
])('keeps the newest %d utterances', (maxUtterances, kept) => {
  const log = new CallLog(maxUtterances);
  add(log, ...['a', 'b', 'c', 'd', 'e'].map(say));

  expect(log.snapshot().utterances.map(({ text }) => text)).toEqual(kept);
});

it('keeps the newest however long the call is', () => {
  const log = new CallLog(3);
  for (let n = 1; n <= 100; n += 1) {
    add(log, say(`${n}`));
    const texts = log.snapshot().utterances.map(({ text }) => Number(text));

    expect(texts).toEqual([n - 2, n - 1, n].filter((text) => text > 0));
  }
});

it('gives the same snapshot until something changes', () => {
  const log = new CallLog(10);
  add(log, start, say('Hello?'));
  const before = log.snapshot();
  add(
    log,
    { type: 'ack', ackId: '8f0c' },
    { type: 'error', description: 'busy' },
    { type: 'unknown', received: { type: 'event:hold' } },
  );

  expect(log.snapshot()).toBe(before);
  add(log, say('Hi.'));
  expect(log.snapshot()).not.toBe(before);
});

it('leaves the snapshots it gave as they were', () => {
  const log = new CallLog(2);
  add(log, start, say('a'));
  const before = log.snapshot();
  add(log, say('b'), say('c'), say('d'), callEnd);

  expect(before).toMatchObject({ phase: 'screening', endedAt: undefined });
  expect(before.utterances.map(({ text }) => text)).toEqual(['a']);
});

it('keeps the newest, whenever it is asked for them', () => {
  const counts = fc.array(fc.nat({ max: 12 }));
  fc.assert(
    fc.property(fc.nat({ max: 5 }), counts, (maxUtterances, said) => {
      const log = new CallLog(maxUtterances);
      const all: string[] = [];
      for (const count of said) {
        for (let time = 0; time < count; time += 1) {
          all.push(String(all.length));
          add(log, say(String(all.length - 1)));
        }
        const newest = all.filter((_, index) => index >= all.length - maxUtterances);

        expect(log.snapshot().utterances.map(({ text }) => text)).toEqual(newest);
      }
    }),
  );
});

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { UtteranceLog as PageLog } from './browser/utterance-log.js';
import type { Offset, Role } from './protocol/messages.js';
import { UtteranceLog } from './utterance-log.js';
import type { Utterance } from './utterance-log.js';

interface Spoken {
  readonly msg: string;
  readonly role: Role;
  readonly offset?: Offset;
}

const spoken: fc.Arbitrary<Spoken> = fc.record(
  {
    msg: fc.string({ unit: 'binary' }),
    role: fc.constantFrom<Role>('assistant', 'other', 'user'),
    offset: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
  },
  { requiredKeys: ['msg', 'role'] },
);

/** A frame; a connection that is lost, and the next; or somebody who asks. */
const act = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.record({ spoken, at: fc.double({ noNaN: true, min: 0, max: 1e13 }) }),
  },
  { weight: 1, arbitrary: fc.constant('lose' as const) },
  { weight: 2, arbitrary: fc.constant('ask' as const) },
);

const logs = [
  ['of a process', UtteranceLog],
  ['of a page', PageLog],
] as const;

it.each(logs)('keeps %s what a plain list would keep, whoever asks and whenever', (_, Log) => {
  const most = fc.oneof(fc.nat({ max: 200 }), fc.constant(Infinity));
  fc.assert(
    fc.property(most, fc.array(act, { maxLength: 400, size: 'max' }), (most, acts) => {
      const log = new Log(most);
      const list: Utterance[] = [];
      let connection = 1;
      const newest = () => list.slice(Math.max(0, list.length - most));
      for (const act of acts) {
        if (act === 'lose') {
          connection += 1;
        } else if (act === 'ask') {
          expect(log.newest()).toStrictEqual(newest());
        } else {
          const { at, spoken } = act;
          const { msg, role, offset } = spoken;
          const json = `\t${JSON.stringify({ type: 'transcript', more: [1], ...spoken })}\n`;
          log.add({ connection, at, message: spoken }, at % 2 < 1 ? json : undefined);
          list.push({ role, text: msg, offset, connection, at });
        }
      }

      expect(log.newest()).toStrictEqual(newest());
    }),
  );
});

it.each(logs)('gives the newest of very many %s', (_, Log) => {
  const log = new Log(100);
  for (let n = 0; n < 10_000; n += 1) {
    log.add({ connection: 1, at: n, message: { msg: String(n), role: 'user' } });
  }

  expect(log.newest().map(({ text }) => Number(text))).toEqual(
    Array.from({ length: 100 }, (_, index) => 9_900 + index),
  );
});

it.each(logs)(
  'does not change what it was told %s when a listener changes the message',
  (_, Log) => {
    const log = new Log(10);
    const message = { msg: 'A parcel.', role: 'other' as Role };
    log.add({ connection: 1, at: 0, message });
    message.msg = 'Nothing.';

    expect(log.newest().map(({ text }) => text)).toEqual(['A parcel.']);
  },
);

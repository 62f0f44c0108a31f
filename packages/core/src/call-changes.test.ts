import fc from 'fast-check';
import { BehaviorSubject, concat, from, map, NEVER, noop, of } from 'rxjs';
import type { Observable, Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { callChanges, foldChange } from './call-changes.js';
import type { CallChange } from './call-changes.js';
import { CallLog } from './call-snapshot.js';
import type { CallSnapshot } from './call-snapshot.js';
import { liveCall } from './live-call.js';
import type { ServerMessage } from './protocol/messages.js';

const start: ServerMessage = {
  type: 'event:start',
  phone: '+12025550100',
  timestamp: '2026-11-22T09:00:00Z',
};
const callEnd: ServerMessage = { type: 'event:callEnd', timestamp: '2026-11-22T09:01:00Z' };
const say = (msg: string): ServerMessage => ({ type: 'transcript', msg, role: 'other', offset: 1 });

/** A call that is told message by message. */
function tell(maxUtterances = 10_000) {
  const log = new CallLog(maxUtterances);
  const call$ = new BehaviorSubject(log.snapshot());
  return {
    call$,
    add: (message: ServerMessage) => {
      log.add({ connection: 1, at: 0, message });
      call$.next(log.snapshot());
    },
    open: (connection: number) => {
      log.open(connection);
      call$.next(log.snapshot());
    },
  };
}

/** What crosses the wire. */
const crossed = <A>(value: A) => JSON.parse(JSON.stringify(value)) as A;

/** A page: all changes that came, and the call that it has of them. */
function page(told$: Observable<CallChange>, call?: CallSnapshot) {
  const heard: CallChange[] = [];
  const state = { call, heard, following: undefined as Subscription | undefined };
  state.following = told$.subscribe((change) => {
    heard.push(change);
    state.call = foldChange(state.call, crossed(change));
  });
  return state;
}

it('tells all of a call first, and then what is new', () => {
  const { call$, add } = tell();
  add(start);
  add(say('Hello?'));
  const { heard, call } = page(callChanges(call$)());
  add(say('Who is calling?'));
  add(callEnd);

  expect(call?.utterances).toHaveLength(1);
  expect(heard).toEqual([
    { id: expect.stringMatching(/^[\da-f]{8}-1$/) as string, call: expect.anything() as object },
    {
      id: expect.stringMatching(/-2$/) as string,
      said: [{ role: 'other', text: 'Who is calling?', offset: 1, connection: 1, at: 0 }],
    },
    {
      id: heard[1]?.id,
      facts: { phase: 'ended', endedAt: '2026-11-22T09:01:00Z' },
    },
  ]);
});

it('begins with one snapshot, however late, and tells nothing where nothing is new', () => {
  const { call$, add } = tell();
  const changes = callChanges(call$);
  page(changes());
  for (const msg of ['a', 'b', 'c']) add(say(msg));
  const late = page(changes());
  // The facts are learnt anew, and are the same.
  add(start);
  add(start);

  expect(late.heard.map((change) => Object.keys(change))).toEqual([
    ['id', 'call'],
    ['id', 'facts'],
  ]);
});

it('goes on from an id with what is new since then, in one change', () => {
  const { call$, add } = tell();
  const changes = callChanges(call$);
  const first = page(changes());
  add(say('a'));
  first.following?.unsubscribe();
  add(say('b'));
  add(say('c'));
  add(callEnd);
  const again = page(changes(first.heard.at(-1)?.id), first.call);

  expect(again.heard).toHaveLength(1);
  expect(again.heard[0]).toMatchObject({ said: [{ text: 'b' }, { text: 'c' }], keeps: 3 });
  expect(again.call).toEqual(call$.value);
});

it.each(['', 'nonsense', '00000000-1', `${'0'.repeat(8)}-${'9'.repeat(15)}`])(
  'begins anew from an id that it does not know: %j',
  (since) => {
    const { call$, add } = tell();
    add(say('a'));

    expect(page(callChanges(call$)(since)).heard).toMatchObject([{ call: { utterances: [{}] } }]);
  },
);

it('begins anew from an id of which there is more than there was', () => {
  const { call$, add } = tell();
  add(say('a'));
  const changes = callChanges(call$);
  const [first] = page(changes()).heard;

  expect(page(changes(first?.id.replace(/1$/, '2'))).heard).toMatchObject([{ call: {} }]);
});

it('completes as the call does, and errors as it does', () => {
  new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  }).run((time) => {
    const { call$ } = tell();

    const whole = { w: 'id,call' };
    for (const ends of ['-a--a-|', '-a--a-#', '-a--a--']) {
      const source$ = time.cold(ends, { a: call$.value });
      const told$ = callChanges(source$)().pipe(map((change) => Object.keys(change).join()));
      // The same again is nothing new.
      time.expectObservable(told$, '-------!').toBe(ends.replace('-a--a', '-w---'), whole);
      time
        .expectSubscriptions(source$.subscriptions)
        .toBe(ends.endsWith('-') ? '^------!' : '^-----!');
    }
  });
});

it('says what is wrong where a change has nothing to go on from', () => {
  expect(() => foldChange(undefined, { id: '00000000-1', said: [] })).toThrow(TypeError);
});

it('tells a call that is followed, to its end', () => {
  const frames = [start, say('Hello?'), callEnd].map((message) => JSON.stringify(message));
  const call = liveCall(concat(of({ frames$: from(frames), send: noop }), NEVER), { lingerMs: 0 });
  const { heard, following } = page(callChanges(call.call$)());
  call.connect();
  const [whole, ...patches] = heard.map((change) => Object.keys(change).slice(1));

  expect(whole).toEqual(['call']);
  expect(patches).toEqual([['facts'], ['facts'], ['said'], ['facts']]);
  following?.unsubscribe();
});

/* Any interleaving */

type Act =
  | { readonly what: 'says' | 'joins' | 'leaves' | 'returns' | 'reloads'; readonly who: number }
  | { readonly what: 'starts' | 'ends' | 'opens' };

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constantFrom('says', 'joins', 'leaves', 'returns', 'reloads'),
      who: fc.nat({ max: 3 }),
    }) as fc.Arbitrary<Act>,
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constantFrom('starts', 'ends', 'opens') }) as fc.Arbitrary<Act>,
  },
);

it('gives every page the call that there is, whoever comes, goes and returns', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 1, 2, 5, Infinity),
      fc.array(act, { maxLength: 30, size: 'max' }),
      (maxUtterances, acts) => {
        const { call$, add, open } = tell(maxUtterances);
        const changes = callChanges(call$);
        const pages = new Map<number, ReturnType<typeof page>>();
        let [said, connections] = [0, 0];
        for (const [at, one] of acts.entries()) {
          if (one.what === 'says') {
            add(say(`${(said += 1)}`));
          } else if (one.what === 'starts') {
            add({ ...start, phone: `${at}` } as ServerMessage);
          } else if (one.what === 'ends') {
            add(callEnd);
          } else if (one.what === 'opens') {
            open((connections += 1));
          } else if ('who' in one) {
            const before = pages.get(one.who);
            if (one.what === 'leaves') {
              before?.following?.unsubscribe();
            } else if (one.what === 'returns' && before !== undefined) {
              before.following?.unsubscribe();
              pages.set(one.who, page(changes(before.heard.at(-1)?.id), before.call));
            } else if (one.what === 'joins' && before === undefined) {
              pages.set(one.who, page(changes()));
            } else if (one.what === 'reloads') {
              before?.following?.unsubscribe();
              const anew = page(changes());
              expect(anew.heard).toHaveLength(1);
              expect(anew.heard[0]).toHaveProperty('call');
              pages.set(one.who, anew);
            }
          }
          for (const { following, call } of pages.values()) {
            if (following?.closed === false) expect(call).toEqual(call$.value);
          }
        }
      },
    ),
  );
});

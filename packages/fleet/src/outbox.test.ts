import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { createOutbox } from './outbox.js';
import type { StoreAnswer, WiredOutbox } from './outbox.js';
import type { Outgoing, Owner } from './outbox-lanes.js';

/*
 * The outbox over a broker of its own: what is published stands on the wire until it is delivered,
 * and its answer until it is heard. The clock is the test's.
 */

interface Published {
  readonly message: Outgoing;
  readonly key: string;
  readonly expected: number | undefined;
}

function createBroker() {
  let at = 0;
  let isUp = true;
  let soon: (() => void)[] = [];
  const wire: Published[] = [];
  const answers: { readonly key: string; readonly answer: StoreAnswer }[] = [];
  const stream: { readonly subject: string; readonly id: string; readonly number: number }[] = [];
  const troubles: (string | undefined)[] = [];
  const sequences = new Map<string, number>();
  const lastOf = (subject: string) =>
    stream.findLastIndex((stored) => stored.subject === subject) + 1;
  const outbox: WiredOutbox = createOutbox({
    now: () => at,
    isUp: () => isUp,
    publish: (message, key, expected) => {
      // What is published while it is away is dropped, as the client does.
      if (isUp) wire.push({ message, key, expected });
    },
    soon: (action) => {
      soon.push(action);
    },
    onTrouble: (why) => {
      troubles.push(why);
    },
  });
  /** As JetStream does: it knows an id again before it looks at what is expected. */
  const store = ({ message, expected }: Published): StoreAnswer => {
    const { subject } = message.owner;
    const known = sequences.get(message.id);
    if (known !== undefined) return { sequence: known };
    if (expected !== undefined && lastOf(subject) !== expected) return 'conflict';
    stream.push({ subject, id: message.id, number: message.number });
    sequences.set(message.id, stream.length);
    return { sequence: stream.length };
  };
  const turn = () => {
    const due = soon;
    soon = [];
    for (const action of due) action();
  };
  const broker = {
    outbox,
    wire,
    stream,
    troubles,
    lastOf,
    turn,
    /** The next message arrives there. */
    deliver: (answer: (published: Published) => StoreAnswer | undefined = store) => {
      const published = wire.shift();
      if (published === undefined) return;
      const said = answer(published);
      if (said !== undefined) answers.push({ key: published.key, answer: said });
    },
    /** The next answer arrives here. */
    hear: () => {
      const next = answers.shift();
      if (next !== undefined) outbox.answer(next.key, next.answer);
    },
    lose: () => {
      isUp = false;
      wire.length = 0;
      answers.length = 0;
    },
    /** What is on its way arrives before the connection is lost. */
    loseAnswers: () => {
      while (wire.length > 0) broker.deliver();
      broker.lose();
    },
    back: () => {
      if (isUp) return;
      isUp = true;
      outbox.back();
    },
    pass: (ms: number) => {
      at += ms;
      outbox.look();
    },
    /** All goes well from now on. */
    settle: () => {
      for (let n = 0; n < 200 && outbox.unacked() > 0; n += 1) {
        turn();
        while (wire.length > 0) broker.deliver();
        while (answers.length > 0) broker.hear();
        if (n % 3 === 2) broker.pass(6_000);
      }
    },
  };
  return broker;
}

type Broker = ReturnType<typeof createBroker>;

function createOwner({ outbox, lastOf, stream }: Broker, name: string) {
  let said = 0;
  let isInDoubt = false;
  const state = { stored: 0, isSuperseded: false, mostHeld: 0 };
  const owner: Owner = {
    subject: name,
    mayGo: () => !isInDoubt,
    onStored: () => {
      state.stored += 1;
    },
    onConflict: () => {
      isInDoubt = true;
    },
  };
  return {
    owner,
    state,
    said: () => said,
    say: () => {
      said += 1;
      outbox.send({
        owner,
        id: `${name}.1-1.${said}`,
        number: said,
        payload: Buffer.from(`${said}`),
        hasMore: false,
      });
      state.mostHeld = Math.max(state.mostHeld, said - state.stored);
    },
    fence: () => {
      outbox.fence(owner, lastOf(name));
    },
    doubt: () => {
      isInDoubt = true;
    },
    /** Asks whether it is still its own, as a worker does whose lease was over. */
    verify: () => {
      if (state.isSuperseded) {
        outbox.drop(owner);
      } else if (isInDoubt) {
        isInDoubt = false;
        outbox.fence(owner, lastOf(name));
      }
    },
    /** Another worker begins a newer run. */
    supersede: () => {
      state.isSuperseded = true;
      stream.push({ subject: name, id: `${name}.1-2.1`, number: 0 });
    },
    numbers: () =>
      stream
        .filter(({ subject, number }) => subject === name && number > 0)
        .map(({ number }) => number),
  };
}

it('publishes what is said in one turn at its end, and at once when it is flushed', () => {
  const broker = createBroker();
  const [one, two] = [createOwner(broker, 'one'), createOwner(broker, 'two')];
  one.say();
  two.say();
  expect(broker.wire).toHaveLength(0);
  broker.turn();
  expect(broker.wire.map(({ message }) => message.id)).toEqual(['one.1-1.1', 'two.1-1.1']);
  one.say();
  broker.outbox.flush();
  expect(broker.wire).toHaveLength(3);
});

it('names the message that the next one is to stand behind, one at a time', () => {
  const broker = createBroker();
  const one = createOwner(broker, 'one');
  one.fence();
  one.say();
  one.say();
  broker.turn();
  expect(broker.wire.map(({ expected }) => expected)).toEqual([0]);
  broker.deliver();
  broker.hear();
  broker.turn();
  expect(broker.wire.map(({ expected }) => expected)).toEqual([1]);
});

it('has what is said too fast for that go side by side, behind one that is fenced', () => {
  const broker = createBroker();
  const one = createOwner(broker, 'one');
  one.fence();
  for (let n = 0; n < 20; n += 1) one.say();
  broker.turn();
  expect(broker.wire.map(({ expected }) => expected)).toEqual([
    0,
    ...Array.from({ length: 19 }, () => undefined),
  ]);
});

it('has so many on their way, and no more in one turn than the loop can spare', () => {
  const broker = createBroker();
  const one = createOwner(broker, 'one');
  for (let n = 0; n < 5_000; n += 1) one.say();
  const counts = Array.from({ length: 6 }, () => {
    broker.turn();
    return broker.wire.length;
  });
  expect(counts).toEqual([512, 1_024, 1_536, 2_048, 2_048, 2_048]);
  expect(broker.outbox.unacked()).toBe(5_000);
});

it('publishes nothing of an owner that was dropped', () => {
  const broker = createBroker();
  const one = createOwner(broker, 'one');
  one.fence();
  one.say();
  broker.outbox.drop(one.owner);
  broker.turn();
  expect({ wire: broker.wire, bytes: broker.outbox.unackedBytes() }).toEqual({
    wire: [],
    bytes: 0,
  });
});

it('sends nothing while the broker is away, and everything without an answer when it is back', () => {
  const broker = createBroker();
  const one = createOwner(broker, 'one');
  one.say();
  broker.turn();
  broker.loseAnswers();
  one.say();
  broker.turn();
  broker.pass(60_000);
  expect(broker.wire).toEqual([]);
  broker.back();
  broker.turn();
  expect(broker.wire.map(({ message }) => message.number)).toEqual([1, 2]);
  broker.settle();
  expect(one.numbers()).toEqual([1, 2]);
  expect(broker.troubles).toEqual([]);
});

it('tells that nothing is acknowledged, once, and when it is again', () => {
  const broker = createBroker();
  const one = createOwner(broker, 'one');
  one.say();
  broker.turn();
  for (let n = 0; n < 20; n += 1) {
    broker.deliver(() => undefined);
    broker.pass(1_000);
  }
  expect(broker.troubles).toEqual([
    'JetStream has acknowledged nothing for 5 s; see its disk and its log',
  ]);
  broker.settle();
  expect(broker.troubles.slice(1)).toEqual([undefined]);
  expect(one.numbers()).toEqual([1]);
});

it('tells what the broker refuses, and pauses before it tries again', () => {
  const broker = createBroker();
  const one = createOwner(broker, 'one');
  one.say();
  broker.turn();
  broker.deliver(() => ({ refused: 'insufficient resources' }));
  broker.hear();
  one.say();
  broker.turn();
  broker.pass(200);
  expect(broker.wire).toEqual([]);
  broker.pass(100);
  broker.turn();
  expect(broker.wire.map(({ message }) => message.number)).toEqual([1, 2]);
  expect(broker.troubles).toEqual([
    'JetStream refuses what is to be stored: insufficient resources',
  ]);
});

/** One thing that happens, to one of the owners where it is somebody's. */
const STEPS = [
  ...['say', 'say', 'say', 'turn', 'turn', 'deliver', 'deliver', 'hear', 'hear'],
  ...['refuse', 'swallow', 'lose', 'lose answers', 'back', 'back', 'pass', 'doubt', 'verify'],
  ...['verify', 'supersede', 'chatter', 'outage', 'outage', 'nap', 'nap'],
] as const;

it('loses nothing, doubles nothing and keeps the order, whatever happens in between', () => {
  const step = fc.tuple(fc.constantFrom(...STEPS), fc.nat({ max: 2 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const broker = createBroker();
      const owners = ['a', 'b', 'c'].map((name) => createOwner(broker, name));
      for (const one of owners) one.fence();
      for (const [what, whose] of steps) {
        const one = owners[whose];
        if (one === undefined) continue;
        if (what === 'say' && !one.state.isSuperseded) one.say();
        // Much at once, of one that is not over.
        if (what === 'chatter' && !one.state.isSuperseded)
          for (let n = 0; n < 12; n += 1) one.say();
        if (what === 'turn') broker.turn();
        if (what === 'deliver') broker.deliver();
        if (what === 'refuse') broker.deliver(() => ({ refused: 'full' }));
        if (what === 'swallow') broker.deliver(() => undefined);
        if (what === 'hear') broker.hear();
        if (what === 'lose') broker.lose();
        if (what === 'lose answers') broker.loseAnswers();
        if (what === 'back') broker.back();
        if (what === 'pass') broker.pass(1_500);
        if (what === 'outage') {
          broker.lose();
          broker.back();
        }
        // Its lease is over when it looks again, and is its own all the same.
        if (what === 'nap') {
          one.doubt();
          broker.pass(6_000);
          one.verify();
        }
        if (what === 'doubt') one.doubt();
        if (what === 'verify') one.verify();
        if (what === 'supersede' && whose === 2) one.supersede();
      }
      broker.back();
      for (let n = 0; n < 3; n += 1) {
        for (const one of owners) one.verify();
        broker.settle();
      }
      expect({ unacked: broker.outbox.unacked(), bytes: broker.outbox.unackedBytes() }).toEqual({
        unacked: 0,
        bytes: 0,
      });
      for (const { numbers, said, state } of owners) {
        const stored = numbers();
        const sorted = [...stored].sort((x, y) => x - y);
        const count = state.isSuperseded ? stored.length : said();
        // Of what a superseded one has said too fast, what stands behind the first may go alone.
        if (state.isSuperseded && state.mostHeld > 8) expect(new Set(stored).size).toBe(count);
        else expect(sorted).toEqual(Array.from({ length: count }, (_, n) => n + 1));
        if (!state.isSuperseded) expect(state.stored).toBe(said());
        if (state.mostHeld <= 8) expect(stored).toEqual(sorted);
      }
      // What was not said too fast does not get behind the beginning of another run.
      const last = owners[2];
      if (last !== undefined && last.state.isSuperseded && last.state.mostHeld <= 8) {
        const begun = broker.stream.findIndex(({ id }) => id === 'c.1-2.1');
        expect(
          broker.stream
            .slice(begun + 1)
            .filter(({ subject, number }) => subject === 'c' && number > 0),
        ).toEqual([]);
      }
    }),
  );
});

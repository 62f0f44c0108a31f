import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { createOutbox } from './outbox.js';
import type { StoreAnswer, WiredOutbox } from './outbox.js';
import type { Outgoing, Owner } from './outgoing.js';

/*
 * The outbox over a broker of its own: what is published stands on the wire until it is delivered,
 * and its answer until it is heard. The clock is the test's.
 */

interface Published {
  readonly message: Outgoing;
  readonly key: string;
  readonly expected: number;
}

function createBroker(largest = 1_000) {
  let at = 0;
  let isUp = true;
  let soon: (() => void)[] = [];
  const wire: Published[] = [];
  const answers: { readonly key: string; readonly answer: StoreAnswer }[] = [];
  const stream: { readonly subject: string; readonly id: string; readonly text: string }[] = [];
  const troubles: (string | undefined)[] = [];
  const sequences = new Map<string, number>();
  const lastOf = (subject: string) =>
    stream.findLastIndex((stored) => stored.subject === subject) + 1;
  const outbox: WiredOutbox = createOutbox({
    now: () => at,
    isUp: () => isUp,
    largest: () => largest,
    publish: (message, key, expected) => {
      // Asked for inside of every publish.
      expect(message.owner.mayGo()).toBe(true);
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
    const { owner, number, payload } = message;
    const { subject } = owner;
    const id = owner.idOf(number);
    const text = Buffer.from(payload).toString();
    const known = sequences.get(id);
    if (known !== undefined) {
      // Whatever was sent under this id is all that is ever stored under it.
      expect(text).toBe(stream[known - 1]?.text);
      return { sequence: known };
    }
    if (lastOf(subject) !== expected) return 'conflict';
    stream.push({ subject, id, text });
    sequences.set(id, stream.length);
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
  const said: string[] = [];
  let isInDoubt = false;
  const state = { stored: 0, doubts: 0, isSuperseded: false };
  const owner: Owner = {
    subject: name,
    idOf: (number) => `${name}.1-1.${number}`,
    mayGo: () => !isInDoubt,
    onStored: (lines) => {
      state.stored += lines;
    },
    onDoubt: () => {
      isInDoubt = true;
      state.doubts += 1;
    },
  };
  return {
    owner,
    state,
    said,
    say: (line = `${name}${said.length + 1}\n`) => {
      said.push(line);
      outbox.send(owner, Buffer.from(line));
    },
    fence: () => {
      outbox.fence(owner, lastOf(name));
    },
    doubt: () => {
      isInDoubt = true;
    },
    /** Its lease is extended all the same, by a renewal that was on its way. */
    renew: () => {
      isInDoubt = false;
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
      stream.push({ subject: name, id: `${name}.1-2.1`, text: NEWER });
    },
    stored: () =>
      stream
        .filter(({ subject, text }) => subject === name && text !== NEWER)
        .map(({ text }) => text)
        .join(''),
    /** What stands behind the beginning of the newer run. */
    storedBehind: () => {
      const own = stream.filter(({ subject }) => subject === name);
      const begun = own.findIndex(({ text }) => text === NEWER);
      return begun === -1 ? [] : own.slice(begun + 1);
    },
  };
}

const NEWER = '{"livecall":1}\n';

function createFenced(broker: Broker, name = 'one') {
  const one = createOwner(broker, name);
  one.fence();
  return one;
}

const textsOf = (published: readonly Published[]) =>
  published.map(({ message }) => Buffer.from(message.payload).toString());

it('publishes what is said first in a turn at once, and what follows at its end or a flush', () => {
  const broker = createBroker();
  const [one, two, three] = ['one', 'two', 'three'].map((name) => createFenced(broker, name));
  broker.turn();
  one?.say();
  expect(textsOf(broker.wire)).toEqual(['one1\n']);
  two?.say();
  two?.say();
  expect(broker.wire).toHaveLength(1);
  broker.turn();
  expect(textsOf(broker.wire)).toEqual(['one1\n', 'two1\ntwo2\n']);
  three?.say();
  expect(broker.wire).toHaveLength(3);
  while (broker.wire.length > 0) broker.deliver();
  broker.hear();
  one?.say();
  expect(broker.wire).toHaveLength(0);
  broker.outbox.flush();
  expect(textsOf(broker.wire)).toEqual(['one2\n']);
});

it('holds what is said before its owner is fenced', () => {
  const broker = createBroker();
  const one = createOwner(broker, 'one');
  one.say();
  broker.turn();
  expect(broker.wire).toEqual([]);
  one.fence();
  broker.turn();
  expect(textsOf(broker.wire)).toEqual(['one1\n']);
});

it('names the message that the next one is to stand behind, one at a time', () => {
  const broker = createBroker();
  const one = createFenced(broker);
  one.say();
  broker.turn();
  one.say();
  broker.turn();
  expect(broker.wire.map(({ expected }) => expected)).toEqual([0]);
  broker.deliver();
  broker.hear();
  broker.turn();
  expect(broker.wire.map(({ expected }) => expected)).toEqual([1]);
});

it('has what is said while a message is on its way go together in the next', () => {
  const broker = createBroker();
  const one = createFenced(broker);
  one.say();
  broker.turn();
  for (let n = 0; n < 3; n += 1) {
    one.say();
    broker.turn();
  }
  broker.deliver();
  broker.hear();
  broker.turn();
  expect(textsOf(broker.wire)).toEqual(['one2\none3\none4\n']);
  expect(one.state.stored).toBe(1);
  broker.deliver();
  broker.hear();
  expect(one.state.stored).toBe(4);
});

it('sends the same lines again under the same id, whatever was said since', () => {
  const broker = createBroker();
  const one = createFenced(broker);
  one.say();
  broker.turn();
  one.say();
  broker.loseAnswers();
  one.doubt();
  broker.back();
  one.verify();
  broker.turn();
  expect(textsOf(broker.wire)).toEqual(['one1\n']);
  broker.settle();
  expect(broker.stream.map(({ id, text }) => [id, text])).toEqual([
    ['one.1-1.2', 'one1\n'],
    ['one.1-1.3', 'one2\n'],
  ]);
});

it('sends nothing more after a refusal, and has its owner ask where it stands', () => {
  const broker = createBroker();
  const one = createFenced(broker);
  one.say();
  broker.turn();
  broker.deliver(() => 'conflict');
  broker.hear();
  // It is sure of itself again, by a renewal, and was not told behind what.
  one.renew();
  broker.pass(1_000);
  broker.turn();
  expect([broker.wire, one.state.doubts]).toEqual([[], 2]);
  one.verify();
  broker.settle();
  expect(one.stored()).toBe('one1\n');
});

it('parts a line that is longer than a message may be, and counts it once', () => {
  const broker = createBroker(10);
  const one = createFenced(broker);
  one.say(`${'x'.repeat(25)}\n`);
  one.say('y\n');
  broker.settle();
  expect(broker.stream.map(({ text }) => text)).toEqual([
    'x'.repeat(10),
    'x'.repeat(10),
    'xxxxx\ny\n',
  ]);
  expect(one.state.stored).toBe(2);
});

it('has so many on their way, and no more in one turn than the loop can spare', () => {
  const broker = createBroker();
  for (let n = 0; n < 3_000; n += 1) createFenced(broker, `${n}`).say();
  const counts = Array.from({ length: 6 }, () => {
    broker.turn();
    return broker.wire.length;
  });
  expect(counts).toEqual([512, 1_024, 1_536, 2_048, 2_048, 2_048]);
  expect(broker.outbox.unacked()).toBe(3_000);
  broker.deliver();
  broker.hear();
  broker.turn();
  expect(broker.wire).toHaveLength(2_048);
});

it('publishes nothing of an owner that was dropped', () => {
  const broker = createBroker();
  const one = createFenced(broker);
  one.say();
  broker.turn();
  broker.lose();
  one.say();
  broker.outbox.drop(one.owner);
  broker.back();
  broker.settle();
  expect({ wire: broker.wire, bytes: broker.outbox.unackedBytes() }).toEqual({
    wire: [],
    bytes: 0,
  });
});

it('sends nothing while the broker is away, and everything without an answer when it is back', () => {
  const broker = createBroker();
  const one = createFenced(broker);
  one.say();
  broker.turn();
  broker.loseAnswers();
  one.say();
  broker.turn();
  broker.pass(60_000);
  expect(broker.wire).toEqual([]);
  broker.back();
  broker.turn();
  expect(textsOf(broker.wire)).toEqual(['one1\n']);
  broker.settle();
  expect(one.stored()).toBe('one1\none2\n');
  expect(broker.troubles).toEqual([]);
});

it('tells that nothing is acknowledged, once, and when it is again', () => {
  const broker = createBroker();
  const one = createFenced(broker);
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
  expect(one.stored()).toBe('one1\n');
});

it('tells what the broker refuses, and pauses before it tries again', () => {
  const broker = createBroker();
  const [one, two] = [createFenced(broker), createFenced(broker, 'two')];
  one.say();
  broker.turn();
  broker.deliver(() => ({ refused: 'insufficient resources' }));
  broker.hear();
  two.say();
  broker.turn();
  broker.pass(200);
  expect(broker.wire).toEqual([]);
  broker.pass(100);
  broker.turn();
  expect(textsOf(broker.wire)).toEqual(['one1\n', 'two1\n']);
  expect(broker.troubles).toEqual([
    'JetStream refuses what is to be stored: insufficient resources',
  ]);
});

/** One thing that happens, to one of the owners where it is somebody's. */
const STEPS = [
  ...['say', 'say', 'say', 'turn', 'turn', 'deliver', 'deliver', 'hear', 'hear'],
  ...[
    'refuse',
    'swallow',
    'lose',
    'lose answers',
    'back',
    'back',
    'pass',
    'doubt',
    'renew',
    'verify',
  ],
  ...['verify', 'supersede', 'chatter', 'long', 'outage', 'outage', 'nap', 'nap'],
] as const;

it('loses nothing, doubles nothing and keeps the order, whatever happens in between', () => {
  const step = fc.tuple(fc.constantFrom(...STEPS), fc.nat({ max: 2 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const broker = createBroker(40);
      const owners = ['a', 'b', 'c'].map((name) => createOwner(broker, name));
      for (const one of owners) one.fence();
      for (const [what, whose] of steps) {
        const one = owners[whose];
        if (one === undefined) continue;
        if (what === 'say' && !one.state.isSuperseded) one.say();
        // Much at once, of one that is not over.
        if (what === 'chatter' && !one.state.isSuperseded)
          for (let n = 0; n < 12; n += 1) one.say();
        if (what === 'long' && !one.state.isSuperseded) one.say(`${'x'.repeat(100)}\n`);
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
        // Before another has begun: a lease that is over is extended by nobody.
        if (what === 'renew' && !one.state.isSuperseded) one.renew();
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
      for (const { stored, storedBehind, said, state } of owners) {
        const all = said.join('');
        if (state.isSuperseded) expect(all.startsWith(stored())).toBe(true);
        else expect([stored(), state.stored]).toEqual([all, said.length]);
        expect(storedBehind()).toEqual([]);
      }
    }),
  );
});

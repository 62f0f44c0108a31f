import * as fc from 'fast-check';
import { asyncScheduler, Observable } from 'rxjs';
import type { Subscriber } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { liveCall } from './live-call.js';
import { ConnectionClosedError } from './transport-error.js';
import type { Connection, Frame } from './transport.js';

/*
 * What one listener does when it hears something, and what the others hear: a call without it is
 * what they are held to. Listeners in any order, on any stream, over anything that a wire can bring.
 */

const wire = {
  start: '{"type":"event:start","phone":"+12025550100","timestamp":"2026-11-22T09:00:00Z"}',
  end: '{"type":"event:end","msg":"handed over"}',
  callEnd: '{"type":"event:callEnd","timestamp":"2026-11-22T09:01:00Z"}',
  said: '{"type":"transcript","msg":"Who is calling?","role":"assistant"}',
  error: '{"type":"error","description":"busy"}',
  unknown: '{"type":"event:hold"}',
  invalid: '{"type":"transcript","msg":4}',
  ackOfFirst: '{"type":"ack","ackId":"id-1"}',
  ackOfSecond: '{"type":"ack","ackId":"id-2"}',
};
type Step = keyof typeof wire | 'lose';
const steps = [...(Object.keys(wire) as Step[]), 'lose'] as const;

const streams = ['events$', 'transcript$', 'errors$', 'messages$', 'state$', 'call$'] as const;
const commands = ['joinCall', 'endCall'] as const;
type Listening = (typeof streams)[number] | (typeof commands)[number];

/** What is done within a listener's hearing of something. */
type Deed = 'hangs up' | 'makes the connection fail' | 'makes the wire say more';

/** One thing heard, and at which step of the wire. */
interface Heard {
  readonly step: number;
  readonly what: string;
}

interface Scene {
  readonly steps: readonly Step[];
  readonly listening: readonly Listening[];
  /** Which listener does it, at which of the things it hears. */
  readonly doer: number;
  readonly at: number;
}

const scene: fc.Arbitrary<Scene> = fc.record({
  steps: fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 6 }),
  listening: fc.array(fc.constantFrom<Listening[]>(...streams, ...commands), {
    minLength: 2,
    maxLength: 8,
  }),
  doer: fc.nat({ max: 7 }),
  at: fc.nat({ max: 8 }),
});

/** Plays a scene; each listener's log, and at which step the deed was done. */
function play({ steps, listening, doer, at }: Scene, deed?: Deed) {
  const logs: Heard[][] = listening.map(() => []);
  let current = 0;
  let doneAt: number | undefined;
  new TestScheduler(() => undefined).run(({ flush }) => {
    let dial: Subscriber<Connection> | undefined;
    let hear: Subscriber<Frame> | undefined;
    const frames$ = new Observable<Frame>((subscriber) => {
      hear = subscriber;
    });
    let ids = 0;
    const call = liveCall(
      new Observable((subscriber) => {
        dial = subscriber;
        if (current <= 1) return;
        // A further dial opens at once, which is a step of its own.
        current += 0.5;
        subscriber.next({ frames$, send: () => undefined });
      }),
      { createId: () => `id-${(ids += 1)}`, retry: { baseDelayMs: 0 }, lingerMs: 1_000_000 },
    );
    const deeds: Readonly<Record<Deed, () => void>> = {
      'hangs up': () => {
        call.connect().unsubscribe();
      },
      'makes the connection fail': () => dial?.error(new ConnectionClosedError(4_000)),
      'makes the wire say more': () => hear?.next(wire.unknown),
    };
    const listen = (number: number, heard$: Observable<unknown>) => {
      const log = logs[number] ?? [];
      const take = (what: string) => {
        log.push({ step: current, what });
        const isDoer = number === doer % listening.length && log.length - 1 === at;
        if (deed === undefined || !isDoer || current === 0) return;
        doneAt = current;
        deeds[deed]();
      };
      heard$.subscribe({
        next: (value) => {
          take(JSON.stringify(value, (key, field: unknown) => (key === 'at' ? 0 : field)));
        },
        error: (error: unknown) => log.push({ step: Infinity, what: String(error) }),
        complete: () => log.push({ step: Infinity, what: '|' }),
      });
    };
    for (const [number, name] of listening.entries()) {
      listen(number, isCommand(name) ? call[name]({ whenNotOpen: 'wait' }) : call[name]);
    }
    const acts = [
      () => void call.connect(),
      () => dial?.next({ frames$, send: () => undefined }),
      ...steps.map((step) => () => {
        if (step === 'lose') dial?.error(new ConnectionClosedError(1006));
        else hear?.next(wire[step]);
      }),
    ];
    for (const [number, act] of acts.entries()) {
      asyncScheduler.schedule(() => {
        current = number + 1;
        act();
      }, 10 * number);
    }
    flush();
  });
  return { logs, doneAt };
}

function isCommand(name: Listening): name is (typeof commands)[number] {
  return name === 'joinCall' || name === 'endCall';
}

it.each<Deed>(['hangs up', 'makes the connection fail', 'makes the wire say more'])(
  'tells everyone who listens what one hears that %s',
  (deed) => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const { logs, doneAt } = play(drawn, deed);
        if (doneAt === undefined) return;
        const undisturbed = play(drawn).logs;
        const upTo = (log: readonly Heard[] = []) => log.filter(({ step }) => step <= doneAt);
        for (const [number, log] of undisturbed.entries()) {
          const told = upTo(log);
          expect(upTo(logs[number]).slice(0, told.length)).toEqual(told);
        }
      }),
    );
  },
);

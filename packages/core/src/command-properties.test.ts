import * as fc from 'fast-check';
import { asyncScheduler, Observable, Subject } from 'rxjs';
import type { Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { NotOpenError } from './command-error.js';
import type { CommandError } from './command-error.js';
import type { ConnectionState } from './connection-state.js';
import type { Acknowledged } from './live-call.js';
import { liveCall } from './live-call.js';
import { ConnectionClosedError, HandshakeRefusedError } from './transport-error.js';
import type { Connection, Frame, Transport } from './transport.js';

/*
 * Commands under whatever can happen to a call, in whatever order, in virtual time: no id is sent
 * twice, no command is settled twice, and none is left pending.
 */

const ACK_TIMEOUT_MS = 40;

type Sending = 'takes' | 'throws' | 'is lost' | 'hangs up';

/** One thing that happens; those that need a connection or a command are passed over without one. */
type Step =
  | { readonly do: 'connect' | 'hang up' | 'open' | 'callEnd' | 'garble' | 'clean close' }
  | { readonly do: 'drop' | 'refuse'; readonly isFatal: boolean }
  | { readonly do: 'report' }
  | {
      readonly do: 'command';
      readonly type: 'joinCall' | 'endCall';
      readonly whenNotOpen: 'reject' | 'wait';
      /** What happens within `send`: a connection that is gone already throws, or is lost just then. */
      readonly sending: Sending;
      /** Whether another one follows within the turn in which it is settled. */
      readonly isRepeated: boolean;
      /** Whether who sent it hangs up on hearing of its ack. */
      readonly isLast: boolean;
    }
  | { readonly do: 'ack' | 'ack of a stranger' | 'unsubscribe'; readonly which: number }
  | { readonly do: 'pass'; readonly ms: number };

const which = fc.nat({ max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'connect' }) },
  { weight: 6, arbitrary: fc.constant<Step>({ do: 'open' }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('command' as const),
      type: fc.constantFrom('joinCall' as const, 'endCall' as const),
      whenNotOpen: fc.constantFrom('reject' as const, 'wait' as const),
      sending: fc.constantFrom<Sending[]>(
        'takes',
        'takes',
        'takes',
        'throws',
        'is lost',
        'hangs up',
      ),
      isRepeated: fc.boolean(),
      isLast: fc.nat({ max: 3 }).map((draw) => draw === 0),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('ack' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('ack of a stranger' as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('unsubscribe' as const), which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('drop' as const, 'refuse' as const),
      isFatal: fc.nat({ max: 5 }).map((draw) => draw === 0),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Step[]>(
      { do: 'report' },
      { do: 'garble' },
      { do: 'callEnd' },
      { do: 'clean close' },
      { do: 'hang up' },
    ),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat({ max: 60 }) }),
  },
);

const command = {
  do: 'command',
  type: 'endCall',
  whenNotOpen: 'reject',
  sending: 'takes',
  isRepeated: false,
  isLast: false,
} as const;

/** What can become of a command, and the shortest way there. */
const outcomes: Readonly<Record<string, readonly Step[]>> = {
  'AckTimeoutError, unknown': [{ do: 'open' }, command],
  'CallEndedError, not-sent': [{ ...command, whenNotOpen: 'wait' }, { do: 'hang up' }],
  'CallEndedError, unknown': [{ do: 'open' }, command, { do: 'hang up' }],
  'ConnectionLostError, unknown': [{ do: 'open' }, { ...command, sending: 'is lost' }],
  'NotOpenError, not-sent': [command],
  'acknowledged by ack': [{ do: 'open' }, command, { do: 'ack', which: 0 }],
  'acknowledged by callEnd': [{ do: 'open' }, command, { do: 'callEnd' }],
  unsubscribed: [{ do: 'open' }, command, { do: 'unsubscribe', which: 0 }],
};

/** What became of one command. */
interface Issued {
  readonly type: string;
  readonly acknowledged: Acknowledged[];
  readonly errors: CommandError[];
  completed: number;
  isUnsubscribed: boolean;
  subscription: Subscription | undefined;
}

function play(steps: readonly Step[]) {
  const scheduler = new TestScheduler(() => undefined);
  return scheduler.run(({ flush }) => {
    let dials$: Subject<Connection> | undefined;
    let frames$: Subject<Frame> | undefined;
    let sending: Sending = 'takes';
    let dials = 0;
    let undialled = 0;
    let ids = 0;
    const sent: { readonly id: string; readonly dial: number }[] = [];
    const refusedIds: string[] = [];
    const issued: Issued[] = [];
    const states: ConnectionState[] = [];

    const transport: Transport = new Observable((subscriber) => {
      dials += 1;
      const current$ = new Subject<Connection>();
      dials$ = current$;
      frames$ = undefined;
      subscriber.add(current$.subscribe(subscriber));
      subscriber.add(() => {
        undialled += 1;
        if (dials$ !== current$) return;
        dials$ = undefined;
        frames$ = undefined;
      });
    });
    const call = liveCall(transport, {
      createId: () => `id-${(ids += 1)}`,
      lingerMs: 20,
      retry: { baseDelayMs: 8, maxAttempts: 3, resetAfterMs: 30, random: () => 0 },
    });
    call.state$.subscribe((state) => states.push(state));

    const open = () => {
      if (dials$ === undefined || frames$ !== undefined) return;
      const wire$ = new Subject<Frame>();
      frames$ = wire$;
      const onDial = dials;
      dials$.next({
        frames$: wire$,
        send(frame) {
          const { id } = JSON.parse(frame as string) as { id: string };
          if (sending === 'throws' || frames$ !== wire$) {
            refusedIds.push(id);
            throw new NotOpenError();
          }
          sent.push({ id, dial: onDial });
          if (sending === 'is lost') dials$?.error(new ConnectionClosedError(1006));
          if (sending === 'hangs up') call.connect().unsubscribe();
        },
      });
    };
    const act = (now: Step) => {
      switch (now.do) {
        case 'connect':
          call.connect();
          break;
        case 'hang up':
          // Without a connection there is nothing to hang up.
          if (states.at(-1)?.status !== 'idle') call.connect().unsubscribe();
          break;
        case 'open':
          open();
          break;
        case 'drop':
          if (frames$ !== undefined)
            dials$?.error(new ConnectionClosedError(now.isFatal ? 1008 : 1006));
          break;
        case 'clean close':
          if (frames$ !== undefined) dials$?.error(new ConnectionClosedError(1000));
          break;
        case 'refuse':
          if (frames$ === undefined)
            dials$?.error(new HandshakeRefusedError(now.isFatal ? 404 : 503));
          break;
        case 'callEnd':
          frames$?.next('{"type":"event:callEnd","timestamp":"2026-11-22T09:01:00Z"}');
          break;
        case 'garble':
          frames$?.next('{"type":"ack"');
          break;
        case 'report':
          frames$?.next('{"type":"error","description":"busy"}');
          break;
        case 'ack':
          frames$?.next(JSON.stringify({ type: 'ack', ackId: `id-${now.which + 1}` }));
          break;
        case 'ack of a stranger':
          frames$?.next(JSON.stringify({ type: 'ack', ackId: `stranger-${now.which}` }));
          break;
        case 'unsubscribe': {
          const one = issued[now.which];
          if (one?.subscription === undefined) break;
          one.isUnsubscribed ||= !one.subscription.closed;
          one.subscription.unsubscribe();
          break;
        }
        case 'command': {
          const before = sending;
          ({ sending } = now);
          const one: Issued = {
            type: now.type,
            acknowledged: [],
            errors: [],
            completed: 0,
            isUnsubscribed: false,
            subscription: undefined,
          };
          issued.push(one);
          const repeat = () => {
            if (now.isRepeated) act({ ...now, isRepeated: false });
          };
          one.subscription = call[now.type]({
            whenNotOpen: now.whenNotOpen,
            ackTimeoutMs: ACK_TIMEOUT_MS,
          }).subscribe({
            next: (acknowledged) => {
              one.acknowledged.push(acknowledged);
              if (now.isLast) call.connect().unsubscribe();
            },
            error: (error: unknown) => {
              one.errors.push(error as CommandError);
              repeat();
            },
            complete: () => {
              one.completed += 1;
              repeat();
            },
          });
          sending = before;
          break;
        }
        case 'pass':
      }
    };

    let at = 0;
    for (const now of steps) {
      if (now.do === 'pass') at += now.ms;
      else
        asyncScheduler.schedule(() => {
          act(now);
        }, at);
    }
    // What waits for a connection, and then for its ack, has waited for both by then.
    const pending: Issued[] = [];
    asyncScheduler.schedule(
      () => {
        pending.push(...issued.filter(({ subscription }) => subscription?.closed === false));
        call.connect().unsubscribe();
      },
      at + 2 * ACK_TIMEOUT_MS + 1,
    );
    flush();
    return { sent, refusedIds, issued, states, pending, dials, undialled, call };
  });
}

it('settles every command once, and sends none twice, whatever happens to the call', () => {
  const seen = new Map<string, number>();
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);

  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { sent, refusedIds, issued, states, pending, dials, undialled, call } = play([
        { do: 'connect' },
        ...steps,
      ]);

      // Never sent twice, on whatever connection; what was refused is not sent elsewhere.
      const ids = sent.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(refusedIds.filter((id) => ids.includes(id))).toEqual([]);
      expect(ids.length + refusedIds.length).toBeLessThanOrEqual(issued.length);
      // Never left pending, not even while the call goes on.
      expect(pending).toEqual([]);
      for (const { acknowledged, errors, completed, isUnsubscribed } of issued) {
        // Settled once: acknowledged and complete, or failed; or given up, and then neither.
        expect(acknowledged.length).toBe(completed);
        expect(completed + errors.length).toBe(isUnsubscribed ? 0 : 1);
        for (const { id, connection, confirmedBy } of acknowledged) {
          expect(ids).toContain(id);
          count(`acknowledged by ${confirmedBy}`);
          expect(connection).toBeGreaterThan(0);
        }
        for (const { _tag, delivery } of errors) count(`${_tag}, ${delivery}`);
        if (isUnsubscribed) count('unsubscribed');
      }
      // What is said not to have been sent was not.
      const unknown = issued.filter(({ errors: [error] }) => error?.delivery === 'unknown').length;
      const acknowledged = issued.filter(({ completed }) => completed === 1).length;
      const givenUp = issued.filter(({ isUnsubscribed }) => isUnsubscribed).length;
      expect(ids.length).toBeGreaterThanOrEqual(unknown + acknowledged);
      expect(ids.length).toBeLessThanOrEqual(unknown + acknowledged + givenUp);
      // And the call itself ended once, and let go of every dial.
      expect(states.filter(({ status }) => status === 'closed')).toEqual([states.at(-1)]);
      expect(undialled).toBe(dials);
      let ends = 0;
      call.call$.subscribe({ complete: () => (ends += 1) });
      expect(ends).toBe(1);
    }),
    {
      // Chance may pass over what is rare.
      examples: Object.values(outcomes).map((steps) => [[...steps]]),
    },
  );

  // Everything that can become of a command was among it, and nothing else.
  expect([...seen.keys()].sort()).toEqual(Object.keys(outcomes).sort());
}, 600_000);

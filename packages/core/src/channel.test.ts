import { concat, defer, filter, map, mergeMap, NEVER, of, Subject } from 'rxjs';
import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, expectTypeOf, it } from 'vitest';

import { channel } from './channel.js';
import type { ChannelListener } from './channel-listener.js';
import type { Confirmed } from './issue-command.js';
import { liveCall } from './live-call.js';
import type { Acknowledged } from './live-call.js';
import { endCall, joinCall } from './protocol/commands.js';
import type { Command } from './protocol/commands.js';
import { liveCallProtocol } from './protocol/live-call-protocol.js';
import type { Ack, ServerMessage, UnknownMessage } from './protocol/messages.js';
import type { Received } from './received.js';
import { ConnectionClosedError, HandshakeRefusedError } from './transport-error.js';
import type { Connection, Frame } from './transport.js';

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

/** A channel that is open, what it sends, and its other end. */
function open(listener: ChannelListener<ServerMessage> = {}) {
  const connection$ = new Subject<Connection>();
  const frames$ = new Subject<Frame>();
  const sent: unknown[] = [];
  let ids = 0;
  const spoken = channel(connection$, liveCallProtocol, {
    createId: () => `id-${(ids += 1)}`,
    listener,
  });
  const following = spoken.connect();
  connection$.next({ frames$, send: (frame) => sent.push(JSON.parse(String(frame))) });
  return { ...spoken, connection$, following, frames$, sent };
}

it('tells a message to all who listen before what one of them does of it', () => {
  const told: string[] = [];
  const { errors$, following, frames$, messages$, state$, ...spoken } = open({
    received: ({ type }) => told.push(`received ${type}`),
    told: (received) => told.push(`told ${received?.type ?? 'all'}`),
    closed: ({ reason }) => told.push(`closed ${reason}`),
  });
  messages$.subscribe({
    next: ({ type }) => {
      told.push(`first ${type}`);
      following.unsubscribe();
    },
    complete: () => told.push('messages$ ends'),
  });
  spoken.command(joinCall).subscribe(({ by }) => told.push(`confirmed by ${by}`));
  messages$.subscribe(({ type }) => told.push(`last ${type}`));
  errors$.subscribe({ complete: () => told.push('errors$ ends') });
  state$.subscribe(({ status }) => told.push(status));
  frames$.next('{"type":"ack","ackId":"id-1"}');

  expect(told).toEqual([
    'told all',
    'open',
    'received ack',
    'first ack',
    'confirmed by ack',
    'last ack',
    'told ack',
    'closed',
    'closed hung-up',
    'messages$ ends',
    'errors$ ends',
    'told all',
  ]);
});

it('tells its listener of an opening before state$ does, and of the end after it', () => {
  const told: string[] = [];
  const connection$ = new Subject<Connection>();
  const { connect, state$ } = channel(connection$, liveCallProtocol, {
    listener: {
      opened: (connection) => told.push(`opened ${connection}`),
      received: (_received, frame) => told.push(String(frame)),
      told: () => told.push('told'),
      closed: ({ reason }) => told.push(reason),
    },
  });
  state$.subscribe(({ status }) => told.push(status));
  const following = connect();
  const frames$ = new Subject<Frame>();
  connection$.next({ frames$, send: () => undefined });
  frames$.next('{"type":"ack","ackId":"8f0c"}');
  following.unsubscribe();

  expect(told).toEqual([
    'idle',
    'connecting',
    'opened 1',
    'open',
    'told',
    '{"type":"ack","ackId":"8f0c"}',
    'told',
    'closed',
    'hung-up',
    'told',
  ]);
});

it('gives who comes after a failure on errors$ the error that the others end with', () => {
  run((time) => {
    const gone = new HandshakeRefusedError(404);
    const { connect, errors$, messages$ } = channel(time.cold('--#', {}, gone), liveCallProtocol);
    connect();

    time.expectObservable(errors$).toBe('--(g|)', { g: gone });
    time.expectObservable(errors$, '----^').toBe('----(g|)', { g: gone });
    time.expectObservable(messages$, '----^').toBe('----#', {}, gone);
  });
});

it('gives who comes after the end nothing on errors$ but the end, as on messages$', () => {
  run((time) => {
    const { connect, errors$, messages$ } = channel(NEVER, liveCallProtocol);
    connect().unsubscribe();

    time.expectObservable(errors$, '--^').toBe('--|');
    time.expectObservable(messages$, '--^').toBe('--|');
  });
});

it('names its commands by the protocol, where no other way is given', () => {
  const sent: unknown[] = [];
  const connection$ = new Subject<Connection>();
  const counting = { ...liveCallProtocol, createId: (nth: number) => `nth ${nth}` };
  const spoken = channel(connection$, counting);
  const following = spoken.connect();
  connection$.next({ frames$: NEVER, send: (frame) => sent.push(JSON.parse(String(frame))) });
  for (const command of [joinCall, endCall]) {
    spoken.command(command).subscribe({ error: () => undefined });
  }
  following.unsubscribe();

  expect(sent).toEqual([
    { type: 'client:joinCall', id: 'nth 1' },
    { type: 'client:endCall', id: 'nth 2' },
  ]);
});

it('sends nothing, and says so, when the protocol cannot write the command', () => {
  const { sent, ...spoken } = open();
  const errors: unknown[] = [];
  const circle: { type: 'client:joinCall'; itself?: unknown } = { type: 'client:joinCall' };
  circle.itself = circle;
  spoken.command(circle).subscribe({ error: (error: unknown) => errors.push(error) });

  expect(sent).toEqual([]);
  expect(errors).toMatchObject([{ _tag: 'SendFailedError', delivery: 'not-sent' }]);
});

it.each([null, undefined, {}, { type: 7 }, 'join'])(
  'sends nothing for %j, which is no command',
  (asked) => {
    const errors: unknown[] = [];
    const { sent, ...spoken } = open();
    spoken.command(asked as Command).subscribe({ error: (error: unknown) => errors.push(error) });

    expect(sent).toEqual([]);
    expect(errors).toMatchObject([{ _tag: 'SendFailedError', delivery: 'not-sent' }]);
  },
);

it('does not dial for whom hangs up as it begins to connect', () => {
  let dials = 0;
  const transport = defer(() => {
    dials += 1;
    return NEVER;
  });
  const { connect, state$ } = channel(transport, liveCallProtocol);
  const states: string[] = [];
  state$.subscribe(({ status }) => {
    states.push(status);
    if (status === 'connecting') connect().unsubscribe();
  });
  connect();

  expect({ dials, states }).toEqual({ dials: 0, states: ['idle', 'connecting', 'closed'] });
});

it('sends nothing on a connection that was there when the call failed', () => {
  const { connection$, sent, ...spoken } = open();
  const failed: unknown[] = [];
  spoken.state$
    .pipe(
      filter(({ status }) => status === 'closed'),
      mergeMap(() => spoken.command(joinCall)),
    )
    .subscribe({ error: (error: unknown) => failed.push(error) });
  connection$.error(new HandshakeRefusedError(404));

  expect({ sent, failed }).toMatchObject({ sent: [], failed: [{ delivery: 'not-sent' }] });
});

it('takes nothing of a connection that was lost while a message of it was told', () => {
  const { connection$, frames$, messages$ } = open();
  const heard: string[] = [];
  messages$.subscribe(({ type }) => {
    heard.push(type);
    if (heard.length > 1) return;
    connection$.error(new ConnectionClosedError(1006));
    frames$.next('{"type":"event:end","msg":"handed over"}');
  });
  frames$.next('{"type":"ack","ackId":"8f0c"}');

  expect(heard).toEqual(['ack']);
});

it('tells what is built on it once that it is over', () => {
  const told: string[] = [];
  const { connection$ } = open({ closed: ({ reason }) => told.push(reason) });
  connection$.error(new HandshakeRefusedError(404));

  expect(told).toEqual(['failed']);
});

it('tells a connection that is kept meanwhile of each absence once', () => {
  const away$ = new Subject<boolean>();
  const states: string[] = [];
  const connection: Connection = { frames$: NEVER, away$, send: () => undefined };
  const spoken = channel(concat(of(connection), NEVER), liveCallProtocol);
  spoken.state$.subscribe(({ status }) => states.push(status));
  spoken.connect();
  for (const isAway of [false, true, true, false, false]) away$.next(isAway);

  expect(states).toEqual(['idle', 'connecting', 'open', 'away', 'open']);
});

/* Types */

it('loses a connection that fails to say whether it is away', () => {
  run((time) => {
    const away$ = time.cold<boolean>('a-#', { a: false }, new Error('no more'));
    const spoken = channel(
      concat(of({ frames$: NEVER, send: () => undefined, away$ }), NEVER),
      liveCallProtocol,
      { retry: false },
    );
    const states$ = spoken.state$.pipe(map(({ status }) => status));
    time.expectObservable(states$).toBe('o-(x|)', { o: 'open', x: 'closed' });
    spoken.connect();
  });
});

it('narrows messages$ by type, and its commands to those of the protocol', () => {
  const call = liveCall(NEVER);
  const spoken = channel(NEVER, liveCallProtocol);

  for (const all$ of [call.messages$, spoken.messages$]) {
    expectTypeOf(all$).toEqualTypeOf<Observable<Received>>();
    expectTypeOf(all$.pipe(filter((received) => received.type === 'ack'))).toEqualTypeOf<
      Observable<Received<Ack>>
    >();
    expectTypeOf(all$.pipe(filter((received) => received.type === 'unknown'))).toEqualTypeOf<
      Observable<Received<UnknownMessage>>
    >();
  }
  expectTypeOf(spoken.command(joinCall)).toEqualTypeOf<
    Observable<Confirmed<ServerMessage, Command>>
  >();
  expectTypeOf(call.command(joinCall)).toEqualTypeOf<Observable<Acknowledged>>();
  expectTypeOf(joinCall.type).toEqualTypeOf<'client:joinCall'>();
  expectTypeOf(endCall.type).toEqualTypeOf<'client:endCall'>();
  // @ts-expect-error a command that the protocol lacks
  expect(() => spoken.command({ type: 'client:muteCall' })).not.toThrow();
});

it('narrows events$, errors$ and state$ by their tags', () => {
  const { errors$, events$, state$ } = liveCall(NEVER);

  events$.pipe(filter((event) => event.type === 'event:end')).subscribe(({ msg }) => {
    expectTypeOf(msg).toBeString();
  });
  errors$
    .pipe(filter((error) => error._tag === 'HandshakeRefusedError'))
    .subscribe(({ status }) => {
      expectTypeOf(status).toBeNumber();
    });
  state$.pipe(filter((state) => state.status === 'reconnecting')).subscribe(({ delayMs }) => {
    expectTypeOf(delayMs).toBeNumber();
  });
});

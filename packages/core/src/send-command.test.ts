import { concat, EMPTY, NEVER, of, queueScheduler, Subject } from 'rxjs';
import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { AckTimeoutError, NotOpenError } from './command-error.js';
import type { CommandOptions } from './issue-command.js';
import { liveCall } from './live-call.js';
import type { Acknowledged, LiveCall } from './live-call.js';
import { endCall, joinCall } from './protocol/commands.js';
import type { ClientMessage, Command } from './protocol/commands.js';
import { sendCommand } from './send-command.js';
import type { CommandResult } from './send-command.js';
import type { Frame } from './transport.js';

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

const commands: Record<string, Command> = { j: joinCall, e: endCall };

const joined: Acknowledged = {
  type: 'client:joinCall',
  id: '8f0c',
  connection: 1,
  at: 5,
  confirmedBy: 'ack',
};
const ended: Acknowledged = { ...joined, type: 'client:endCall', confirmedBy: 'callEnd' };
const unsent = new NotOpenError();
const timedOut = new AckTimeoutError('client:joinCall', 5_000, []);

const results: Record<string, CommandResult> = {
  J: { command: joinCall, status: 'acknowledged', acknowledged: joined },
  E: { command: endCall, status: 'acknowledged', acknowledged: ended },
  F: { command: joinCall, status: 'failed', error: unsent },
  G: { command: endCall, status: 'failed', error: timedOut },
};

type Sender = Pick<LiveCall, 'command'>;

/** A call whose commands are answered by these, whenever they are sent. */
function callWith(joined$: Observable<Acknowledged>, ended$: typeof joined$ = EMPTY): Sender {
  const call: Sender = {
    command({ type }) {
      return type === 'client:joinCall' ? joined$ : ended$;
    },
  };
  return call;
}

it('sends each command of a stream and emits its acknowledgement', () => {
  run((time) => {
    const command$ = time.cold('-j---e-j-----|', commands);
    const joined$ = time.cold('  --(a|)       ', { a: joined });
    const ended$ = time.cold('       ---(a|)  ', { a: ended });
    const expected = '          ---J----EJ---|';
    const call = callWith(joined$, ended$);

    time.expectObservable(command$.pipe(sendCommand(call))).toBe(expected, results);
  });
});

it('emits a failure as a value, and goes on', () => {
  run((time) => {
    const command$ = time.cold('-j-e-j---|', commands);
    const joined$ = time.cold('  -#      ', { a: joined }, unsent);
    const ended$ = time.cold('     --#  ', { a: ended }, timedOut);
    const expected = '          --F--GF--|';
    const call = callWith(joined$, ended$);

    time.expectObservable(command$.pipe(sendCommand(call))).toBe(expected, results);
  });
});

it('lets no command wait for another', () => {
  run((time) => {
    const command$ = time.cold('-(je)----|', commands);
    const joined$ = time.cold(' -----(a|)', { a: joined });
    const ended$ = time.cold('  --(a|)   ', { a: ended });
    const expected = '          ---E--J--|';
    const call = callWith(joined$, ended$);

    time.expectObservable(command$.pipe(sendCommand(call))).toBe(expected, results);
  });
});

it('waits for the commands in flight when the stream ends', () => {
  run((time) => {
    const command$ = time.cold('-j|     ', commands);
    const joined$ = time.cold(' -----(a|)', { a: joined });
    const expected = '          ------(J|)';

    time.expectObservable(command$.pipe(sendCommand(callWith(joined$)))).toBe(expected, results);
  });
});

it('sends nothing for a stream that never emits', () => {
  run((time) => {
    const command$ = time.cold('-----', commands);
    const joined$ = time.cold(' (a|) ', { a: joined });
    const expected = '          -----';

    time.expectObservable(command$.pipe(sendCommand(callWith(joined$)))).toBe(expected);
    time.expectSubscriptions(joined$.subscriptions).toBe([]);
  });
});

it('sends nothing for a stream that is empty', () => {
  run((time) => {
    const command$ = time.cold('--|', commands);
    const joined$ = time.cold(' (a|)', { a: joined });
    const expected = '          --|';

    time.expectObservable(command$.pipe(sendCommand(callWith(joined$)))).toBe(expected);
    time.expectSubscriptions(joined$.subscriptions).toBe([]);
  });
});

it('passes on the error of the stream, and leaves the commands in flight', () => {
  run((time) => {
    const command$ = time.cold('-j-#     ', commands);
    const joined$ = time.cold(' -----(a|)', { a: joined });
    const inFlight = '          -^-!     ';
    const expected = '          ---#     ';

    time.expectObservable(command$.pipe(sendCommand(callWith(joined$)))).toBe(expected);
    time.expectSubscriptions(joined$.subscriptions).toBe(inFlight);
  });
});

it('leaves the stream and the commands in flight when it is unsubscribed', () => {
  run((time) => {
    const command$ = time.cold('-j------e', commands);
    const joined$ = time.cold(' -----(a|)', { a: joined });
    const left = '              ^--!     ';
    const inFlight = '          -^-!     ';
    const expected = '          ---------';
    const result$ = command$.pipe(sendCommand(callWith(joined$)));

    time.expectObservable(result$, left).toBe(expected);
    time.expectSubscriptions(command$.subscriptions).toBe(left);
    time.expectSubscriptions(joined$.subscriptions).toBe(inFlight);
  });
});

it('ends with what the call throws at once', () => {
  const thrown = new TypeError('ackTimeoutMs');
  run((time) => {
    const command$ = time.cold('-j-j', commands);
    const expected = '          -#  ';
    const call: Sender = {
      command: () => {
        throw thrown;
      },
    };

    time.expectObservable(command$.pipe(sendCommand(call))).toBe(expected, {}, thrown);
  });
});

it('hands its options to each command', () => {
  const options = { whenNotOpen: 'wait', ackTimeoutMs: 7 } as const;
  const handed: unknown[] = [];
  const call: Sender = {
    command: (_command, given) => {
      handed.push(given);
      return EMPTY;
    },
  };
  of(joinCall, endCall).pipe(sendCommand(call, options)).subscribe();

  expect(handed).toEqual([options, options]);
});

it('refuses an ackTimeoutMs that is no duration before there is a command', () => {
  const call = callWith(NEVER);

  expect(() => sendCommand(call, { ackTimeoutMs: -1 })).toThrow(TypeError);
});

it.each([
  { type: 'joinCall' },
  { type: 'client:muteCall' },
  {},
  null,
  undefined,
  'client:joinCall',
])('sends nothing for what is no command, and goes on: %o', (command) => {
  const sent: unknown[] = [];
  const frames$ = new Subject<Frame>();
  const send = (frame: Frame) => {
    const { id, type } = JSON.parse(String(frame)) as ClientMessage;
    sent.push(type);
    queueScheduler.schedule(() => {
      frames$.next(JSON.stringify({ type: 'ack', ackId: id }));
    });
  };
  const call = liveCall(concat(of({ frames$, send }), NEVER));
  call.connect();
  const results: CommandResult[] = [];
  of(command as Command, joinCall)
    .pipe(sendCommand(call))
    .subscribe((result) => results.push(result));

  expect(sent).toEqual(['client:joinCall']);
  expect(results).toMatchObject([
    { command, status: 'failed', error: { _tag: 'SendFailedError', delivery: 'not-sent' } },
    { command: joinCall, status: 'acknowledged' },
  ]);
});

it('refuses an option that cannot be at the call', () => {
  const options = { whenNotOpen: 'Wait' } as unknown as CommandOptions;

  expect(() => sendCommand(callWith(EMPTY), options)).toThrow(TypeError);
});

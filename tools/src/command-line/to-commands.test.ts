import { joinCall, endCall } from '@livecall/core';
import type { CommandResult } from '@livecall/core';
import { TestScheduler } from 'rxjs/testing';
import { expect, it, vi } from 'vitest';

import { createCommandGate } from './command-gate.js';
import type { Typed } from './keys.js';
import { toCommands } from './to-commands.js';

const typed = Object.fromEntries(
  ['j', 'e', 'q', 'x'].map((key): [string, Typed] => [key, { what: 'key', key }]),
);
const values: Readonly<Record<string, Typed>> = { ...typed, S: { what: 'several' } };
const commands = { J: joinCall, E: endCall };

/** What keys ask for, and what the person is told. */
function expectCommands(keys: string, asked: string): readonly string[] {
  const said: string[] = [];
  new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  }).run((time) => {
    const asked$ = time
      .cold(keys, values)
      .pipe(toCommands(createCommandGate(), (message) => said.push(message)));
    time.expectObservable(asked$).toBe(asked, commands);
  });
  return said;
}

const again = 'press e again within 5 s to end the call itself';

it('joins with j', () => {
  const said = expectCommands(
    '-j-x-|', //
    '-J---|',
  );
  expect(said).toEqual([]);
});

it('ends the call with the second e, and says so at the first', () => {
  const said = expectCommands(
    '-e-e-|', //
    '---E-|',
  );
  expect(said).toEqual([again]);
});

it('asks once more after five seconds', () => {
  const said = expectCommands(
    '-e 5s e 4999ms e|', //
    '-- 5s - 4999ms E|',
  );
  expect(said).toEqual([again, again]);
});

it.each(['q', 'x', 'j', 'S'])('asks once more where %s came in between', (key) => {
  const said = expectCommands(
    `-e-${key}-e-|`, //
    `---${key === 'j' ? 'J' : '-'}---|`,
  );
  expect(said).toEqual([again, again]);
});

it('asks once more before it ends a call a second time', () => {
  expectCommands(
    '-e-e-e-e|', //
    '---E---E|',
  );
});

it('says why a command that is on its way is not sent again', () => {
  const gate = createCommandGate();
  const say = vi.fn();
  new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  }).run((time) => {
    gate.sending(joinCall);
    gate.sending(endCall);
    gate.settled({ command: endCall, status: 'acknowledged' } as CommandResult);
    time.expectObservable(time.cold('-j-e-|', values).pipe(toCommands(gate, say))).toBe('-----|');
  });
  expect(say.mock.calls).toEqual([
    ['joining already, and its acknowledgement is awaited; nothing more was sent'],
    ['the end was acknowledged already; nothing more was sent'],
  ]);
});

it('lets a command be sent again that failed', () => {
  const gate = createCommandGate();
  gate.sending(joinCall);
  gate.settled({ command: joinCall, status: 'failed' } as CommandResult);

  expect(gate.refusal(joinCall)).toBeUndefined();
});

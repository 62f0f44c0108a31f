import { liveCall } from '@livecall/core';
import { scenario } from '@livecall/recording';
import { NEVER } from 'rxjs';
import { expect, it } from 'vitest';

import { replay } from '../replay/replay.js';
import { rememberServer, serverOf } from './server-of.js';

const fake = replay(scenario().start().toRecording());

it('finds the server of a call that it was told of', () => {
  const call = liveCall(fake);
  rememberServer(call, fake);

  expect(serverOf(call)).toBe(fake);
});

it('takes a replay for its own server', () => {
  expect(serverOf(fake)).toBe(fake);
});

it.each([
  ['another call', liveCall(NEVER)],
  ['nothing', undefined],
  ['null', null],
  ['text', 'recordings/joined-call.ndjson'],
  ['what has received something else', { received: [] }],
])('finds none for %s', (_what, subject) => {
  expect(serverOf(subject)).toBeUndefined();
});

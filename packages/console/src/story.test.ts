import { expect, it } from 'vitest';

import type { Moment } from '@livecall/recording/format';
import { createStory } from './story.js';

function storyOf(moments: readonly Moment[]) {
  const { story, tell } = createStory();
  for (const [row, moment] of moments.entries()) tell(moment, row);
  return story;
}

it('tells the phases of a call that was joined', () => {
  const { phases, commands } = storyOf([
    { at: 5, what: 'connected', connection: 1 },
    { at: 10, what: 'call started', phone: '+12025550100' },
    { at: 40, what: 'screening ended', message: 'screened' },
    { at: 50, what: 'asked', command: 'client:joinCall' },
    { at: 70, what: 'acknowledged', command: 'client:joinCall', afterMs: 20 },
    { at: 90, what: 'call ended' },
  ]);

  expect(phases).toEqual([
    { from: 10, to: 40, phase: 'screening' },
    { from: 40, to: 70, phase: 'screened' },
    { from: 70, to: 90, phase: 'joined' },
  ]);
  expect(commands).toEqual([{ command: 'client:joinCall', from: 50, to: 70, row: 3 }]);
});

it('leaves a command without an ack, and a call without an end, open', () => {
  const { phases, commands, links } = storyOf([
    { at: 5, what: 'connected', connection: 1 },
    { at: 10, what: 'call started', phone: '' },
    { at: 50, what: 'asked', command: 'client:endCall' },
  ]);

  expect(phases).toEqual([{ from: 10, phase: 'screening' }]);
  expect(commands).toEqual([{ command: 'client:endCall', from: 50, row: 2 }]);
  expect(links).toEqual([{ from: 5, kind: 'open', connection: 1 }]);
});

it('tells a connection that was cut, what was refused meanwhile, and the next one', () => {
  const { links, flags } = storyOf([
    { at: 5, what: 'connected', connection: 1 },
    { at: 20, what: 'closed', by: 'server', code: 1006, reason: '' },
    { at: 30, what: 'refused', status: 503 },
    { at: 45, what: 'connected', connection: 2 },
  ]);

  expect(links).toEqual([
    { from: 5, to: 20, kind: 'open', connection: 1 },
    { from: 20, to: 45, kind: 'gap', connection: 1 },
    { from: 45, kind: 'open', connection: 2 },
  ]);
  expect(flags).toEqual([
    { at: 20, row: 1, kind: 'fault' },
    { at: 30, row: 2, kind: 'fault' },
  ]);
});

it('draws an utterance as long as saying it takes, or until the next one', () => {
  const { said } = storyOf([
    { at: 0, what: 'said', role: 'assistant', text: 'x'.repeat(30) },
    { at: 1_000, what: 'said', role: 'other', text: 'x'.repeat(30) },
    { at: 9_000, what: 'call ended' },
  ]);

  expect(said.assistant).toEqual([{ at: 0, until: 1_000, row: 0 }]);
  expect(said.other).toEqual([{ at: 1_000, until: 3_000, row: 1 }]);
});

it('does not screen anew a call that is said to begin again', () => {
  const { phases } = storyOf([
    { at: 1, what: 'call started', phone: '' },
    { at: 2, what: 'acknowledged', command: 'client:joinCall', afterMs: 1 },
    { at: 3, what: 'call started', phone: '' },
  ]);

  expect(phases.map(({ phase }) => phase)).toEqual(['screening', 'joined']);
});

import { expect, it } from 'vitest';

import { isAnswerTo } from './protocol.js';
import type { Answer, Asked } from './protocol.js';

const join: Asked = { type: 'join', id: 7, content: {} };

it.each<[answer: Answer, isAnswer: boolean]>([
  [{ by: 'ack', id: 7 }, true],
  [{ by: 'ack', id: 8 }, false],
  // A number is another id than its digits.
  [{ by: 'ack', id: '7' }, false],
  [{ by: 'end', type: 'join' }, true],
  [{ by: 'end', type: 'leave' }, false],
])('asks of %j whether it answers: %j', (answer, isAnswer) => {
  expect(isAnswerTo(answer, join)).toBe(isAnswer);
});

it('goes by the id alone where there is one', () => {
  const answer = { by: 'ack', id: 8, type: 'join' };

  expect(isAnswerTo(answer, join)).toBe(false);
});

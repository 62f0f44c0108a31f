import type { InvalidFrameError } from '@livecall/core';

/** Says what is wrong with a frame in words, and nothing of what it holds. */
export function frameProblem({ path, expected }: InvalidFrameError): string {
  if (path !== '') return `\`${path}\` is not of type ${expected}`;
  return expected === 'JSON' ? 'not JSON' : 'not a message';
}

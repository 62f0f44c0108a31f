import type { Call } from './call.js';

/** How a call went, by what is in its recording. */
export type Outcome = 'joined' | 'screened' | 'ended' | 'lost' | 'refused' | 'unfinished';

/** What an outcome is called. */
export const outcomeNames: Readonly<Record<Outcome, string>> = {
  joined: 'Joined by the subscriber',
  screened: 'Screened',
  ended: 'Ended',
  lost: 'Lost',
  refused: 'Refused',
  unfinished: 'Unfinished',
};

/** Says how a call went: the most that can be said of it. */
export function toOutcome({
  rows,
  story,
  isComplete,
}: Pick<Call, 'rows' | 'story' | 'isComplete'>): Outcome {
  const hasEnded = rows.some(({ moment }) => moment.what === 'call ended');
  if (!hasEnded && !isComplete) return 'unfinished';
  if (story.links.every(({ kind }) => kind === 'gap')) return 'refused';
  if (story.phases.some(({ phase }) => phase === 'joined')) return hasEnded ? 'joined' : 'lost';
  if (!hasEnded) return 'lost';
  return story.phases.some(({ phase }) => phase === 'screened') ? 'screened' : 'ended';
}

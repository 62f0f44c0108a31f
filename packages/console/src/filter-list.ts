import type { Found, Listed } from './api.js';

/** What is to be seen of the list. */
export interface ListFilter {
  readonly outcome: string;
  readonly length: string;
}

/** The lengths that can be chosen. */
export const lengths: Readonly<
  Record<string, readonly [name: string, fromMs: number, toMs: number]>
> = {
  short: ['under 1 min', 0, 60_000],
  middle: ['1 to 5 min', 60_000, 300_000],
  long: ['over 5 min', 300_000, Infinity],
};

/** The outcomes that can be chosen. */
export const outcomes: Readonly<Record<string, string>> = {
  joined: 'Joined',
  ended: 'Ended',
  lost: 'Lost',
  refused: 'Not connected',
  incomplete: 'Incomplete',
  unreadable: 'Unreadable',
};

/** How a call in the list went, by its summary. */
export function toListedOutcome({ summary }: Pick<Listed, 'summary'>): string {
  if (summary === undefined) return 'unreadable';
  switch (summary.outcome.how) {
    case 'ended':
      return summary.commands.includes('client:joinCall') ? 'joined' : 'ended';
    case 'left':
    case 'closed':
    case 'cut':
      return 'lost';
    case 'refused':
    case 'failed':
    case 'nothing':
      return 'refused';
    case 'incomplete':
      return 'incomplete';
  }
}

/**
 * The recordings that are to be seen, the newest first; before them, the calls that go on without one.
 *
 * @param found where the words were said that are searched for; nothing where none are
 */
export function filterList(
  listed: readonly Listed[],
  { outcome, length }: ListFilter,
  found?: ReadonlyMap<number, Found>,
): readonly Listed[] {
  const [, from, to] = lengths[length] ?? ['', 0, Infinity];
  return listed
    .filter((one) => {
      const durationMs = one.summary?.durationMs ?? 0;
      return (
        (outcome === '' || toListedOutcome(one) === outcome) &&
        (length === '' || (durationMs >= from && durationMs < to)) &&
        (found === undefined || found.has(one.id))
      );
    })
    .sort((one, other) => {
      const [earlier, later] = [one, other].map(({ summary, isUnrecorded }) =>
        isUnrecorded === true ? '~' : (summary?.recordedAt ?? ''),
      );
      if (earlier !== later) return (earlier ?? '') < (later ?? '') ? 1 : -1;
      return one.name < other.name ? -1 : 1;
    });
}

import { liveCallProtocol } from '@livecall/core';
import type { AnyProtocol } from '@livecall/core';
import { toEntrySpot, toFrame } from '@livecall/recording/format';
import type { Entry, Recording } from '@livecall/recording/format';

import type { Divergence } from './divergence.js';
import { describe } from './play-connection.js';
import { toClientFrame } from './recorded-dial.js';

/** At which entry of which recording the client departed, and what is said in that. */
interface Location {
  readonly recording: Recording;
  readonly index: number;
  /** @default liveCallProtocol */
  readonly protocol?: AnyProtocol;
}

const located = new WeakMap<Divergence, Location>();

/** Remembers where the client departed. */
export function locateDivergence(divergence: Divergence, location: Location): Divergence {
  located.set(divergence, location);
  return divergence;
}

/** Gives a divergence that says more the place of the one that it was made of. */
export function relocate(changed: Divergence, original: Divergence): Divergence {
  const place = located.get(original);
  if (place !== undefined) located.set(changed, place);
  return changed;
}

/** So many entries are shown before the one in question, and after it. */
const BEFORE = 3;
const AFTER = 2;

/**
 * Shows the entries around a divergence, a line each: what they are, and nothing of what was said in
 * them. None for one that is at no entry of a recording.
 */
export function showAround(divergence: Divergence): readonly string[] {
  const place = located.get(divergence);
  if (place === undefined) return [];
  const { recording, index, protocol = liveCallProtocol } = place;
  const first = Math.max(0, index - BEFORE);
  const rows = recording.entries.slice(first, index + AFTER + 1).map((entry, offset) => ({
    sign: first + offset === index ? '>' : ' ',
    spot: toEntrySpot(recording, first + offset),
    what: toWhat(entry, protocol),
  }));
  const width = Math.max(...rows.map(({ spot }) => spot.length));
  return rows.map(({ sign, spot, what }) => `${sign} ${spot.padEnd(width)}  ${what}`);
}

function toWhat(entry: Entry, protocol: AnyProtocol): string {
  switch (entry.event) {
    case 'open':
      return 'the connection opens';
    case 'refused':
      return `the dial is refused with ${entry.status}`;
    case 'failed':
      return `the dial fails: ${entry.reason}`;
    case 'frame': {
      const frame = toFrame(entry);
      const what =
        entry.from === 'server'
          ? describe(frame, protocol)
          : toClientFrame(-1, frame, protocol).type;
      return `${entry.from}: ${what === 'invalid' ? 'an invalid frame' : what}`;
    }
    case 'close':
      return `${entry.from}: closes with ${entry.code}`;
    case 'mark':
      return 'a mark';
    case 'end':
      return 'the end';
    case 'unknown':
      return 'an event that is not known';
  }
}

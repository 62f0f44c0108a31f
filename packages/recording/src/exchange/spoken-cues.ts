import type { Role } from '@livecall/core';

import { lineOf } from '../format/recording.js';
import type { Recording } from '../format/recording.js';
import { estimateTalkMs } from '../workbench/estimate-talk.js';
import { toUtterance } from '../workbench/utterance.js';

/** What somebody said, and from when to when it can be shown. */
export interface SpokenCue {
  readonly startMs: number;
  readonly endMs: number;
  readonly role: Role;
  readonly text: string;
}

/** A cue is to be read, too. */
const LEAST_SHOWN_MS = 1_000;

/**
 * Estimates when each utterance was spoken: a transcript tells when it came, which is taken for its
 * end, and the words tell how long it took. A short one is shown for a second, where the next leaves
 * it room.
 */
export function toSpokenCues({ entries }: Recording): readonly SpokenCue[] {
  const utterances = entries.flatMap((entry, index) => toUtterance(entry, lineOf(index)) ?? []);
  let spokenUntil = 0;
  const spoken = utterances.map(({ at, role, text }) => {
    const startMs = Math.round(at - estimateTalkMs(text, at - spokenUntil));
    spokenUntil = at;
    return { startMs, endMs: Math.round(at), role, text };
  });
  return spoken.map((cue, index) => {
    const next = spoken[index + 1]?.startMs ?? Infinity;
    const shownUntil = Math.min(Math.max(cue.endMs, cue.startMs + LEAST_SHOWN_MS), next);
    return { ...cue, endMs: Math.max(shownUntil, cue.startMs + 1) };
  });
}

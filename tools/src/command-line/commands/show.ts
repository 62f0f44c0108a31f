import { createNarrator } from '../narrate.js';
import type { Moment } from '../narrate.js';
import { paintFor } from '../paint.js';
import { loadInput } from '../read-input.js';
import { isComplete } from '../../recording/recording.js';
import type { Recording } from '../../recording/recording.js';
import { say } from '../say.js';
import { showMoment, showTime, visible } from '../show-moment.js';

/** `livecall show FILE`: a recording as a person reads it. */
export async function show(
  path: string,
  { json = false }: { readonly json?: boolean },
): Promise<void> {
  const recording = await loadInput(path);
  for (const warning of recording.warnings ?? []) say(warning);

  const narrate = createNarrator();
  const moments = recording.entries.map(narrate).filter((moment) => moment !== undefined);
  process.stdout.write(json ? toJson(recording, moments) : toText(recording, moments));
}

function toJson(recording: Recording, moments: readonly Moment[]): string {
  const { name, header, entries } = recording;
  const summary = { isComplete: isComplete(recording), durationMs: entries.at(-1)?.at ?? 0 };
  return `${JSON.stringify({ file: name, header, ...summary, moments })}\n`;
}

function toText(recording: Recording, moments: readonly Moment[]): string {
  const paint = paintFor(process.stdout);
  const { name, header, entries } = recording;
  const durationMs = entries.at(-1)?.at ?? 0;
  const count = (what: Moment['what']) => moments.filter((moment) => moment.what === what).length;
  const facts = [
    showTime(durationMs),
    plural(count('connected'), 'connection'),
    plural(count('said'), 'utterance'),
    plural(count('asked'), 'command'),
    isComplete(recording) ? 'complete' : paint.red('incomplete: the recorder died'),
  ];
  const about = [
    `recorded ${header.recordedAt}`,
    ...(header.endpoint === undefined ? [] : [header.endpoint]),
    `redacted: ${header.redacted?.join(', ') || 'nothing'}`,
  ];
  return [
    paint.bold(name),
    ...(header.title === undefined ? [] : [visible(header.title)]),
    paint.dim(visible(about.join(' · '))),
    '',
    ...moments.map((moment) => showMoment(moment, paint)),
    '',
    facts.join(' · '),
    '',
  ].join('\n');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

import type { Role } from '@livecall/core';

import type { Recording } from '../format/recording.js';
import { toSpokenCues } from './spoken-cues.js';

const SPEAKERS: Readonly<Record<Role, string>> = {
  assistant: 'Assistant',
  other: 'Caller',
  user: 'Subscriber',
};

/**
 * Writes what was said as WebVTT, for whoever shows it beside a sound. When a cue begins and ends is
 * estimated, and so it says.
 *
 * @see https://www.w3.org/TR/webvtt1/
 * @example
 * import { scenario, toVtt } from '@livecall/recording';
 *
 * const call = scenario().start().caller('Hello?', { after: 2_000 }).toRecording();
 * console.log(toVtt(call).split('\n').at(-3)); // => <v Caller>Hello?</v>
 */
export function toVtt(recording: Recording): string {
  const { title } = recording.header;
  const cues = toSpokenCues(recording).map(({ startMs, endMs, role, text }) => {
    const times = `${toTime(startMs, '.')} --> ${toTime(endMs, '.')}`;
    return `${times}\n<v ${SPEAKERS[role]}>${toMarkup(text)}</v>\n`;
  });
  const note = 'NOTE\nTimes are estimated: an utterance ends when its transcript came.\n';
  // What stands behind it on its line is a title to whoever reads it.
  const heading = title === undefined ? 'WEBVTT' : `WEBVTT - ${toMarkup(title)}`;
  return [`${heading}\n`, note, ...cues].join('\n') + '\n';
}

/**
 * Writes what was said as SubRip, each with who said it; times are estimated as in {@link toVtt}.
 *
 * @example
 * import { scenario, toSrt } from '@livecall/recording';
 *
 * const call = scenario().start().caller('Hello?', { after: 2_000 }).toRecording();
 * console.log(toSrt(call).split('\n')[1]); // => 00:00:01,600 --> 00:00:02,600
 */
export function toSrt(recording: Recording): string {
  return toSpokenCues(recording)
    .map(({ startMs, endMs, role, text }, index) => {
      const times = `${toTime(startMs, ',')} --> ${toTime(endMs, ',')}`;
      return `${index + 1}\n${times}\n${SPEAKERS[role]}: ${toLine(text)}\n`;
    })
    .join('\n');
}

function toTime(ms: number, point: string): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const [hours, minutes, seconds] = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1_000) % 60];
  return `${two(hours)}:${two(minutes)}:${two(seconds)}${point}${String(ms % 1_000).padStart(3, '0')}`;
}

/** An empty line would end a cue, and an arrow begin one. */
function toLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ').replaceAll('-->', '->');
}

function toMarkup(text: string): string {
  return toLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

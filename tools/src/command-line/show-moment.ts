import { stripVTControlCharacters } from 'node:util';

import { OBEYED } from '@livecall/core/internal';
import type { Moment } from '@livecall/recording/format';

import { hang } from './hang.js';
import type { Paint } from './paint.js';

/** How those who speak in a call are called. */
export const speakers = { assistant: 'assistant', other: 'caller', user: 'subscriber' } as const;
const commands = {
  'client:joinCall': 'join the call',
  'client:endCall': 'end the call',
  unknown: 'a command that is not in the recording',
} as const;

/**
 * Writes a moment of a call as one line: when, who, what.
 *
 * @param columns how wide the terminal is; what is longer goes on below its own beginning
 * @param tellTime how it is told when that was
 */
export function showMoment(
  moment: Moment,
  paint: Paint,
  columns = Infinity,
  tellTime: (at: number) => string = showTime,
): string {
  const time = tellTime(moment.at);
  const indent = time.length + GAP.length;
  if (moment.what !== 'said') {
    return `${paint.dim(time)}${GAP}${hang(showWhat(moment, paint), indent, columns)}`;
  }
  const speaker = speakers[moment.role].padEnd(SPEAKER_WIDTH);
  const text = hang(visible(moment.text), indent + speaker.length + GAP.length, columns);
  return `${paint.dim(time)}${GAP}${paint.cyan(speaker)}${GAP}${text}`;
}

const GAP = '  ';

/** That of the longest of them. */
const SPEAKER_WIDTH = 10;

/** `01:02.345`, minutes and seconds; from an hour on, `1:01:02.345`. */
export function showTime(ms: number): string {
  const whole = Math.round(ms);
  const hours = Math.floor(whole / 3_600_000);
  const minutes = String(Math.floor(whole / 60_000) % 60).padStart(2, '0');
  const seconds = ((whole % 60_000) / 1_000).toFixed(3).padStart(6, '0');
  return `${hours > 0 ? `${hours}:` : ''}${minutes}:${seconds}`;
}

/** The time of a clock on the wall, where this runs: `14:03:27.512`. */
export function showWallTime(recordedAt: string, at: number): string {
  const time = new Date(Date.parse(recordedAt) + Math.round(at));
  const two = (value: number) => String(value).padStart(2, '0');
  const ms = String(time.getMilliseconds()).padStart(3, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${ms}`;
}

function showWhat(moment: Exclude<Moment, { what: 'said' }>, paint: Paint): string {
  switch (moment.what) {
    case 'connected':
      return paint.green(
        moment.connection === 1 ? 'connected' : `connected again (connection ${moment.connection})`,
      );
    case 'refused':
      return paint.red(`refused with ${moment.status}`);
    case 'not connected':
      return paint.red(`not connected (${visible(moment.reason)})`);
    case 'call started':
      return paint.bold(`call from ${visible(moment.phone) || 'a number that is not given'}`);
    case 'screening ended':
      return paint.bold('screening ended') + paint.dim(` · ${visible(moment.message)}`);
    case 'call ended':
      return paint.bold('call ended');
    case 'asked':
      return paint.yellow(`→ ${commands[moment.command]}`);
    case 'acknowledged': {
      const after = moment.afterMs === undefined ? '' : ` after ${Math.round(moment.afterMs)} ms`;
      return paint.yellow(`← acknowledged${after}: ${commands[moment.command]}`);
    }
    case 'error reported':
      return paint.red(`error: ${visible(moment.description)}`);
    case 'unknown message':
      return paint.dim(`unknown message: ${visible(moment.type)}`);
    case 'invalid frame':
      return paint.red(`invalid frame from the ${moment.from}: ${moment.problem}`);
    case 'closed':
      return showClose(moment, paint);
    case 'mark':
      return paint.magenta(`# ${visible(moment.label)}`);
  }
}

function showClose({ by, code, reason }: Moment & { what: 'closed' }, paint: Paint): string {
  if (code === 1006) return paint.red('connection cut');
  const why = reason === '' ? '' : ` · ${visible(reason)}`;
  return paint.dim(`closed by the ${by} with ${code}${why}`);
}

/** What came over the wire may hold anything; a terminal obeys control characters, and turns text around. */
export function visible(text: string): string {
  return stripVTControlCharacters(text).replace(CONTROLS, ' ');
}

const CONTROLS = new RegExp(`[${OBEYED}]+`, 'g');

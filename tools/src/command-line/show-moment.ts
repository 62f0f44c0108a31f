import { stripVTControlCharacters } from 'node:util';

import type { Moment } from './narrate.js';
import type { Paint } from './paint.js';

const speakers = { assistant: 'assistant', other: 'caller', user: 'subscriber' } as const;
const commands = {
  'client:joinCall': 'join the call',
  'client:endCall': 'end the call',
  unknown: 'a command that is not in the recording',
} as const;

/** Writes a moment of a call as one line: when, who, what. */
export function showMoment(moment: Moment, paint: Paint): string {
  return `${paint.dim(showTime(moment.at))}  ${showWhat(moment, paint)}`;
}

/** `01:02.345`, minutes and seconds; from an hour on, `1:01:02.345`. */
export function showTime(ms: number): string {
  const whole = Math.round(ms);
  const hours = Math.floor(whole / 3_600_000);
  const minutes = String(Math.floor(whole / 60_000) % 60).padStart(2, '0');
  const seconds = ((whole % 60_000) / 1_000).toFixed(3).padStart(6, '0');
  return `${hours > 0 ? `${hours}:` : ''}${minutes}:${seconds}`;
}

function showWhat(moment: Moment, paint: Paint): string {
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
    case 'said':
      return `${paint.cyan(speakers[moment.role].padEnd(10))}  ${visible(moment.text)}`;
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
  return stripVTControlCharacters(text).replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ');
}

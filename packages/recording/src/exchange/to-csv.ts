import { stripVTControlCharacters } from 'node:util';

import { OBEYED } from '@livecall/core/internal';

import type { Recording } from '../format/recording.js';
import { lineOf } from '../format/recording.js';
import { createNarrator } from '../narrator.js';
import type { Moment } from '../narrator.js';

const COLUMNS = ['line', 'at_ms', 'what', 'who', 'text'] as const;

/**
 * Writes what happened as CSV (RFC 4180), a row a moment: its line in the recording, when, what, who
 * and in which words. A text that a spreadsheet would take for a formula has an apostrophe before it;
 * what a terminal obeys is taken out, and what turns text around, but for tabs and line ends.
 *
 * @example
 * import { scenario, toCsv } from '@livecall/recording';
 *
 * const call = scenario().start().caller('Hello, there?').toRecording();
 * console.log(toCsv(call).split('\r\n')[3]); // => 4,0,said,other,"Hello, there?"
 */
export function toCsv({ entries }: Recording): string {
  const narrate = createNarrator();
  const rows = entries.flatMap((entry, index) => {
    const moment = narrate(entry);
    return moment === undefined ? [] : [[lineOf(index), moment.at, ...toCells(moment)]];
  });
  return [COLUMNS, ...rows].map((row) => `${row.map(toCell).join(',')}\r\n`).join('');
}

/** What, who, and the rest. */
function toCells(moment: Moment): readonly [what: string, who: string, text: string] {
  const { what } = moment;
  switch (moment.what) {
    case 'said':
      return [what, moment.role, moment.text];
    case 'closed':
      return [what, moment.by, `${moment.code} ${moment.reason}`.trimEnd()];
    case 'invalid frame':
      return [what, moment.from, moment.problem];
    case 'asked':
      return [what, 'client', moment.command];
    case 'acknowledged': {
      const after = moment.afterMs === undefined ? '' : ` after ${moment.afterMs} ms`;
      return [what, 'server', `${moment.command}${after}`];
    }
    case 'connected':
      return [what, '', String(moment.connection)];
    case 'refused':
      return [what, 'server', String(moment.status)];
    case 'not connected':
      return [what, '', moment.reason];
    case 'call started':
      return [what, 'server', moment.phone];
    case 'screening ended':
      return [what, 'server', moment.message];
    case 'error reported':
      return [what, 'server', moment.description];
    case 'unknown message':
      return [what, 'server', moment.type];
    case 'mark':
      return [what, '', moment.label];
    case 'call ended':
      return [what, 'server', ''];
  }
}

function toCell(value: string | number): string {
  const plain = toPlain(String(value));
  const text = typeof value === 'string' && isFormula(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What came over the wire may hold anything, and a table is looked at in a terminal, too. */
function toPlain(text: string): string {
  return stripVTControlCharacters(text).replace(/\r\n?/g, '\n').replace(CONTROLS, ' ');
}

const CONTROLS = new RegExp(String.raw`(?![\t\n])[${OBEYED}]`, 'g');

/** A number with its sign, as a phone number is, is none. */
function isFormula(text: string): boolean {
  return /^[=@\t\n+-]/.test(text) && !/^[+-][\d\s().-]*$/.test(text);
}

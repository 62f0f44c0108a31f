import { toEscape } from '@livecall/core/internal';
import type { DiffPlace } from '@livecall/recording';
import type { Moment } from '@livecall/recording/format';
import pc from 'picocolors';

import { showMoment } from './show-moment.js';
import { escapeJson, toVisibleJson } from './to-visible-json.js';

/** What a person reads of an entry, without its time: two that have one reading look the same. */
export function readingOf({ entry, moment }: DiffPlace): string {
  return toRead(
    moment === undefined ? entry.event : showMoment(withoutTimes(moment), pc.createColors(false)),
  );
}

function withoutTimes(moment: Moment): Moment {
  return moment.what === 'acknowledged'
    ? { at: 0, what: moment.what, command: moment.command }
    : { ...moment, at: 0 };
}

/** White space is white space, and what is not drawn is not read. */
function toRead(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * Tells by which of its fields an entry is not another one that reads alike: each by its path, as it
 * is here; all of it where it is their order. Empty where both are the same.
 */
export function tellApart({ compared: here }: DiffPlace, { compared: there }: DiffPlace): string {
  const fields = differingFields(here, there);
  if (fields.length > 0) {
    return fields.map(({ path, ours, theirs }) => `${path} ${showValue(ours, theirs)}`).join(', ');
  }
  return JSON.stringify(here) === JSON.stringify(there) ? '' : toVisibleJson(here);
}

interface Field {
  readonly path: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** What is nested deeper is one value: JSON may be deeper than the stack is. */
const DEEPEST = 20;

function differingFields(ours: unknown, theirs: unknown, path = '', depth = 0): readonly Field[] {
  if (depth < DEEPEST && isNested(ours) && isNested(theirs) && isList(ours) === isList(theirs)) {
    const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
    return [...names].flatMap((name) =>
      differingFields(ours[name], theirs[name], toPath(path, name, isList(ours)), depth + 1),
    );
  }
  return JSON.stringify(ours) === JSON.stringify(theirs) ? [] : [{ path, ours, theirs }];
}

type Nested = Readonly<Record<string, unknown>>;

function isNested(value: unknown): value is Nested {
  return typeof value === 'object' && value !== null;
}

const isList = (value: unknown): boolean => Array.isArray(value);

function toPath(path: string, name: string, isIndex: boolean): string {
  if (isIndex) return `${path}[${name}]`;
  if (!/^[a-z_$][\w$]*$/i.test(name)) return `${path}[${toAscii(JSON.stringify(name))}]`;
  return path === '' ? name : `${path}.${name}`;
}

/** A value as it can be read; where the other one would read alike, to the character. */
function showValue(ours: unknown, theirs: unknown): string {
  if (ours === undefined) return 'not there';
  const shown = JSON.stringify(ours).replace(/\p{Default_Ignorable_Code_Point}/gu, toAscii);
  const other = theirs === undefined ? undefined : JSON.stringify(theirs);
  return other !== undefined && toRead(shown) === toRead(other)
    ? toAscii(shown)
    : escapeJson(shown);
}

function toAscii(json: string): string {
  return json.replace(/[^ -~]/g, toEscape);
}

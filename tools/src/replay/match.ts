import type { Asked } from '@livecall/core';

import type { ClientFrame } from './recorded-dial.js';

/**
 * How closely a client must follow the recording.
 *
 * @see docs/testing.md#how-closely-a-client-must-follow
 */
export type MatchLevel = 'strict' | 'typed' | 'loose';

/** What the recording has for a client's frame. */
export type Match =
  | { readonly kind: 'matched'; readonly expected: ClientFrame }
  | { readonly kind: 'extra'; readonly asked: Asked }
  | { readonly kind: 'unexpected' }
  | {
      readonly kind: 'mismatch';
      readonly expected: ClientFrame;
      readonly difference: readonly string[];
    };

/** Finds the recorded frame that a live one stands for, among those still awaited. */
export function matchFrame(
  level: MatchLevel,
  awaited: readonly ClientFrame[],
  live: ClientFrame,
): Match {
  if (level === 'loose') {
    const expected = awaited.find(({ type }) => type === live.type);
    if (expected !== undefined) return { kind: 'matched', expected };
    return live.asked === undefined ? { kind: 'unexpected' } : { kind: 'extra', asked: live.asked };
  }
  const expected = awaited[0];
  if (expected === undefined) return { kind: 'unexpected' };
  if (expected.type !== live.type) return { kind: 'mismatch', expected, difference: [] };
  const difference = level === 'strict' ? differ(toFields(expected), toFields(live)) : [];
  return difference.length === 0
    ? { kind: 'matched', expected }
    : { kind: 'mismatch', expected, difference };
}

/** What is compared: a command's content, of what is none the JSON without an `id`, or else the whole. */
function toFields({ frame, asked }: ClientFrame): unknown {
  if (asked !== undefined) return asked.content;
  try {
    const json: unknown = JSON.parse(
      typeof frame === 'string' ? frame : new TextDecoder().decode(frame),
    );
    return isFields(json) && !Array.isArray(json) ? { ...json, id: undefined } : json;
  } catch {
    return typeof frame === 'string' ? frame : Array.from(frame).join(' ');
  }
}

/** The paths, as JSON pointers, at which two values differ. */
function differ(expected: unknown, actual: unknown, path = ''): string[] {
  if (Object.is(expected, actual)) return [];
  const areFields = isFields(expected) && isFields(actual);
  if (!areFields || Array.isArray(expected) !== Array.isArray(actual)) {
    return [path === '' ? '/' : path];
  }
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...keys].flatMap((key) =>
    differ(
      expected[key],
      actual[key],
      `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    ),
  );
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

import { parseDuration } from '../duration.js';
import { closeAfter } from './close-after.js';
import { delayFrames } from './delay-frames.js';
import { dropFrames } from './drop-frames.js';
import { duplicateFrames } from './duplicate-frames.js';
import { failDial } from './fail-dial.js';
import { garbleFrames } from './garble-frames.js';
import { insertFrame } from './insert-frame.js';
import { postponeFrames } from './postpone-frames.js';
import { refuseDial } from './refuse-dial.js';
import { reorderFrames } from './reorder-frames.js';
import { replaceFrames } from './replace-frames.js';
import { maybe } from './create-fault.js';
import type { Fault } from './create-fault.js';
import { stallAfter } from './stall-after.js';

/** How the text of an option is read. */
type Kind = 'number' | 'time' | 'text' | 'dial' | 'frame' | readonly string[];
type Kinds = Readonly<Record<string, Kind>>;

const place: Kinds = { dial: 'dial', frames: 'number', after: 'text' };
const choice: Kinds = {
  dial: 'number',
  nth: 'number',
  type: 'text',
  share: 'number',
  seed: 'number',
};
const dials: Kinds = { dial: 'number', times: 'number', afterMs: 'time' };
const garbage = ['bad-json', 'wrong-types', 'unknown-type', 'binary', 'empty'] as const;

interface Maker {
  // The options are read by their kinds, and checked by the operator.
  readonly make: (options: never) => Fault;
  readonly options: Kinds;
  readonly required?: string;
}

const makers: Readonly<Record<string, Maker>> = {
  close: { make: closeAfter, options: { ...place, code: 'number', reason: 'text' } },
  stall: { make: stallAfter, options: { ...place, ms: 'time' } },
  insert: { make: insertFrame, options: { ...place, frame: 'frame' }, required: 'frame' },
  delay: {
    make: delayFrames,
    options: { dial: 'number', ms: 'time', jitterMs: 'time', seed: 'number' },
  },
  postpone: { make: postponeFrames, options: { ...choice, ms: 'time' }, required: 'ms' },
  drop: { make: dropFrames, options: choice },
  duplicate: { make: duplicateFrames, options: { ...choice, times: 'number' } },
  reorder: { make: reorderFrames, options: choice },
  garble: { make: garbleFrames, options: { ...choice, as: garbage } },
  replace: { make: replaceFrames, options: { ...choice, frame: 'frame' }, required: 'frame' },
  refuse: {
    make: refuseDial,
    options: { ...dials, status: 'number', retryAfterMs: 'time' },
    required: 'status',
  },
  fail: { make: failDial, options: { ...dials, reason: ['unreachable', 'timeout'], code: 'text' } },
};

/**
 * Reads a fault as it is written on the command line: its name, then its options.
 *
 *     close:code=1011,frames=3     refuse:status=503,times=2     drop:type=ack
 *     insert:after=event:callEnd,frame={"type":"error","description":"late"}
 *
 * A time is in milliseconds, or has its unit: `ms=2000`, `ms=2s`. A `frame` comes last, since it may hold anything. With `maybe:` before it, a fault need not strike.
 *
 * @throws TypeError that says what is not understood, and what would be
 * @example
 * import { parseFault } from '@livecall/tools';
 *
 * const restarting = parseFault('close:code=1012,frames=3');
 */
export function parseFault(text: string): Fault {
  if (text.startsWith('maybe:')) return maybe(parseFault(text.slice('maybe:'.length)));
  const [name = '', ...rest] = text.split(':');
  const maker = Object.hasOwn(makers, name) ? makers[name] : undefined;
  if (maker === undefined) {
    throw new TypeError(`There is no fault ${name}; there are ${Object.keys(makers).join(', ')}.`);
  }
  const options = parseOptions(name, rest.join(':'), maker.options);
  if (maker.required !== undefined && !(maker.required in options)) {
    throw new TypeError(
      `The fault ${name} needs ${maker.required}, as in ${name}:${maker.required}=…`,
    );
  }
  return maker.make(options as never);
}

function parseOptions(name: string, text: string, kinds: Kinds): Record<string, unknown> {
  const frameAt = text.search(/(^|,)frame=/);
  const [plain, frame] =
    frameAt === -1 ? [text, ''] : [text.slice(0, frameAt), text.slice(frameAt).replace(/^,/, '')];
  const pairs = [...plain.split(','), frame].filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [key = '', ...value] = pair.split('=');
      const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
      if (kind === undefined) {
        throw new TypeError(
          `The fault ${name} has no ${key}; it has ${Object.keys(kinds).join(', ')}.`,
        );
      }
      return [key, parseValue(`${name}:${key}`, value.join('='), kind)];
    }),
  );
}

function parseValue(name: string, text: string, kind: Kind): unknown {
  if (kind === 'frame') return text;
  if (kind === 'text' && text !== '') return text;
  if (kind === 'dial' && text === 'every') return text;
  if (typeof kind !== 'string') {
    if (kind.includes(text)) return text;
    throw new TypeError(`${name} must be one of ${kind.join(', ')}, not ${text}.`);
  }
  if (kind === 'text') throw new TypeError(`${name} must be some text, not nothing.`);
  if (kind === 'time') {
    const ms = parseDuration(text) ?? (text === '' ? NaN : Number(text));
    if (ms >= 0) return ms;
    throw new TypeError(`${name} must be a time such as 2s or 250ms, not ${text || 'nothing'}.`);
  }
  const value = text === '' ? NaN : Number(text);
  if (value >= 0) return value;
  throw new TypeError(`${name} must be a number of at least 0, not ${text || 'nothing'}.`);
}

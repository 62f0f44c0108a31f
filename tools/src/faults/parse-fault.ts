import { parseDuration } from '../duration.js';
import { closeAfter } from './close-after.js';
import { delayFrames } from './delay-frames.js';
import { dropFrames } from './drop-frames.js';
import { duplicateFrames } from './duplicate-frames.js';
import { failDial } from './fail-dial.js';
import { faultOptions, tellUnknownOption } from './fault-options.js';
import type { FaultName, Kind, Kinds } from './fault-options.js';
import { garbleFrames } from './garble-frames.js';
import { insertFrame } from './insert-frame.js';
import { postponeFrames } from './postpone-frames.js';
import { refuseDial } from './refuse-dial.js';
import { reorderFrames } from './reorder-frames.js';
import { replaceFrames } from './replace-frames.js';
import { maybe } from './create-fault.js';
import type { Fault } from './create-fault.js';
import { stallAfter } from './stall-after.js';

interface Maker {
  // The options are read by their kinds, and checked by the operator.
  readonly make: (options: never) => Fault;
  readonly required?: string;
}

const makers: Readonly<Record<FaultName, Maker>> = {
  close: { make: closeAfter },
  stall: { make: stallAfter },
  insert: { make: insertFrame, required: 'frame' },
  delay: { make: delayFrames },
  postpone: { make: postponeFrames, required: 'ms' },
  drop: { make: dropFrames },
  duplicate: { make: duplicateFrames },
  reorder: { make: reorderFrames },
  garble: { make: garbleFrames },
  replace: { make: replaceFrames, required: 'frame' },
  refuse: { make: refuseDial, required: 'status' },
  fail: { make: failDial },
};

const isFault = (name: string): name is FaultName => Object.hasOwn(makers, name);

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
  if (!isFault(name)) {
    throw new TypeError(`There is no fault ${name}; there are ${Object.keys(makers).join(', ')}.`);
  }
  const maker = makers[name];
  const options = parseOptions(name, rest.join(':'));
  if (maker.required !== undefined && !(maker.required in options)) {
    throw new TypeError(
      `The fault ${name} needs ${maker.required}, as in ${name}:${maker.required}=…`,
    );
  }
  return maker.make(options as never);
}

function parseOptions(name: FaultName, text: string): Record<string, unknown> {
  const kinds: Kinds = faultOptions[name];
  const frameAt = text.search(/(^|,)frame=/);
  const [plain, frame] =
    frameAt === -1 ? [text, ''] : [text.slice(0, frameAt), text.slice(frameAt).replace(/^,/, '')];
  const pairs = [...plain.split(','), frame].filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [key = '', ...value] = pair.split('=');
      const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
      if (kind === undefined) {
        throw new TypeError(tellUnknownOption(name, key));
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

import { ConnectionClosedError } from '@livecall/core';
import { from, map, NEVER, toArray } from 'rxjs';
import { liveCallProtocol } from '@livecall/core';
import { expect, it } from 'vitest';

import { assertPlace, locate, typeOf } from './place.js';
import type { Place } from './place.js';
import type { Signal } from './signal.js';

const frame = (text: string): Signal => ({ kind: 'frame', frame: text });

/* What a dial says: `o` opens it, `#` ends it, the others are frames. */
const said: Readonly<Record<string, Signal>> = {
  o: { kind: 'open', connection: { frames$: NEVER, send: () => undefined } },
  t: frame('{"type":"transcript","msg":"A parcel.","role":"other"}'),
  a: frame('{"type":"ack","ackId":"8f0c"}'),
  h: frame('{"type":"event:hold"}'),
  w: frame('{"type":"ack","ackId":7}'),
  '#': { kind: 'end', error: new ConnectionClosedError(1000) },
};

/** Where each signal of a dial stands. */
function locateIn(signals: string, place: Place, dial: number): string {
  let stands = '';
  from(Array.from(signals).flatMap((name) => said[name] ?? []))
    .pipe(
      locate(place, dial),
      map((located) => ({ before: '<', here: 'X', after: '>' })[located.stands]),
      toArray(),
    )
    .subscribe((all) => {
      stands = all.join('');
    });
  return stands;
}

it.each<[what: string, place: Place, signals: string, stands: string]>([
  ['where it opens', {}, 'ott#', 'X>>>'],
  ['where it opens', { frames: 0 }, 'o', 'X'],
  ['at the first frame', { frames: 1 }, 'ott#', '<X>>'],
  ['at the n-th frame, readable or not', { frames: 3 }, 'otwat#', '<<<X>>'],
  ['at the first message of a type', { after: 'ack' }, 'ottaat#', '<<<X>>>'],
  ['at a type that is not published', { after: 'event:hold' }, 'oth#', '<<X>'],
  ['at no message that is none', { after: 'ack' }, 'owt#', '<<<<'],
  ['at the frame that meets both', { frames: 3, after: 'ack' }, 'oattt#', '<<<X>>'],
  ['at the frame that meets both', { frames: 1, after: 'ack' }, 'ottat#', '<<<X>>'],
  ['nowhere when there are fewer frames', { frames: 3 }, 'ott#', '<<<<'],
  ['nowhere when it did not open', {}, '#', '<'],
])('finds a place %s: %j', (_what, place, signals, stands) => {
  expect(locateIn(signals, place, 1)).toBe(stands);
});

it.each<[place: Place, firstThree: readonly string[]]>([
  [{ frames: 1 }, ['<X', '<<', '<<']],
  [{ frames: 1, dial: 2 }, ['<<', '<X', '<<']],
  [{ frames: 1, dial: 'every' }, ['<X', '<X', '<X']],
])('finds %j on the dials it is for', (place, firstThree) => {
  expect([1, 2, 3].map((dial) => locateIn('ot', place, dial))).toEqual(firstThree);
});

it.each<[wrong: Place, message: string]>([
  [{ dial: 0 }, 'dial must be a whole number of at least 1, not 0.'],
  [{ frames: 1.5 }, 'frames must be a whole number of at least 0, not 1.5.'],
  [{ frames: Infinity }, 'frames must be a whole number of at least 0, not Infinity.'],
])('refuses %j', (wrong, message) => {
  expect(() => {
    assertPlace(wrong);
  }).toThrow(new TypeError(message));
});

it.each([
  ['{"type":"ack","ackId":"8f0c"}', 'ack'],
  [Buffer.from('{"type":"event:end","msg":""}'), 'event:end'],
  ['{"type":"event:hold","since":4}', 'event:hold'],
  ['{"type":"ack"}', undefined],
  ['{"type":', undefined],
  ['', undefined],
])('tells the type of %s: %s', (wire, type) => {
  expect(typeOf(wire, liveCallProtocol)).toBe(type);
});

import { ConnectionClosedError } from '@livecall/core';
import type { Connection, Frame, Transport } from '@livecall/core';
import { concat, concatMap, defer, from, of, throwError } from 'rxjs';
import { expect, it } from 'vitest';

import { closeAfter } from './close-after.js';
import { maybe } from './create-fault.js';
import type { Fault } from './create-fault.js';
import { parseFault } from './parse-fault.js';
import { judgeUnder, watchFault } from './watch-fault.js';
import { showDivergence } from '../replay/divergence.js';
import type { Divergence } from '../replay/divergence.js';

const START = '{"type":"event:start","phone":"anonymous","timestamp":"2026-11-22T09:00:00Z"}';
const SAID = '{"type":"transcript","msg":"A parcel.","role":"other"}';

/** Each dial says these frames and is closed. */
const transport: Transport = defer(() => {
  const frames$ = from<Frame[]>([START, SAID, SAID]);
  const closed$ = throwError(() => new ConnectionClosedError(1000));
  return of<Connection>({
    frames$: concat(frames$, closed$),
    send: () => undefined,
  });
});

/** What is said of a fault over so many dials. */
function findMiss(fault: Fault, dials = 1): string | undefined {
  const watched = watchFault(fault);
  const disturbedTransport = transport.pipe(watched.fault);
  for (let dial = 0; dial < dials; dial += 1) {
    disturbedTransport
      .pipe(concatMap(({ frames$ }) => frames$))
      .subscribe({ error: () => undefined });
  }
  const miss = watched.findMiss();
  return miss && showDivergence(miss);
}

it.each([
  'close',
  'close:frames=3',
  'close:dial=every,after=transcript',
  'stall:frames=3,ms=0',
  'insert:after=event:start,frame={}',
  'delay:ms=0',
  'postpone:type=transcript,ms=0',
  'drop:nth=3',
  'duplicate:type=event:start',
  'reorder:nth=2',
  'garble:nth=1,as=wrong-types',
  'replace:type=transcript,frame={}',
  'refuse:status=503',
  'fail:times=7',
])('has nothing against a fault that struck: %s', (text) => {
  expect(findMiss(parseFault(text))).toBeUndefined();
});

it.each([
  ['close:frames=300', '300 frames on dial 1'],
  ['close:dial=7', 'dial 7'],
  ['close:dial=every,frames=9', '9 frames on any dial'],
  ['stall:after=event:cal', 'event:cal on dial 1'],
  ['insert:frames=4,after=ack,frame={"msg":"Marta"}', 'ack and 4 frames on dial 1'],
  ['delay:dial=2,ms=1', 'a frame or a close on dial 2'],
  ['postpone:type=ack,ms=0', 'ack'],
  ['drop:type=akc', 'akc'],
  ['duplicate:nth=4', 'frame 4'],
  ['reorder:nth=3', 'frame 3, and a frame after it'],
  ['garble:type=transcript,nth=3', 'transcript 3'],
  ['replace:dial=2,frame={}', 'a frame on dial 2'],
])('says of a fault that never struck what it needed and what came: %s', (text, needed) => {
  const label = text.replace(/frame=\{.*/, 'frame=…');
  const [name, options = ''] = label.split(/:(.*)/s);
  const miss = findMiss(parseFault(text)) ?? '';

  expect(miss).toMatch(new RegExp(`^${name}:`));
  for (const option of options.split(',')) expect(miss.split(': unstruck')[0]).toContain(option);
  expect(miss).toContain(`: unstruck: expected ${needed}, got 1 dial with 3 frames`);
  expect(miss).not.toContain('Marta');
});

it('says of dials that a fault waited for how many there were', () => {
  expect(findMiss(parseFault('refuse:status=503,dial=3'), 2)).toBe(
    'refuse:status=503,dial=3: unstruck: expected dial 3, got 2 dials',
  );
  expect(findMiss(parseFault('fail'), 0)).toBe('fail: unstruck: expected dial 1, got no dial');
});

it('takes a fault that changes nothing for one that does not strike', () => {
  const bytes = watchFault(parseFault('garble:as=wrong-types'));
  of<Connection>({ frames$: of('no JSON'), send: () => undefined })
    .pipe(
      bytes.fault,
      concatMap(({ frames$ }) => frames$),
    )
    .subscribe({ error: () => undefined });

  expect(bytes.findMiss()).toMatchObject({ kind: 'unstruck' });
});

it.each([1, 2, 3, 4, 5])('leaves it to chance what a fault of chance strikes: seed %d', (seed) => {
  expect(findMiss(parseFault(`drop:share=0.01,seed=${seed}`))).toBeUndefined();
  expect(findMiss(parseFault(`drop:share=0.01,type=ack,seed=${seed}`))).toMatch(/unstruck/);
});

it('lets a fault miss that may', () => {
  expect(findMiss(maybe(closeAfter({ frames: 300 })))).toBeUndefined();
  expect(findMiss(parseFault('maybe:close:frames=300'))).toBeUndefined();
});

it('counts for each call anew, and says nothing of an operator that does not tell', () => {
  const fault = closeAfter({ frames: 2 });

  expect(findMiss(fault)).toBeUndefined();
  expect(findMiss(fault, 0)).toMatch(/got no dial/);
  expect(findMiss((server) => server)).toBeUndefined();
});

const unplayed: Divergence = { kind: 'missing', at: 'call:4', expected: 'a', actual: 'b' };
const departed: Divergence = { ...unplayed, kind: 'mismatch' };

it('counts what was not played until a fault has struck, and what the client did always', () => {
  const fault = watchFault(closeAfter({ frames: 2 }));
  const kinds = (found: readonly Divergence[]) =>
    judgeUnder([fault], found).map(({ kind }) => kind);

  expect(kinds([unplayed])).toEqual(['missing', 'unstruck']);
  expect(kinds([departed])).toEqual(['mismatch']);
  transport
    .pipe(
      fault.fault,
      concatMap(({ frames$ }) => frames$),
    )
    .subscribe({ error: () => undefined });
  expect(kinds([unplayed])).toEqual([]);
  expect(kinds([unplayed, departed])).toEqual(['mismatch']);
});

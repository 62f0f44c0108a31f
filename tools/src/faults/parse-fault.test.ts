import {
  ConnectFailedError,
  ConnectionClosedError,
  HandshakeRefusedError,
  HandshakeTimeoutError,
  liveCallProtocol,
} from '@livecall/core';
import type { Connection, Frame, Transport } from '@livecall/core';
import { catchError, defer, EMPTY, merge, of, Subject, switchMap } from 'rxjs';
import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { closeAfter } from './close-after.js';
import { delayFrames } from './delay-frames.js';
import { dropFrames } from './drop-frames.js';
import { duplicateFrames } from './duplicate-frames.js';
import { failDial } from './fail-dial.js';
import { garbleFrames } from './garble-frames.js';
import { insertFrame } from './insert-frame.js';
import { parseFault } from './parse-fault.js';
import { postponeFrames } from './postpone-frames.js';
import { refuseDial } from './refuse-dial.js';
import { reorderFrames } from './reorder-frames.js';
import { replaceFrames } from './replace-frames.js';
import { stallAfter } from './stall-after.js';

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

/* What crosses the wire: `o` is the open connection, the others are frames. */
const wire = {
  o: 'open',
  t: '{"type":"transcript","msg":"A parcel.","role":"other"}',
  a: '{"type":"ack","ackId":"8f0c"}',
  x: '{"type":"error","description":"a, b: frame=c"}',
  b: '{"type":"ack",',
  w: '{"type":"ack","ackId":7}',
  h: '{"type":"event:garbled","ackId":"8f0c"}',
  y: new Uint8Array([0x00, 0xff, 0xfe, 0x80]),
  z: '',
};

const closed = (code: number, reason = '') => `${code} ${reason}`;
const unreachable = (code: string) =>
  new ConnectFailedError(Object.assign(new Error(`${code}, as a fault`), { code }));

function dialling(wire$: Observable<Frame>): Transport {
  return defer(() => {
    const frames$ = new Subject<Frame>();
    const connection: Connection = { frames$, send: () => undefined };
    return wire$.pipe(
      switchMap((value) => {
        if (value === 'open') return of(connection);
        frames$.next(value);
        return EMPTY;
      }),
    );
  });
}

function follow(transport: Transport): Observable<Frame> {
  return transport.pipe(
    switchMap(({ frames$ }) => merge(of('open'), frames$)),
    catchError((error: unknown) => {
      throw error instanceof ConnectionClosedError ? `${error.code} ${error.reason}` : error;
    }),
  );
}

/* A call of three frames, disturbed as the text says. */
it.each<[text: string, expected: string, error?: unknown]>([
  ['close', '                              -(o#)         ', closed(1006)],
  ['close:', '                             -(o#)         ', closed(1006)],
  ['close:code=1011,frames=1', '           -o-(t#)       ', closed(1011)],
  ['close:frames=1,after=ack', '           -o-t---(a#)   ', closed(1006)],
  ['close:code=4401,reason=as a: test', '  -(o#)         ', closed(4401, 'as a: test')],
  ['close:dial=every', '                   -(o#)         ', closed(1006)],
  ['close:dial=2', '                       -o-t---a---t-#', closed(1000)],
  ['stall:frames=1', '                     -o-t----------'],
  ['stall:frames=1,ms=7', '                -o-t------at-#', closed(1000)],
  [
    'insert:frames=2,frame={"type":"error","description":"a, b: frame=c"}',
    '-o-t---(ax)t-#',
    closed(1000),
  ],
  ['delay:ms=2', '                         -o---t---a---t-#', closed(1000)],
  ['delay:jitterMs=9,seed=1,dial=2', '     -o-t---a---t-#', closed(1000)],
  ['postpone:ms=2,type=ack', '             -o-t-----a-t-#', closed(1000)],
  ['drop', '                               -o-----------#', closed(1000)],
  ['drop:type=transcript,nth=2', '         -o-t---a-----#', closed(1000)],
  ['drop:share=0.5,seed=3', '              -o-t---------#', closed(1000)],
  ['drop:dial=2', '                        -o-t---a---t-#', closed(1000)],
  ['duplicate:nth=2', '                    -o-t---(aa)t-#', closed(1000)],
  ['duplicate:nth=2,times=1', '            -o-t---a---t-#', closed(1000)],
  ['reorder:nth=1', '                      -o-----(at)t-#', closed(1000)],
  ['garble:type=ack', '                    -o-t---b---t-#', closed(1000)],
  ['garble:type=ack,as=bad-json', '        -o-t---b---t-#', closed(1000)],
  ['garble:type=ack,as=wrong-types', '     -o-t---w---t-#', closed(1000)],
  ['garble:type=ack,as=unknown-type', '    -o-t---h---t-#', closed(1000)],
  ['garble:type=ack,as=binary', '          -o-t---y---t-#', closed(1000)],
  ['garble:type=ack,as=empty', '           -o-t---z---t-#', closed(1000)],
  ['replace:type=ack,frame=', '            -o-t---z---t-#', closed(1000)],
  ['refuse:status=503', '                  #             ', new HandshakeRefusedError(503)],
  ['refuse:status=429,retryAfterMs=2000,afterMs=3', '---#', new HandshakeRefusedError(429, 2_000)],
  ['refuse:status=503,dial=2,times=Infinity', '-o-t---a---t-#', closed(1000)],
  ['fail', '                               #             ', unreachable('ECONNREFUSED')],
  ['fail:reason=unreachable,code=ENOTFOUND', '#           ', unreachable('ENOTFOUND')],
  ['fail:reason=timeout,afterMs=3', '      ---#          ', new HandshakeTimeoutError(3)],
])('reads %s', (text, expected, error) => {
  run((time) => {
    const transport = dialling(time.cold('-o-t---a---t-#', wire, new ConnectionClosedError(1000)));

    time.expectObservable(follow(transport.pipe(parseFault(text)))).toBe(expected, wire, error);
  });
});

it.each([
  ['', 'There is no fault ; there are close, stall, insert, delay, postpone, drop, duplicate, '],
  ['cut', 'There is no fault cut; there are close, stall, insert, delay, postpone, drop, '],
  ['toString', 'There is no fault toString; there are close, '],
  ['close:when=3', 'The fault close has no when; it has dial, frames, after, code, reason.'],
  ['close:__proto__=3', 'The fault close has no __proto__; it has dial, frames, '],
  ['close:=3', 'The fault close has no ; it has dial, frames, '],
  ['close:frame=x', 'The fault close has no frame; it has dial, frames, '],
  ['stall:code=3', 'The fault stall has no code; it has dial, frames, after, ms.'],
  ['drop:ms=3', 'The fault drop has no ms; it has dial, nth, type, share, seed.'],
  ['fail:status=3', 'The fault fail has no status; it has dial, times, afterMs, reason, code.'],
  ['insert', 'The fault insert needs frame, as in insert:frame=…'],
  ['replace:type=ack', 'The fault replace needs frame, as in replace:frame=…'],
  ['postpone:type=ack', 'The fault postpone needs ms, as in postpone:ms=…'],
  ['refuse', 'The fault refuse needs status, as in refuse:status=…'],
  ['close:code', 'close:code must be a number of at least 0, not nothing.'],
  ['close:code=', 'close:code must be a number of at least 0, not nothing.'],
  ['close:code=-1', 'close:code must be a number of at least 0, not -1.'],
  ['close:code=going away', 'close:code must be a number of at least 0, not going away.'],
  ['close:dial=all', 'close:dial must be a number of at least 0, not all.'],
  ['delay:ms=soon', 'delay:ms must be a time such as 2s or 250ms, not soon.'],
  ['drop:dial=every', 'drop:dial must be a number of at least 0, not every.'],
  ['close:after=', 'close:after must be some text, not nothing.'],
  ['drop:type', 'drop:type must be some text, not nothing.'],
  [
    'garble:as=x',
    'garble:as must be one of bad-json, wrong-types, unknown-type, binary, empty, not x',
  ],
  ['fail:reason=', 'fail:reason must be one of unreachable, timeout, not .'],
  ['close:code=99', 'code must be a whole number from 1000 to 4999, not 99.'],
  ['refuse:status=101', 'status must be a whole number from 200 to 599, not 101.'],
  ['drop:share=2', 'share must be from 0 to 1, not 2.'],
  ['delay:ms=Infinity', 'ms must be from 0 to 2147483647 milliseconds, not Infinity.'],
])('refuses %s, and says what would do', (text, message) => {
  expect(() => parseFault(text)).toThrow(TypeError);
  expect(() => parseFault(text)).toThrow(message);
});

it.each<[name: string, make: (options: object) => unknown]>([
  ['close', (options) => closeAfter(options)],
  ['stall', (options) => stallAfter(options)],
  ['insert', (options) => insertFrame(options as never)],
  ['delay', (options) => delayFrames(options)],
  ['postpone', (options) => postponeFrames(options as never)],
  ['drop', (options) => dropFrames(options)],
  ['duplicate', (options) => duplicateFrames(options)],
  ['reorder', (options) => reorderFrames(options)],
  ['garble', (options) => garbleFrames(options)],
  ['replace', (options) => replaceFrames(options as never)],
  ['refuse', (options) => refuseDial(options as never)],
  ['fail', (options) => failDial(options)],
])('has %s refuse an option that it does not have', (name, make) => {
  expect(() => make({ tyep: 1 })).toThrow(`The fault ${name} has no tyep; it has `);
});

it('names the option that was meant', () => {
  expect(() => closeAfter({ frame: 3 } as never)).toThrow(
    'The fault close has no frame; it has dial, frames, after, code, reason. Did you mean frames?',
  );
  expect(() => refuseDial({ staus: 503 } as never)).toThrow('Did you mean status?');
  expect(() => parseFault('drop:nht=2')).toThrow('Did you mean nth?');
  expect(() => parseFault('drop:shape=2')).toThrow('Did you mean share?');
  expect(() => parseFault('drop:whenever=2')).toThrow(/has dial, nth, type, share, seed\.$/);
});

it('has each fault take what the command line gives it, and a protocol', () => {
  for (const make of [closeAfter, dropFrames, garbleFrames]) {
    expect(make({ protocol: liveCallProtocol, dial: 1 }).label).toMatch(/:dial=1$/);
  }
});

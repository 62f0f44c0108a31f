import { ConnectionClosedError, HandshakeRefusedError } from '@livecall/core';
import { ack, scenario } from '@livecall/recording';
import { map, switchMap } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { closeAfter } from '../faults/close-after.js';
import { delayFrames } from '../faults/delay-frames.js';
import { openReplay } from './open-replay.js';

/* A whole call in virtual time: no scheduler is an argument anywhere. */

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

const states = {
  c: 'connecting',
  o: 'open 1',
  r: 'reconnecting 1 in 250 ms',
  R: 'reconnecting 2 in 500 ms',
  O: 'open 2',
  e: 'closing',
  E: 'call-ended',
};

const lost = new ConnectionClosedError(1006);

/** Half of 500 ms until the first retry, half of 1000 ms until the second. */
const options = {
  pace: 'recorded',
  call: { retry: { random: () => 0 }, createId: () => 'live-1' },
} as const;

/** Everything that a call shows. */
function watch({ call }: Awaited<ReturnType<typeof openReplay>>) {
  return {
    state$: call.state$.pipe(
      map((state) => {
        switch (state.status) {
          case 'open':
            return `open ${state.connection}`;
          case 'reconnecting':
            return `reconnecting ${state.attempt} in ${state.delayMs} ms`;
          case 'closed':
            return state.reason;
          default:
            return state.status;
        }
      }),
    ),
    events$: call.events$.pipe(map(({ type }) => type)),
    said$: call.transcript$.pipe(map(({ msg }) => msg)),
    errors$: call.errors$,
  };
}

it('plays a call that is lost, refused, dialled again and joined', async () => {
  const recording = scenario()
    .open({ after: 40 })
    .start({ after: 20 })
    .caller('A parcel.', { after: 400 })
    .drop(1006, { after: 140 })
    .refuse(503, { after: 30 })
    .open({ after: 60 })
    .assistant('Hello?', { after: 100 })
    .onJoin(ack({ after: 70 }), { after: 200 })
    .callEnd({ after: 1_000 })
    .close(1000, { after: 10 })
    .toRecording();
  const opened = await openReplay(recording, options);

  run((time) => {
    const state = '   c 39ms o 559ms r 249ms R 499ms O          1419ms       e 9ms (E|)';
    const events = '  60ms s                              2709ms             e 9ms |';
    const said = '    460ms p                     989ms h 1329ms                   |';
    const errors = '  600ms            x 249ms y          1929ms                   |';
    const clicks = '  1700ms                               j';
    const joined = '  1770ms                                    J';

    const { state$, events$, said$, errors$ } = watch(opened);
    const joined$ = time.hot(clicks).pipe(switchMap(() => opened.call.joinCall()));
    opened.call.connect();

    time.expectObservable(state$).toBe(state, states);
    time.expectObservable(events$).toBe(events, { s: 'event:start', e: 'event:callEnd' });
    time.expectObservable(said$).toBe(said, { p: 'A parcel.', h: 'Hello?' });
    time.expectObservable(errors$).toBe(errors, { x: lost, y: new HandshakeRefusedError(503) });
    time.expectObservable(joined$).toBe(joined, {
      J: { type: 'client:joinCall', id: 'live-1', connection: 2, at: 1_770, confirmedBy: 'ack' },
    });
  });

  await opened.finish();
});

it('plays what a Retry-After asks for, faster than recorded', async () => {
  const refused = scenario()
    .refuse(503, { after: 100, retryAfterMs: 2_000 })
    .start({ after: 300 })
    .callEnd({ after: 60_000 })
    .toRecording();
  const opened = await openReplay(refused, { ...options, maxIdleMs: 1_000, speed: 2 });

  run((time) => {
    const state = '  c 49ms r 1999ms o       649ms (eE|)';
    const events = '           2200ms    s 499ms (e|)';

    const { state$, events$ } = watch(opened);
    opened.call.connect();

    time.expectObservable(state$).toBe(state, { ...states, r: 'reconnecting 1 in 2000 ms' });
    time.expectObservable(events$).toBe(events, { s: 'event:start', e: 'event:callEnd' });
  });

  await opened.finish();
});

it('plays a call that is disturbed', async () => {
  const recording = scenario()
    .open({ after: 40 })
    .start({ after: 60 })
    .caller('A parcel.', { after: 400 })
    .onJoin(ack())
    .caller('Hello?', { after: 600 })
    .callEnd({ after: 400 })
    .toRecording();
  const faults = [delayFrames({ ms: 50 }), closeAfter({ frames: 2 })];
  const opened = await openReplay(recording, { ...options, faults });

  run((time) => {
    // The call goes on behind a connection that is lost.
    const state = 'c 39ms o 509ms r 249ms O 1149ms     (eE|)';
    const said = ' 550ms          p      999ms h 399ms |';
    const errors = '550ms         x           1399ms     |';
    const clicks = '900ms                    j';
    const joined = '950ms                      J';

    const { state$, said$, errors$ } = watch(opened);
    const joined$ = time.hot(clicks).pipe(switchMap(() => opened.call.joinCall()));
    opened.call.connect();

    time.expectObservable(state$).toBe(state, states);
    time.expectObservable(said$).toBe(said, { p: 'A parcel.', h: 'Hello?' });
    time.expectObservable(errors$).toBe(errors, { x: lost });
    time.expectObservable(joined$.pipe(map(() => 'joined'))).toBe(joined, { J: 'joined' });
  });

  await opened.finish();
});

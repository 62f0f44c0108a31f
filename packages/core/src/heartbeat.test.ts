import { EventEmitter } from 'node:events';

import { asyncScheduler, Observable, Subject, Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { WebSocket } from 'ws';

import { heartbeat } from './heartbeat.js';
import type { HeartbeatOptions } from './heartbeat.js';

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

/** What a heartbeat needs of a socket, and its pings. */
function fakeSocket(onPing: () => void = () => undefined) {
  const ping$ = new Subject<string>();
  const events = new EventEmitter();
  const ping = () => {
    ping$.next('p');
    onPing();
  };
  return { ping$, events, socket: Object.assign(events, { ping }) as unknown as WebSocket };
}

/** The verdict as a value: what is subscribed pings, what is unsubscribed stops. */
function judged(socket: WebSocket, options: Required<HeartbeatOptions>): Observable<void> {
  return new Observable((subscriber) => {
    const { hear, stop } = heartbeat(socket, options, () => {
      subscriber.next();
      subscriber.complete();
    });
    socket.on('message', hear);
    return stop;
  });
}

const options = { pingIntervalMs: 4, pongTimeoutMs: 2 };

it.each(['pong', 'ping', 'message'])('pings on, as long as a %s comes back', (event) => {
  run((time) => {
    const { ping$, events, socket } = fakeSocket();
    const heard$ = time.cold('-----x---x---x---x');
    const left = '            ^----------------!';
    const pings = '           ----p---p---p---p-';
    const expected = '        ------------------';
    heard$.subscribe(() => events.emit(event));

    time.expectObservable(ping$).toBe(pings);
    time.expectObservable(judged(socket, options), left).toBe(expected);
  });
});

it('emits once, when nothing came back', () => {
  run((time) => {
    const { ping$, events, socket } = fakeSocket();
    const heard$ = time.cold('-----x-------------');
    const left = '            ^-----------------!';
    const pings = '           ----p---p----------';
    const expected = '        ----------(v|)     ';
    heard$.subscribe(() => events.emit('pong'));

    time.expectObservable(ping$).toBe(pings);
    time.expectObservable(judged(socket, options), left).toBe(expected, { v: undefined });
  });
});

it('does not count what came before the ping', () => {
  run((time) => {
    const { events, socket } = fakeSocket();
    const heard$ = time.cold('xxxx------');
    const left = '            ^--------!';
    const expected = '        ------(v|)';
    heard$.subscribe(() => events.emit('message'));

    time.expectObservable(judged(socket, options), left).toBe(expected, { v: undefined });
  });
});

it('waits for the answer before it pings again', () => {
  run((time) => {
    const { ping$, events, socket } = fakeSocket();
    const heard$ = time.cold('-----------x--------');
    const left = '            ^------------------!';
    const pings = '           --p---------p-------';
    const expected = '        --------------------';
    heard$.subscribe(() => events.emit('pong'));
    const verdict$ = judged(socket, { pingIntervalMs: 2, pongTimeoutMs: 10 });

    time.expectObservable(ping$).toBe(pings);
    time.expectObservable(verdict$, left).toBe(expected);
  });
});

it('waits one more turn for what stood in the socket behind a blocked loop', () => {
  run((time) => {
    const { ping$, events, socket } = fakeSocket(() => {
      // Comes due with the verdict, and after it.
      asyncScheduler.schedule(() => events.emit('pong'), options.pongTimeoutMs);
    });
    const left = '    ^------------!';
    const pings = '   ----p---p---p-';
    const expected = '--------------';

    time.expectObservable(ping$).toBe(pings);
    time.expectObservable(judged(socket, options), left).toBe(expected);
  });
});

it('says nothing when it is stopped in that turn', () => {
  run((time) => {
    const { events, socket } = fakeSocket();
    const onSilent = vi.fn();
    const { stop } = heartbeat(socket, options, onSilent);
    // Comes due with the verdict, and before it.
    asyncScheduler.schedule(stop, options.pingIntervalMs + options.pongTimeoutMs);
    time.flush();

    expect(onSilent).not.toHaveBeenCalled();
    expect(events.eventNames()).toEqual([]);
  });
});

it('pings every 15 s and gives it 10 s, in ticks of a second', () => {
  run((time) => {
    const { ping$, events, socket } = fakeSocket();
    const heard$ = time.cold('15s   20ms x           ');
    const left = '            ^ 59999ms !            ';
    const pings = '           15s p 14999ms p        ';
    const expected = '        40s             (v|)   ';
    heard$.subscribe(() => events.emit('message'));
    const verdict$ = judged(socket, { pingIntervalMs: 15_000, pongTimeoutMs: 10_000 });

    time.expectObservable(ping$).toBe(pings);
    time.expectObservable(verdict$, left).toBe(expected, { v: undefined });
  });
});

it('judges each socket by itself', () => {
  run((time) => {
    const quick = fakeSocket();
    const silent = fakeSocket();
    const heard$ = time.cold('-----x---x---x-');
    const left = '            ^-------------!';
    const healthy = '         ---------------';
    const dead = '            ------(v|)     ';
    heard$.subscribe(() => quick.events.emit('pong'));

    time.expectObservable(judged(quick.socket, options), left).toBe(healthy);
    time.expectObservable(judged(silent.socket, options), left).toBe(dead, { v: undefined });
  });
});

it('leaves no listener behind', () => {
  const { events, socket } = fakeSocket();
  const { stop } = heartbeat(socket, options, () => undefined);
  expect(events.eventNames()).toEqual(['pong', 'ping']);

  stop();

  expect(events.eventNames()).toEqual([]);
});

it('shares one timer with all that tick alike, and stops it after the last', () => {
  const started = vi.spyOn(globalThis, 'setInterval');
  const stopped = vi.spyOn(globalThis, 'clearInterval');
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  const all = new Subscription();
  for (let n = 0; n < 100; n += 1) all.add(judged(fakeSocket().socket, options).subscribe());
  expect(started).toHaveBeenCalledTimes(1);

  const other = judged(fakeSocket().socket, { ...options, pongTimeoutMs: 3 }).subscribe();
  expect(started).toHaveBeenCalledTimes(2);
  expect(stopped).not.toHaveBeenCalled();

  all.unsubscribe();
  expect(stopped).toHaveBeenCalledTimes(1);
  other.unsubscribe();
  expect(stopped).toHaveBeenCalledTimes(2);
});

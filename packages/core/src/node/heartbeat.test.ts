import { EventEmitter } from 'node:events';

import { asyncScheduler, Observable, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { WebSocket } from 'ws';

import type { HeartbeatOptions } from './heartbeat-options.js';
import { heartbeat } from './heartbeat.js';

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
    const pings = '           --p--------p--------';
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

it('pings every 15 s and gives it 10 s', () => {
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

it('keeps to the clock it was made with', () => {
  vi.useFakeTimers();
  const onSilent = vi.fn();
  // Left open by a test before.
  heartbeat(fakeSocket().socket, options, onSilent);
  vi.useRealTimers();
  run((time) => {
    const { ping$, socket } = fakeSocket();

    time.expectObservable(ping$, '^-----!').toBe('----p-');
    time.expectObservable(judged(socket, options), '^------!').toBe('------(v|)', { v: undefined });
  });
  run(() => {
    // Left open, too, by virtual time that is over.
    heartbeat(fakeSocket().socket, options, () => undefined);
  });
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { ping$, socket } = fakeSocket();
  const pings: unknown[] = [];
  ping$.subscribe((ping) => pings.push(ping));
  const { stop } = heartbeat(socket, options, () => undefined);
  vi.advanceTimersByTime(4);
  stop();

  expect(pings).toEqual(['p']);
  expect(onSilent).not.toHaveBeenCalled();
});

it('waits for its verdict while what has come is still being read', () => {
  run((time) => {
    const { socket } = fakeSocket();
    const hearing = { isReading: true };
    const verdicts: number[] = [];
    heartbeat(
      socket,
      options,
      () => verdicts.push(asyncScheduler.now()),
      () => {
        // Virtual time stands still while the loop turns.
        const progress = hearing.isReading ? NaN : 0;
        hearing.isReading = false;
        return progress;
      },
    );
    time.flush();

    expect(verdicts).toEqual([6]);
  });
});

it('gives a machine that slept half of the time', () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { socket } = fakeSocket();
  const onSilent = vi.fn();
  const { stop } = heartbeat(socket, { pingIntervalMs: 15_000, pongTimeoutMs: 10_000 }, onSilent);
  vi.advanceTimersByTime(15_000);
  // The clock jumps, and what was due in that time runs once.
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(5_000);

  expect(onSilent).not.toHaveBeenCalled();
  stop();
});

it('notices within 25 s of waking that a connection died while the machine slept', () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const noticed: number[] = [];
  for (let asleepAt = 0; asleepAt <= 30_000; asleepAt += 500) {
    const { ping$, events, socket } = fakeSocket();
    const answering = ping$.subscribe(() => events.emit('pong'));
    let silentAt = NaN;
    heartbeat(socket, { pingIntervalMs: 15_000, pongTimeoutMs: 10_000 }, () => {
      silentAt = Date.now();
    });
    vi.advanceTimersByTime(asleepAt);
    answering.unsubscribe();
    vi.setSystemTime(Date.now() + 3_600_000);
    const awakeAt = Date.now();
    vi.advanceTimersByTime(30_000);
    noticed.push(silentAt - awakeAt);
  }

  // And some turns of the loop, in which what stands in the socket is heard.
  expect(Math.max(...noticed)).toBeLessThan(25_010);
  expect(Math.min(...noticed)).toBeGreaterThanOrEqual(10_000);
});

it('looks at once when it is told to, and gives what comes back the whole time', () => {
  run((time) => {
    const { ping$, socket } = fakeSocket();
    const verdicts: number[] = [];
    const { look } = heartbeat(socket, { pingIntervalMs: 15_000, pongTimeoutMs: 10_000 }, () =>
      verdicts.push(asyncScheduler.now()),
    );
    asyncScheduler.schedule(look, 3_333);

    time.expectObservable(ping$).toBe('3333ms p', { p: 'p' });
    time.flush();
    expect(verdicts).toEqual([13_333]);
  });
});

it('does not look once it is stopped', () => {
  const { ping$, socket } = fakeSocket();
  const pings: unknown[] = [];
  ping$.subscribe((ping) => pings.push(ping));
  const { look, stop } = heartbeat(socket, options, () => undefined);
  stop();
  look();

  expect(pings).toEqual([]);
});

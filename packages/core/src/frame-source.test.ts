import { delayWhen, of, take, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { FrameSource } from './frame-source.js';
import type { Frame } from './transport.js';

const MEGABYTE = 1024 * 1024;

/** What a listener hears, its end included. */
function listen(source: FrameSource, told: Frame[] = []): Frame[] {
  source.values$.subscribe({
    next: (frame) => told.push(frame),
    error: (error: unknown) => told.push(`# ${String(error)}`),
    complete: () => told.push('|'),
  });
  return told;
}

it('keeps what comes before anyone listens for the first who does', () => {
  const source = new FrameSource();
  source.next('a');
  source.next('b');
  const first = listen(source);
  const second = listen(source);
  source.next('c');

  expect({ first, second }).toEqual({ first: ['a', 'b', 'c'], second: ['c'] });
});

it('keeps nothing once somebody has listened', () => {
  const source = new FrameSource();
  source.values$.subscribe().unsubscribe();
  source.next('a');

  expect(listen(source)).toEqual([]);
});

it('tells what comes while it tells what was kept after that', () => {
  const source = new FrameSource();
  source.next('a');
  source.next('b');
  const told: Frame[] = [];
  source.values$.subscribe((frame) => {
    told.push(frame);
    if (frame === 'a') source.next('c');
  });

  expect(told).toEqual(['a', 'b', 'c']);
});

it('keeps what is left when its listener leaves in the middle', () => {
  const source = new FrameSource();
  for (const frame of ['a', 'b', 'c']) source.next(frame);
  const first: Frame[] = [];
  source.values$.pipe(take(1)).subscribe((frame) => first.push(frame));

  expect({ first, then: listen(source) }).toEqual({ first: ['a'], then: ['b', 'c'] });
});

it('keeps nothing that comes after the end', () => {
  const source = new FrameSource();
  source.next('a');
  source.complete();
  source.next('b');

  expect(listen(source)).toEqual(['a', '|']);
});

it('loses nothing behind delayWhen', () => {
  new TestScheduler(() => undefined).run(({ flush }) => {
    const source = new FrameSource();
    const told: Frame[] = [];
    of(source)
      .pipe(delayWhen(() => timer(20)))
      .subscribe((late) => listen(late, told));
    source.next('a');
    source.next(Uint8Array.of(1));
    flush();

    expect(told).toEqual(['a', Uint8Array.of(1)]);
  });
});

it('keeps a megabyte', () => {
  const source = new FrameSource();
  source.next('x'.repeat(MEGABYTE - 1));
  source.next('y');

  expect(listen(source).map(({ length }) => length)).toEqual([MEGABYTE - 1, 1]);
});

it.each<[what: string, frames: readonly Frame[]]>([
  ['one frame', ['x'.repeat(MEGABYTE + 1)]],
  ['many frames', Array.from({ length: 1_025 }, () => new Uint8Array(1_024))],
])(
  'keeps nothing of more than a megabyte, and says that the connection is lost: %s',
  (_what, frames) => {
    const source = new FrameSource();
    for (const frame of frames) source.next(frame);
    source.next('and more');
    const lost =
      '# ConnectionClosedError: The connection was closed with 1006 (cut without a close).';

    expect(listen(source)).toEqual([lost]);
    source.next('later');
    expect(listen(source)).toEqual([lost]);
  },
);

it('says that the connection is lost when too much comes while it tells what was kept', () => {
  const source = new FrameSource();
  source.next('a');
  const told: string[] = [];
  source.values$.subscribe({
    next: (frame) => {
      told.push(String(frame));
      if (frame === 'a') source.next('x'.repeat(MEGABYTE + 1));
    },
    error: (error: unknown) => told.push(`# ${(error as Error).name}`),
  });
  source.next('b');

  expect(told).toEqual(['a', '# ConnectionClosedError']);
});

it('tells the end to who comes after it', () => {
  const source = new FrameSource();
  listen(source);
  source.complete();

  expect(listen(source)).toEqual(['|']);
});

import { map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expect, it } from 'vitest';

import type { KeyRead } from './key-reader.js';
import { oneByOne } from './one-by-one.js';

type Read = KeyRead | { readonly what: 'ready' };

const values: Readonly<Record<string, Read>> = {
  j: { what: 'key', key: 'j' },
  e: { what: 'key', key: 'e' },
  C: { what: 'key', key: 'C-c' },
  S: { what: 'several' },
  R: { what: 'ready' },
};

/** What passes with five frames of quiet. */
function expectPassed(reads: string, passed: string): void {
  new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  }).run((time) => {
    const reads$ = time.cold(reads, values).pipe(map((read) => read));
    time
      .expectObservable(reads$.pipe(oneByOne<{ readonly what: 'ready' }>(5)))
      .toBe(passed, values);
  });
}

it('lets keys pass that have quiet around them', () => {
  expectPassed(
    '-j-----e-------|', //
    '------j-----e--|',
  );
});

it('tells keys that are close together as several', () => {
  expectPassed(
    '-j--e----------|', //
    '---------S-----|',
  );
});

it('makes no key of one that is held down', () => {
  expectPassed(
    '-e-------e--e--e--e---------|', //
    '------e----------------S----|',
  );
});

it('lets Ctrl-C and what is no key pass at once', () => {
  expectPassed(
    '-R-xxC-----|'.replace('xx', 'j-'), //
    '-R---C-----|',
  );
});

it('gives nothing that it holds when nobody reads on', () => {
  expectPassed(
    '-j-|', //
    '---------|'.slice(0, 6) + '(j|)',
  );
});

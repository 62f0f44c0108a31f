import { inspect } from 'node:util';

import {
  catchError,
  concat,
  defer,
  EMPTY,
  firstValueFrom,
  from,
  NEVER,
  of,
  Subscription,
  throwError,
} from 'rxjs';
import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it, vi } from 'vitest';

import { releaseTokens } from './token-run.js';
import type { TokenRequest } from './token-run.js';
import { askToken, assertToken } from './token.js';
import type { Token } from './token.js';
import { TokenUnavailableError } from './transport-error.js';

function ask(token: Token): Observable<string> {
  return askToken('accessToken', token, { reason: 'connect' });
}

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

const failureOf = (token: Token): Promise<unknown> =>
  firstValueFrom(ask(token).pipe(catchError((error: unknown) => of(error))), {
    defaultValue: undefined,
  });

it.each<[kind: string, token: Token]>([
  ['a string', 'eyJh.bGci-Oi_J9~+/='],
  ['a function', () => 'eyJh.bGci-Oi_J9~+/='],
  ['an Observable', () => of('eyJh.bGci-Oi_J9~+/=')],
])('gives the token of %s in the same turn', (_kind, token) => {
  const seen: string[] = [];
  ask(token).subscribe((given) => seen.push(given));

  expect(seen).toEqual(['eyJh.bGci-Oi_J9~+/=']);
});

it.each<[kind: string, token: Token]>([
  ['a Promise', () => Promise.resolve('eyJh')],
  ['a thenable', () => ({ then: (resolve) => Promise.resolve('eyJh').then(resolve) })],
  ['an Observable that takes its time', () => from(Promise.resolve('eyJh'))],
])('gives the token of %s', async (_kind, token) => {
  expect(await firstValueFrom(ask(token), { defaultValue: undefined })).toBe('eyJh');
});

it('takes the first value of an Observable and leaves it', () => {
  run((time) => {
    const provided$ = time.cold('--a-b-#');
    const asked = '              ^-!    ';
    const expected = '           --(a|) ';

    time.expectObservable(ask(() => provided$)).toBe(expected);
    time.expectSubscriptions(provided$.subscriptions).toBe(asked);
  });
});

it('does not look beyond the first value', () => {
  const beyond$ = defer(() => throwError(() => new Error('looked')));
  const seen: string[] = [];
  ask(() => concat(of('eyJh'), beyond$)).subscribe((given) => seen.push(given));

  expect(seen).toEqual(['eyJh']);
});

it('leaves the Observable when it is left', () => {
  run((time) => {
    const provided$ = time.cold('-----a');
    const left = '               ^--!  ';
    const listened = '           ^--!  ';
    const expected = '           ------';
    const asked$ = ask(() => provided$);

    time.expectObservable(asked$, left).toBe(expected);
    time.expectSubscriptions(provided$.subscriptions).toBe(listened);
  });
});

it('asks anew for every subscription, and says why', () => {
  const token = vi.fn(() => NEVER);
  const asked$ = askToken('accessToken', token, { reason: 'unauthorized' });
  expect(token).not.toHaveBeenCalled();

  asked$.subscribe().unsubscribe();
  asked$.subscribe().unsubscribe();

  expect(token.mock.calls).toEqual([[{ reason: 'unauthorized' }], [{ reason: 'unauthorized' }]]);
});

const thrown = new RangeError('4711');

it.each<[what: string, token: Token, how: string, providerError: unknown]>([
  [
    'throws',
    () => {
      throw thrown;
    },
    'failed (RangeError)',
    thrown,
  ],
  ['rejects', () => Promise.reject(thrown), 'failed (RangeError)', thrown],
  ['errors', () => throwError(() => thrown), 'failed (RangeError)', thrown],
  [
    'rejects with a string',
    () => {
      // People do.
      return Promise.reject('4711');
    },
    'gave no usable token',
    '4711',
  ],
  ['completes empty', () => EMPTY, 'failed (EmptyError)', expect.any(Error)],
  ['gives an empty string', () => '', 'gave no usable token', undefined],
  ['gives an empty string later', () => Promise.resolve(''), 'gave no usable token', undefined],
  ['gives a line end', () => '4711\n', 'gave no usable token', undefined],
  ['gives another header', () => '4711\r\nX-Admin: 1', 'gave no usable token', undefined],
  ['gives a space', () => 'Bearer 4711', 'gave no usable token', undefined],
  ['gives a NUL', () => '4711\0', 'gave no usable token', undefined],
  ['gives what is not ASCII', () => '4711é', 'gave no usable token', undefined],
  [
    'gives no string',
    () => Promise.resolve(4711 as unknown as string),
    'gave no usable token',
    undefined,
  ],
  [
    'gives nothing',
    () => undefined as unknown as string,
    'failed (TypeError)',
    expect.any(TypeError),
  ],
])('fails when the provider %s, and does not tell the token', async (_what, token, how, cause) => {
  const error = await failureOf(token);

  expect(error).toBeInstanceOf(TokenUnavailableError);
  expect(error).toMatchObject({ token: 'accessToken' });
  expect((error as TokenUnavailableError).message).toBe(
    `The accessToken function ${how}; it must give a non-empty string.`,
  );
  expect((error as TokenUnavailableError).providerError).toEqual(cause);
  for (const shown of [inspect(error, { depth: Infinity }), JSON.stringify(error)]) {
    expect(shown).not.toContain('4711');
  }
});

it.each<Token>(['eyJh', '!', () => ''])('accepts %s', (token) => {
  expect(() => {
    assertToken('accessToken', token);
  }).not.toThrow();
});

it.each(['', ' ', '4711 ', '4711\n', '47\t11', '4711é', 4711, undefined, null, {}])(
  'refuses %j at once, without repeating it',
  (token) => {
    expect(() => {
      assertToken('conversationToken', token as Token);
    }).toThrow(
      new TypeError(
        'conversationToken must be a non-empty string without spaces or line ends, or a function that gives one.',
      ),
    );
  },
);

/** Asks for a call, whose dials all have one life. */
function askFor(life: Subscription, token: Token): Observable<string> {
  return askToken('accessToken', token, { reason: 'connect', life });
}

it('is not called beside itself: whoever asks meanwhile gets what it gives', () => {
  run((time) => {
    const token = vi.fn(() => time.cold('---a'));
    const first = '       ^-----';
    const second = '      --^---';
    const fourth = '      ----^-----';
    const firstHas = '    ---(a|)';
    const fourthHas = '   -------(a|)';

    time.expectObservable(ask(token), first).toBe(firstHas);
    time.expectObservable(ask(token), second).toBe(firstHas);
    time.expectObservable(ask(token), fourth).toBe(fourthHas);
    time.flush();

    expect(token).toHaveBeenCalledTimes(2);
  });
});

it('is called again for a fresh token once a call for any has ended', () => {
  run((time) => {
    const reasons: string[] = [];
    const token = ({ reason }: TokenRequest) => {
      reasons.push(reason);
      return reason === 'connect' ? time.cold('---a') : time.cold('--b');
    };
    const first = '       ^-------';
    const second = '      -^------';
    const firstHas = '    ---(a|)';
    const secondHas = '   -----(b|)';
    const fresh$ = askToken('accessToken', token, { reason: 'unauthorized' });

    time.expectObservable(ask(token), first).toBe(firstHas);
    time.expectObservable(fresh$, second).toBe(secondHas);
    time.flush();

    expect(reasons).toEqual(['connect', 'unauthorized']);
  });
});

it('gives a fresh token to who would take any', () => {
  run((time) => {
    const token = vi.fn(() => time.cold('---a'));
    const fresh$ = askToken('accessToken', token, { reason: 'unauthorized' });

    time.expectObservable(fresh$).toBe('---(a|)');
    time.expectObservable(ask(token), '-^').toBe('---(a|)');
    time.flush();

    expect(token).toHaveBeenCalledTimes(1);
  });
});

it('runs on when a dial has left, and gives the next of the same call what came meanwhile', () => {
  run((time) => {
    const life = new Subscription();
    const token = vi.fn(() => time.cold('---a'));
    const asked$ = askFor(life, token);

    time.expectObservable(asked$, '^-!').toBe('-');
    time.expectObservable(asked$, '------^').toBe('------(a|)');
    time.flush();

    expect(token).toHaveBeenCalledTimes(1);
  });
});

it('gives what came too late for one call to no other', () => {
  run((time) => {
    const token = vi.fn(() => time.cold('---a'));

    time.expectObservable(askFor(new Subscription(), token), '^-!').toBe('-');
    time.expectObservable(askFor(new Subscription(), token), '------^').toBe('---------(a|)');
    time.flush();

    expect(token).toHaveBeenCalledTimes(2);
  });
});

it.each<[what: string, outcome: string]>([
  ['failed', '---#'],
  ['gave nothing', '---|'],
  ['gave what cannot be sent', '---x'],
])('is called again where it %s meanwhile', (_what, outcome) => {
  run((time) => {
    const life = new Subscription();
    const given = [time.cold(outcome, { x: '' }), time.cold('-a')];
    const token = () => given.shift() ?? NEVER;
    const asked$ = askFor(life, token);

    time.expectObservable(asked$, '^-!').toBe('-');
    time.expectObservable(asked$, '------^').toBe('-------(a|)');
  });
});

it('keeps nothing once a dial has its tokens', () => {
  const life = new Subscription();
  const given = [of('first'), of('second')];
  const token = () => given.shift() ?? NEVER;
  const seen: string[] = [];
  askFor(life, token).subscribe((each) => seen.push(each));
  releaseTokens([token], { reason: 'connect', life });
  askFor(life, token).subscribe((each) => seen.push(each));

  expect(seen).toEqual(['first', 'second']);
});

it('leaves the Observable when the call is left', () => {
  run((time) => {
    const life = new Subscription();
    const provided$ = time.cold('-----a');
    const listened = '           ^---!';
    const asked$ = askFor(life, () => provided$);
    time.cold('----(x|)').subscribe(() => {
      life.unsubscribe();
    });

    time.expectObservable(asked$, '^-!').toBe('-');
    time.expectSubscriptions(provided$.subscriptions).toBe(listened);
  });
});

it('asks a thenable once, however many wait for it', async () => {
  const then = vi.fn((resolve: (token: string) => void) => {
    resolve('eyJh');
  });
  const token = vi.fn(() => ({ then }) as unknown as PromiseLike<string>);
  const both = await Promise.all([firstValueFrom(ask(token)), firstValueFrom(ask(token))]);

  expect(both).toEqual(['eyJh', 'eyJh']);
  expect(then).toHaveBeenCalledTimes(1);
});

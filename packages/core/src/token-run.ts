import {
  catchError,
  concat,
  defer,
  EMPTY,
  from,
  ignoreElements,
  isObservable,
  of,
  ReplaySubject,
  share,
  take,
  tap,
  throwIfEmpty,
} from 'rxjs';
import type { Observable, Subscription } from 'rxjs';

import type { DialRequest } from './dial-request.js';
import { isPromiseLike } from './internal/is-promise-like.js';
import { isUsableToken } from './internal/is-usable-token.js';

/** Why a token is asked for. */
export interface TokenRequest {
  /**
   * `unauthorized` when the dial or connection before ended with the verdict `refresh-token`, as a
   * 401 does: a cached token will not do.
   */
  readonly reason: DialRequest['reason'];
}

/** Gives a token. Of an Observable the first value counts. */
export type TokenFunction = (
  request: TokenRequest,
) => string | PromiseLike<string> | Observable<string>;

/** A token function that was called and gave no string yet. */
interface TokenRun {
  readonly reason: DialRequest['reason'];
  /** What it gives, to everyone who asks; the function runs until it is settled or nobody does. */
  readonly outcome$: Observable<unknown>;
  hasFailed: boolean;
}

interface KeptRun {
  readonly run: TokenRun;
  readonly held: Subscription;
}

/*
 * Neither is a transport's: that a function runs is a matter of the function, whoever called it, and
 * what it gives too late for one dial belongs to the call that dials again.
 */
const runs = new WeakMap<TokenFunction, TokenRun>();
const keptRuns = new WeakMap<Subscription, Map<TokenFunction, KeptRun>>();

/**
 * Calls a token function, but not beside itself: while it runs, whoever asks gets what it gives. One
 * that wants more than it was asked for (a fresh token of one that may give a cached one) waits for
 * its end, and calls it again.
 *
 * It runs on for the call that dials when a dial could not wait for it, and what it gives is there
 * for the next dial, until `releaseTokens`. An Observable is left when the last one who asked has
 * left; a Promise cannot be.
 */
export function runToken(token: TokenFunction, request: DialRequest): Observable<unknown> {
  return defer(() => {
    const kept = request.life && keptRuns.get(request.life)?.get(token)?.run;
    const run = kept?.hasFailed === false ? kept : runs.get(token);
    if (run === undefined) return start(token, request);
    if (run.reason !== request.reason && request.reason === 'unauthorized') {
      const ended$ = run.outcome$.pipe(
        ignoreElements(),
        catchError(() => EMPTY),
      );
      release(token, request);
      return concat(ended$, runToken(token, request));
    }
    keep(token, request, run);
    return run.outcome$;
  });
}

/** The tokens are there: what was kept of these functions is not needed any more. */
export function releaseTokens(tokens: readonly unknown[], request: DialRequest): void {
  for (const token of tokens)
    if (typeof token === 'function') release(token as TokenFunction, request);
}

function start(token: TokenFunction, request: DialRequest): Observable<unknown> {
  const given = token({ reason: request.reason });
  if (typeof given === 'string') return of(given);

  // A thenable may do its work again each time that it is asked; a Promise does it once.
  const canBeLeft = isObservable(given);
  const source$ = from(isPromiseLike(given) ? Promise.resolve(given) : given);
  const end = () => {
    if (runs.get(token) === run) runs.delete(token);
  };
  const run: TokenRun = {
    reason: request.reason,
    hasFailed: false,
    outcome$: source$.pipe(
      take(1),
      throwIfEmpty(),
      // Before anyone hears of its end, and may call it again.
      tap({
        next: (usable) => {
          run.hasFailed = !isUsableToken(usable);
        },
        error: () => {
          run.hasFailed = true;
          end();
        },
        complete: end,
        unsubscribe: end,
      }),
      share({
        connector: () => new ReplaySubject(1),
        resetOnComplete: false,
        resetOnError: false,
        resetOnRefCountZero: canBeLeft,
      }),
    ),
  };
  runs.set(token, run);
  keep(token, request, run);
  return run.outcome$;
}

/** Listens to a run for the life of the call, whatever becomes of this dial. */
function keep(token: TokenFunction, { life }: DialRequest, run: TokenRun): void {
  if (life === undefined) return;
  const kept = keptRuns.get(life) ?? new Map<TokenFunction, KeptRun>();
  if (kept.get(token)?.run === run) return;
  keptRuns.set(life, kept);
  kept.get(token)?.held.unsubscribe();
  const held = run.outcome$.subscribe({ error: () => undefined });
  life.add(held);
  kept.set(token, { run, held });
}

function release(token: TokenFunction, { life }: DialRequest): void {
  if (life === undefined) return;
  const kept = keptRuns.get(life);
  if (kept === undefined) return;
  kept.get(token)?.held.unsubscribe();
  kept.delete(token);
  if (kept.size === 0) keptRuns.delete(life);
}

import { defer, filter, map } from 'rxjs';
import type { Observable } from 'rxjs';

import { NO_FACTS } from './call-facts.js';
import type { CallFacts } from './call-facts.js';
import type { CallSnapshot } from './call-snapshot.js';
import { createUuid } from './create-uuid.js';
import type { Utterance } from './utterance-log.js';

/** All of a call: what was known of it before is replaced. */
export interface WholeCall {
  /** Where the call is with it, to go on from: the `id` of a server-sent event. */
  readonly id: string;
  readonly call: CallSnapshot;
}

/** What is new of a call since the change before. */
export interface CallPatch {
  /** Where the call is with it, to go on from: the `id` of a server-sent event. */
  readonly id: string;
  /** Those of its facts that are others now. */
  readonly facts?: Partial<CallFacts>;
  /** What was said since. */
  readonly said?: readonly Utterance[];
  /** How many utterances are kept, where older ones are not any more. */
  readonly keeps?: number;
}

/** A step of a call, as plain data that survives JSON: all of it first, then what is new. */
export type CallChange = WholeCall | CallPatch;

/** How far somebody is who hears the changes. */
interface Place {
  readonly epoch: string;
  readonly count: number;
  /** What he has; nothing is known of who comes back. */
  readonly call?: CallSnapshot;
}

const ID = /^([\da-f]{8})-(\d{1,15})$/;

/**
 * Tells a call by what changes, for who is far away: a sentence costs its own length, where `call$`
 * would send all that was said before it, too. Made once for a call; what it gives is asked for once
 * for each who follows.
 *
 *     call$          a---b---c---d-|
 *     changes()      A---b'--c'--d'|   all of it first, then what is new
 *     changes(b'.id)         c'--d'|   what is new since then, in one; all of it where that is not known
 *
 * Nothing is kept for it: what is new since an id is taken from the call itself, so who was away for
 * an hour gets one change, and one that is slow may be given the last alone. It completes and errors
 * as `call$` does, and holds no subscription of its own.
 *
 * @param call$ a call's own `call$`: what was said is told apart by identity
 * @returns the changes since an id, `Last-Event-ID` of an `EventSource`; anything else begins anew
 * @see {@link foldChange}, which makes a call of them again
 * @example
 * import { callChanges, liveCall } from '@livecall/core';
 * import type { Transport } from '@livecall/core';
 *
 * export function tell(transport: Transport, write: (json: string) => void) {
 *   const call = liveCall(transport);
 *   const changes = callChanges(call.call$);
 *   changes().subscribe((change) => {
 *     write(JSON.stringify(change));
 *   });
 *   return call.connect();
 * }
 */
export function callChanges(
  call$: Observable<CallSnapshot>,
): (since?: string) => Observable<CallChange> {
  let epoch = '';
  /** How many utterances there were in this epoch, also those that are not kept any more. */
  let count = 0;
  let last: readonly Utterance[] = [];

  /** Counts what is new, whoever sees it first. */
  const look = ({ utterances }: CallSnapshot) => {
    if (utterances === last && epoch !== '') return;
    const known =
      last.length === 0 ? -1 : utterances.lastIndexOf(last[last.length - 1] as Utterance);
    // So much came while nobody looked that none of what was counted is left.
    if (epoch === '' || (known < 0 && last.length > 0)) {
      epoch = createUuid().slice(0, 8);
      count = 0;
    }
    count += utterances.length - 1 - known;
    last = utterances;
  };

  const toChange = (call: CallSnapshot, place: Place | undefined): CallChange | undefined => {
    const id = `${epoch}-${count}`;
    if (place?.epoch !== epoch || place.count > count) return { id, call };
    const { utterances, ...facts } = call;
    const isNew = ([name, value]: [string, unknown]) =>
      place.call === undefined || place.call[name as keyof CallFacts] !== value;
    const news = Object.entries(facts).filter(isNew);
    const more = Math.min(count - place.count, utterances.length);
    const had = place.call?.utterances.length ?? Infinity;
    const isFewer = had + more > utterances.length;
    if (news.length === 0 && more === 0 && !isFewer) return undefined;
    return {
      id,
      ...(news.length > 0 && { facts: Object.fromEntries(news) }),
      ...(more > 0 && { said: utterances.slice(utterances.length - more) }),
      ...(isFewer && { keeps: utterances.length }),
    };
  };

  return (since = '') =>
    defer(() => {
      const [, known, had] = ID.exec(since) ?? [];
      let place: Place | undefined =
        known === undefined ? undefined : { epoch: known, count: Number(had) };
      return call$.pipe(
        map((call) => {
          look(call);
          const change = toChange(call, place);
          place = { epoch, count, call };
          return change;
        }),
        filter((change) => change !== undefined),
      );
    });
}

/**
 * Makes a call of its changes again; for `scan`, or wherever a page keeps its state.
 *
 * @param before the call with the change before; nothing at the beginning
 * @throws TypeError for a change that needs the one before it, where there is none
 * @example
 * import { foldChange } from '@livecall/core';
 * import type { CallChange, CallSnapshot } from '@livecall/core';
 * import { scan } from 'rxjs';
 * import type { Observable } from 'rxjs';
 *
 * export const toCall = (changes$: Observable<CallChange>): Observable<CallSnapshot> =>
 *   changes$.pipe(scan(foldChange, undefined as CallSnapshot | undefined)) as Observable<CallSnapshot>;
 */
export function foldChange(before: CallSnapshot | undefined, change: CallChange): CallSnapshot {
  // In JSON, what is undefined is not there.
  if ('call' in change) return { ...NO_FACTS, ...change.call };
  if (before === undefined) {
    throw new TypeError(
      'This change goes on from another, and there was none: ask for the changes without an id.',
    );
  }
  const { facts, said = [], keeps = Infinity } = change;
  const all = said.length > 0 ? [...before.utterances, ...said] : before.utterances;
  const utterances = all.length > keeps ? all.slice(all.length - keeps) : all;
  return { ...before, ...facts, utterances };
}

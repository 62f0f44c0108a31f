import { endCall, joinCall } from '@livecall/core';
import type { Command } from '@livecall/core';
import { asyncScheduler, EMPTY, mergeMap, of } from 'rxjs';
import type { OperatorFunction, SchedulerLike } from 'rxjs';

import type { CommandGate } from './command-gate.js';
import type { Typed } from './keys.js';

/** How soon the second `e` is to follow the first. */
const CONFIRM_MS = 5_000;

const commands: Readonly<Partial<Record<string, Command>>> = { j: joinCall, e: endCall };

/**
 * Makes commands of keys: `j` joins the call, `e` pressed twice ends it. Between the two no other
 * key may come, and no more than five seconds may pass.
 *
 * @param say tells why a key did nothing yet, or does nothing any more
 */
export function toCommands(
  gate: Pick<CommandGate, 'refusal'>,
  say: (message: string) => void,
  scheduler: SchedulerLike = asyncScheduler,
): OperatorFunction<Typed, Command> {
  return (typed$) => {
    let confirmedUntil = -Infinity;
    return typed$.pipe(
      mergeMap((typed) => {
        const isConfirmed = scheduler.now() <= confirmedUntil;
        confirmedUntil = -Infinity;
        const command = typed.what === 'key' ? commands[typed.key] : undefined;
        if (command === undefined) return EMPTY;
        const refusal = gate.refusal(command);
        if (refusal !== undefined) {
          say(refusal);
          return EMPTY;
        }
        if (command !== endCall || isConfirmed) return of(command);
        confirmedUntil = scheduler.now() + CONFIRM_MS;
        say(`press e again within ${CONFIRM_MS / 1_000} s to end the call itself`);
        return EMPTY;
      }),
    );
  };
}

import { endCall, joinCall, sendCommand } from '@livecall/core';
import type { Command, CommandResult, ConnectionState, LiveCall } from '@livecall/core';
import {
  delay,
  EMPTY,
  filter,
  ignoreElements,
  lastValueFrom,
  map,
  merge,
  share,
  take,
  takeLast,
  takeUntil,
  tap,
  withLatestFrom,
} from 'rxjs';
import type { Observable } from 'rxjs';

import { callExitError } from './call-exit-error.js';
import { createCommandGate } from './command-gate.js';
import { exitCodes } from './exit-error.js';
import type { Typed } from './keys.js';
import { say } from './say.js';
import { stopped } from './stopped.js';
import { toCommands } from './to-commands.js';

/** What is asked of a call that is followed. */
export interface FollowOptions {
  /** Milliseconds after the call was connected. */
  readonly joinAfter?: number;
  /** Milliseconds after the call was connected. */
  readonly endAfter?: number;
  /** The keyboard. */
  readonly typed$: Observable<Typed>;
  /** What is asked for elsewhere, by a page; each once. */
  readonly asked$?: Observable<Command>;
  /** Called with what became of a command, or why it was not sent. */
  readonly onSettled?: (command: Command, result: CommandResult | string) => void;
  /** Emits when there is nothing to record into any more. */
  readonly lost$: Observable<unknown>;
}

/** How it went. */
export interface Followed {
  readonly state: ConnectionState;
  /** What stopped it, as an exit code; nothing where the call ended by itself. */
  readonly stopCode: number | undefined;
  /** Whether a connection was ever open. */
  readonly hasOpened: boolean;
}

/** Follows a call until it ends or the person stops, and does what they ask meanwhile. */
export async function followCall(
  call: LiveCall,
  { joinAfter, endAfter, typed$: keyboard$, asked$ = EMPTY, onSettled, lost$ }: FollowOptions,
): Promise<Followed> {
  let stopCode: number | undefined;
  let hasOpened = false;
  const typed$ = keyboard$.pipe(share());
  const gate = createCommandGate();
  const opened$ = call.state$.pipe(
    filter(({ status }) => status === 'open'),
    take(1),
    tap(() => (hasOpened = true)),
    share(),
  );
  function toDelayed(ms: number | undefined, command: Command): Observable<Command> {
    return ms === undefined
      ? EMPTY
      : opened$.pipe(
          delay(ms),
          map(() => command),
        );
  }

  const pressed$ = typed$.pipe(
    toCommands(gate, say),
    withLatestFrom(call.state$),
    map(([command, { status }]) => {
      if (status !== 'open') say('not connected; it is sent if a connection opens within 5 s');
      return command;
    }),
  );
  const commands$ = merge(
    pressed$,
    asked$,
    toDelayed(joinAfter, joinCall),
    toDelayed(endAfter, endCall),
  ).pipe(
    filter((command) => {
      const refusal = gate.refusal(command);
      if (refusal === undefined) gate.sending(command);
      else {
        say(refusal);
        onSettled?.(command, refusal);
      }
      return refusal === undefined;
    }),
    sendCommand(call, { whenNotOpen: 'wait' }),
    tap((result) => {
      gate.settled(result);
      onSettled?.(result.command, result);
      if (result.status === 'failed') say(result.error.message);
    }),
  );
  const retries$ = call.state$.pipe(
    filter((state) => state.status === 'reconnecting'),
    tap(({ delayMs, cause }) => {
      const when = delayMs < 50 ? 'at once' : `in ${(delayMs / 1_000).toFixed(1)} s`;
      say(`${callExitError(cause).message} Dialling again ${when}.`);
    }),
  );
  // The first of them stops the recording; a second Ctrl-C finds no listener and ends the process.
  const stop$ = merge(
    stopped(),
    typed$.pipe(
      filter((typed) => typed.what === 'key' && (typed.key === 'q' || typed.key === 'C-c')),
      map(() => exitCodes.ok),
    ),
    lost$.pipe(map(() => exitCodes.ioError)),
  ).pipe(
    take(1),
    tap((code) => {
      stopCode = code;
      say('stopping; the call itself goes on');
      following.unsubscribe();
    }),
  );

  // Once nothing more can be said of it: the end of the call settles the commands that wait.
  const over$ = call.state$.pipe(takeLast(1));
  // First of all who tells of the keys: that there are none is said at once.
  merge(tellKeys(typed$), opened$, commands$, retries$, stop$).pipe(takeUntil(over$)).subscribe();
  const following = call.connect();
  const state = await lastValueFrom(call.state$, { defaultValue: { status: 'idle' } as const });
  return { state, stopCode, hasOpened };
}

/** Tells the person which keys there are, and why one did nothing. */
function tellKeys(typed$: Observable<Typed>): Observable<never> {
  const messages = {
    ready: 'keys: j joins the call, e e ends it, q stops the recording',
    background: 'in the background: no keys are taken until it is in the foreground (fg)',
    several: 'keys that come together, as a paste does, do nothing; press one alone',
  } as const;
  const once$ = typed$.pipe(
    filter(({ what }) => what === 'several'),
    take(1),
  );
  return merge(typed$.pipe(filter(({ what }) => what !== 'several')), once$).pipe(
    tap(({ what }) => {
      if (what !== 'key') say(messages[what]);
    }),
    ignoreElements(),
  );
}

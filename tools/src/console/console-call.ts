import type { Command, CommandResult, ConnectionState } from '@livecall/core';
import { distinctUntilChanged, map, ReplaySubject, share } from 'rxjs';
import type { Observable } from 'rxjs';

/** How a call stands that is followed in this process. */
export interface LiveStatus {
  /** The recording that is written meanwhile. */
  readonly id: number;
  readonly state: ConnectionState['status'];
}

/** What a page is told of a command. */
export interface CommandAnswer {
  readonly isAcknowledged: boolean;
  /** What happened to it, in a sentence. */
  readonly told: string;
}

/** A call that is followed in this process, as the console's page has it. */
export interface ConsoleCall {
  /** The recording that is written meanwhile. */
  readonly id: number;
  /** The last first; completes with the call. */
  readonly status$: Observable<LiveStatus>;
  /** Sends a command, unless it was sent already. */
  command(type: Command['type']): Promise<CommandAnswer>;
  /** The numbers that are known, by what stands for them in the recording; in memory alone. */
  numbers(): Readonly<Record<string, string>>;
}

/** What it is made of. */
export interface ConsoleCallOptions {
  readonly id: number;
  readonly state$: Observable<ConnectionState>;
  /** Sends a command; the same as where it was given by a key. */
  readonly command: (command: Command) => Promise<CommandResult | string>;
  readonly numbers: () => Readonly<Record<string, string>>;
}

/** Makes what a page may ask of one. */
export function createConsoleCall({
  id,
  state$,
  command,
  numbers,
}: ConsoleCallOptions): ConsoleCall {
  return {
    id,
    status$: state$.pipe(
      map(({ status }): LiveStatus => ({ id, state: status })),
      distinctUntilChanged((one, other) => one.state === other.state),
      share({ connector: () => new ReplaySubject<LiveStatus>(1), resetOnRefCountZero: true }),
    ),
    command: async (type) => {
      const result = await command({ type });
      if (typeof result === 'string') return { isAcknowledged: false, told: result };
      return result.status === 'acknowledged'
        ? { isAcknowledged: true, told: 'acknowledged' }
        : { isAcknowledged: false, told: result.error.message };
    },
    numbers,
  };
}

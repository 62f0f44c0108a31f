import { catchError, map, mergeMap, of } from 'rxjs';
import type { Observable, OperatorFunction } from 'rxjs';

import type { CommandError } from './command-error.js';
import { assertCommandOptions } from './issue-command.js';
import type { CommandOptions } from './issue-command.js';
import type { Acknowledged } from './live-call.js';
import type { Command } from './protocol/commands.js';

/** What became of one command. */
export type CommandResult<Out = Command, Result = Acknowledged> =
  | {
      readonly command: Out;
      readonly status: 'acknowledged';
      readonly acknowledged: Result;
    }
  | { readonly command: Out; readonly status: 'failed'; readonly error: CommandError };

/** Whatever sends commands: a live call, or a channel. */
export interface Commanded<Out, Result> {
  command(command: Out, options?: CommandOptions): Observable<Result>;
}

/**
 * Sends each command of a stream and emits what became of it, as it becomes known.
 *
 *     command$  --j-----e----|
 *     result    ----J-----F--|   an ack; a failure, which is a value
 *
 * Commands do not wait for one another. One that failed is not sent again; what is no command fails
 * unsent.
 *
 * @throws TypeError for an option that cannot be
 * @example
 * import { joinCall, sendCommand } from '@livecall/core';
 * import type { LiveCall } from '@livecall/core';
 * import { map } from 'rxjs';
 * import type { Observable } from 'rxjs';
 *
 * export const joinOnClick = (call: LiveCall, clicks$: Observable<unknown>) =>
 *   clicks$.pipe(
 *     map(() => joinCall),
 *     sendCommand(call),
 *   );
 */
export function sendCommand<Out, Result>(
  commanded: Commanded<Out, Result>,
  options: CommandOptions = {},
): OperatorFunction<Out, CommandResult<Out, Result>> {
  assertCommandOptions(options);

  return mergeMap((command) =>
    commanded.command(command, options).pipe(
      map((acknowledged): CommandResult<Out, Result> => ({
        command,
        status: 'acknowledged',
        acknowledged,
      })),
      catchError((error: unknown) =>
        of<CommandResult<Out, Result>>({
          command,
          status: 'failed',
          error: error as CommandError,
        }),
      ),
    ),
  );
}

import { catchError, map, mergeMap, of, throwError } from 'rxjs';
import type { Observable, OperatorFunction } from 'rxjs';

import { SendFailedError } from './command-error.js';
import type { CommandError } from './command-error.js';
import { assertCommandOptions } from './issue-command.js';
import type { Acknowledged, CommandOptions } from './issue-command.js';
import type { LiveCall } from './live-call.js';
import type { Command } from './protocol.js';

/** What became of one command. */
export type CommandResult =
  | {
      readonly command: Command;
      readonly status: 'acknowledged';
      readonly acknowledged: Acknowledged;
    }
  | { readonly command: Command; readonly status: 'failed'; readonly error: CommandError };

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
export function sendCommand(
  call: Pick<LiveCall, 'joinCall' | 'endCall'>,
  options: CommandOptions = {},
): OperatorFunction<Command, CommandResult> {
  assertCommandOptions(options);

  return mergeMap((command) =>
    issue(call, command, options).pipe(
      map((acknowledged): CommandResult => ({ command, status: 'acknowledged', acknowledged })),
      catchError((error: unknown) =>
        of<CommandResult>({ command, status: 'failed', error: error as CommandError }),
      ),
    ),
  );
}

/** What is no command must not become one: it is the last that could be taken back. */
function issue(
  call: Pick<LiveCall, 'joinCall' | 'endCall'>,
  command: Command,
  options: CommandOptions,
): Observable<Acknowledged> {
  const type: unknown = (command as Partial<Command> | null | undefined)?.type;
  switch (type) {
    case 'client:joinCall':
      return call.joinCall(options);
    case 'client:endCall':
      return call.endCall(options);
    default:
      return throwError(
        () =>
          new SendFailedError(
            'A command',
            'not-sent',
            'livecall knows client:joinCall and client:endCall, and it is neither',
          ),
      );
  }
}

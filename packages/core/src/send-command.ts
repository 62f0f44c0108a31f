import { catchError, map, mergeMap, of } from 'rxjs';
import type { OperatorFunction } from 'rxjs';

import { assertDurationMs } from './assert-duration-ms.js';
import type { CommandError } from './errors.js';
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
 * Commands do not wait for one another. One that failed is not sent again.
 *
 * @throws TypeError for an `ackTimeoutMs` that is no duration
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
  const { ackTimeoutMs = 0 } = options;
  assertDurationMs({ ackTimeoutMs });

  return mergeMap((command) => {
    const acknowledged$ =
      command.type === 'client:joinCall' ? call.joinCall(options) : call.endCall(options);
    return acknowledged$.pipe(
      map((acknowledged): CommandResult => ({ command, status: 'acknowledged', acknowledged })),
      catchError((error: unknown) =>
        of<CommandResult>({ command, status: 'failed', error: error as CommandError }),
      ),
    );
  });
}

import { ConnectFailedError, HandshakeTimeoutError } from '@livecall/core';
import { assertOneOf } from '@livecall/core/internal';

import type { Fault } from './create-fault.js';
import { assertFaultOptions } from './fault-options.js';
import { interceptDials } from './intercept-dials.js';
import type { DialChoice } from './intercept-dials.js';

/** Which dials get no answer, and why. */
export interface FailDialOptions extends DialChoice {
  /**
   * `unreachable`: nobody is there. `timeout`: nobody answers, which the client finds out after
   * `afterMs` in process, and by its own patience over a real socket.
   * @default 'unreachable'
   */
  readonly reason?: 'unreachable' | 'timeout';
  /** The system's code for it. @default 'ECONNREFUSED' */
  readonly code?: string;
}

/**
 * Leaves dials without an answer, then lets them through.
 *
 * @throws TypeError for an option that cannot be
 * @example
 * import { failDial } from '@livecall/tools';
 *
 * const offlineTwice = failDial({ times: 2, code: 'ENETUNREACH' });
 */
export function failDial(options: FailDialOptions = {}): Fault {
  assertFaultOptions('fail', options);
  const { reason = 'unreachable', code = 'ECONNREFUSED', afterMs = 0 } = options;
  assertOneOf({ reason }, ['unreachable', 'timeout']);
  return interceptDials('fail', options, () =>
    reason === 'timeout'
      ? new HandshakeTimeoutError(afterMs)
      : new ConnectFailedError(Object.assign(new Error(`${code}, as a fault`), { code })),
  );
}

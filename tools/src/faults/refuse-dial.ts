import { HandshakeRefusedError } from '@livecall/core';
import { assertDurationMs, assertWhole } from '@livecall/core/internal';

import type { Fault } from './create-fault.js';
import { assertFaultOptions } from './fault-options.js';
import { interceptDials } from './intercept-dials.js';
import type { DialChoice } from './intercept-dials.js';

/** Which dials are refused, and how. */
export interface RefuseDialOptions extends DialChoice {
  /** The HTTP status. */
  readonly status: number;
  /** What `Retry-After` says, in milliseconds; whole seconds over a real socket. */
  readonly retryAfterMs?: number;
}

/**
 * Answers dials with another status than 101, then lets them through.
 *
 * @throws TypeError for an option that cannot be
 * @example
 * import { refuseDial } from '@livecall/tools';
 *
 * const busy = refuseDial({ status: 503, retryAfterMs: 2_000 });
 */
export function refuseDial(options: RefuseDialOptions): Fault {
  assertFaultOptions('refuse', options);
  const { status, retryAfterMs } = options;
  assertWhole({ status }, 200, 599);
  assertDurationMs({ retryAfterMs });
  return interceptDials('refuse', options, () => new HandshakeRefusedError(status, retryAfterMs));
}

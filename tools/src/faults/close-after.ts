import { classify, ConnectionClosedError } from '@livecall/core';
import { concatMap, defer } from 'rxjs';

import { holdCall } from './hold-call.js';
import { locate } from './place.js';
import type { Place } from './place.js';
import { fromSignals, toSignals } from './signal.js';
import type { Fault, Signal } from './signal.js';

/** Where the server closes, and with what. */
export interface CloseAfterOptions extends Place {
  /** The close code; 1006 cuts the connection, 1005 closes without a code. @default 1006 */
  readonly code?: number;
  readonly reason?: string;
}

/**
 * Ends the connection in the middle of the call.
 *
 * With a code after which a client dials again, the call goes on where it was when it does.
 */
export function closeAfter({ code = 1006, reason = '', ...place }: CloseAfterOptions): Fault {
  const error = new ConnectionClosedError(code, reason);
  const isRejoined = classify(error) === 'retry';

  return (transport) => {
    const call = holdCall(toSignals(transport));
    let dials = 0;
    return defer(() => {
      dials += 1;
      const cut$ = call.signals$.pipe(
        locate(place, dials),
        concatMap(({ signal, stands }): readonly Signal[] => {
          if (stands !== 'here') return [signal];
          if (isRejoined) call.hold();
          return [signal, { kind: 'end', error }];
        }),
      );
      return fromSignals(cut$);
    });
  };
}

import { classify, ConnectionClosedError } from '@livecall/core';
import { assertWhole } from '@livecall/core/internal';
import { concat, concatMap, defer, of } from 'rxjs';
import type { Observable } from 'rxjs';

import { createFault } from './create-fault.js';
import type { Fault } from './create-fault.js';
import { assertFaultOptions } from './fault-options.js';
import { holdCall } from './hold-call.js';
import { assertPlace, locate, toReached } from './place.js';
import type { Place } from './place.js';
import { fromSignals, tell, toSignals } from './signal.js';
import type { Signal } from './signal.js';

/** Where the server closes, and with what. */
export interface CloseAfterOptions extends Place {
  /** The close code; 1006 cuts the connection, 1005 closes without a code. @default 1006 */
  readonly code?: number;
  /** What the server says with it. @default '' */
  readonly reason?: string;
}

/**
 * Ends the connection in the middle of the call.
 *
 * With a code after which a client dials again, the call goes on where it was when it does.
 *
 * @throws TypeError for an option that cannot be
 * @example
 * import { closeAfter, loadRecording, replay } from '@livecall/tools';
 *
 * const recording = await loadRecording('recordings/joined-call.ndjson');
 * const transport = replay(recording).pipe(closeAfter({ frames: 3, code: 1012 }));
 */
export function closeAfter(options: CloseAfterOptions): Fault {
  assertFaultOptions('close', options);
  const { code = 1006, reason = '', ...place } = options;
  assertPlace(place);
  assertWhole({ code }, 1000, 4999);
  const error = new ConnectionClosedError(code, reason);
  const isRejoined = classify(error) === 'retry';

  return createFault('close', options, toReached(place), (report) => (transport) => {
    const call = holdCall(toSignals(transport));
    let dials = 0;
    return defer(() => {
      dials += 1;
      const cut$ = call.signals$.pipe(
        tell(report),
        locate(place, dials),
        concatMap(({ signal, stands }): Observable<Signal> => {
          if (stands !== 'here') return of(signal);
          const end$ = defer(() => {
            report.struck();
            // Only now: a client that hangs up at this very signal is not coming back.
            if (isRejoined) call.hold();
            return of<Signal>({ kind: 'end', error });
          });
          return concat(of(signal), end$);
        }),
      );
      return fromSignals(cut$);
    });
  });
}

import { failureName } from '@livecall/core/internal';
import { noop } from 'rxjs';

import { callSafely } from './call-safely.js';
import type { RefusedHandshake } from './read-request.js';

/** Who hears of what a server survives. */
export interface FailureListeners {
  /** Called with each handshake that is not as published or not let in, before the app is asked. */
  readonly onRefused?: (refused: RefusedHandshake) => void;
  /**
   * Called with what code of someone else's threw, a route, `authorize`, a transport or `onRefused`:
   * the server goes on.
   * @default a warning of the process's, which says what failed, and not in which words
   */
  readonly onError?: (failure: unknown) => void;
}

/** Tells the listeners, which may fail themselves. */
export interface FailureTelling {
  onFailure(failure: unknown): void;
  tellRefused(refused: RefusedHandshake): void;
}

/** Makes what tells them. @param server whose they are, and what of it may fail */
export function tellFailures(
  { onRefused, onError }: FailureListeners,
  server: keyof typeof WARNINGS,
): FailureTelling {
  const onFailure = (failure: unknown) => {
    // One that fails itself has nobody to tell.
    callSafely(() => {
      if (onError === undefined) warn(failure, server);
      else onError(failure);
    }, noop);
  };
  return {
    onFailure,
    tellRefused: (refused) => {
      callSafely(() => onRefused?.(refused), onFailure);
    },
  };
}

const WARNINGS = {
  serve: ['A route, a transport or a callback of serve()', 'LivecallServeWarning'],
  relay: ['authorize, a transport or a callback of relay()', 'LivecallRelayWarning'],
} as const;

/** The words of an error can hold what must not stand in a log. */
function warn(failure: unknown, server: keyof typeof WARNINGS): void {
  const [who, type] = WARNINGS[server];
  process.emitWarning(
    `${who} failed with ${failureName(failure)}; onError is told the whole of it.`,
    type,
  );
}

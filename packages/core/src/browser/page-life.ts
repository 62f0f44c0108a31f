import { Subscription } from 'rxjs';

/** Whoever tells of events: a window, a document. */
export interface PageEvents {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

type Listener = (event: { readonly persisted?: boolean }) => void;

/** What is needed of a page's `window`; a worker has it without a document. */
export interface PageWindow extends PageEvents {
  readonly document?: PageEvents & { readonly visibilityState?: string };
}

/** What happens to a page. */
export interface PageLife {
  /**
   * It stops running.
   *
   * @param isKept whether it may run on later: it is frozen, or in the back/forward cache
   */
  leaves(isKept: boolean): void;
  /**
   * It runs again, or is looked at again; whichever of the events is first tells.
   *
   * @param hasNetwork whether the network is what came back
   */
  returns(hasNetwork: boolean): void;
}

/**
 * Hears of what a browser does to a page: its socket is dead after each of these, and nobody says so.
 *
 * @returns what stops it
 */
export function watchPage(
  window: PageWindow | undefined,
  { leaves, returns }: PageLife,
): Subscription {
  const document = window?.document;
  const watching = new Subscription();
  const hear = (source: PageEvents | undefined, type: string, listener: Listener) => {
    // `fromEvent` and what it takes of RxJS would be 0.6 kB of a page.
    source?.addEventListener(type, listener as () => void);
    watching.add(() => source?.removeEventListener(type, listener as () => void));
  };
  const back = () => {
    returns(false);
  };

  hear(document, 'freeze', () => {
    leaves(true);
  });
  hear(window, 'pagehide', ({ persisted = false }) => {
    leaves(persisted);
  });
  // Out of the back/forward cache, `resume` comes first in Chromium, and in Safari never.
  hear(document, 'resume', back);
  hear(window, 'pageshow', back);
  hear(window, 'online', () => {
    returns(true);
  });
  // A hidden page's timers stand still for a minute at a time.
  hear(document, 'visibilitychange', () => {
    if (document?.visibilityState === 'visible') back();
  });
  return watching;
}

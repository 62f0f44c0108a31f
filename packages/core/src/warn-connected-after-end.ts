import type { Subscription } from 'rxjs';

const CONNECTED_AFTER_END =
  'livecall: connect() on a call that is over does nothing; call liveCall() anew, in React within the effect.';

/**
 * Says on the console, soon, that nothing comes of it. A second mount of React's StrictMode connects
 * a call that its first one hung up on. `connect().unsubscribe()` is a hang-up, and is none of that.
 */
export function warnConnectedAfterEnd(life: Subscription): void {
  let hasLeft = false;
  queueMicrotask(() => {
    if (!hasLeft) console.warn(CONNECTED_AFTER_END);
  });
  const unsubscribe = life.unsubscribe.bind(life);
  life.unsubscribe = () => {
    hasLeft = true;
    unsubscribe();
  };
}

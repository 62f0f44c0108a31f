import type * as server from '@livecall/server';

/**
 * The `serve` of `@livecall/server`, for a test of replays. Most tests serve nothing: so that, and
 * `ws` with it, is loaded when it is first called.
 *
 * @throws TypeError for a bound that is less than 1
 * @returns rejects with the system's error when it cannot listen (`EADDRINUSE`)
 */
export const serve: typeof server.serve = async (route, options) => {
  const { serve: serveNow } = await import('@livecall/server');
  return serveNow(route, options);
};

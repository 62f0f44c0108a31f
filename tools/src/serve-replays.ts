import { patience } from '@livecall/core';
import type { Transport } from '@livecall/core';
import type { DialledClient, Route, ServeOptions, Server } from '@livecall/server';
import { finalize, forkJoin, isObservable, lastValueFrom, takeUntil } from 'rxjs';

import { toHandshakeDivergence } from './replay/divergence.js';
import type { Divergence } from './replay/divergence.js';
import type { Replay } from './replay/replay.js';
import { serve } from './serve.js';
import { createServedReplays } from './served-replays.js';

/** So many refused handshakes are told of; who sends more is no client that is tested. */
const MAX_REFUSALS = 1_000;

/** How long those that are being closed may take for it, in milliseconds. */
const CLOSE_WITHIN_MS = 1_000;

/** A server of replays. */
export interface ReplaysServer extends Server {
  /**
   * Waits until every replay served is played to its end, and gives where the clients departed from
   * them, refused handshakes first; each wait is bounded by the replay's `waitMs`. It knows the
   * replays that the route gave as they are: of one behind an operator, ask the replay itself.
   */
  done(): Promise<readonly Divergence[]>;
}

/**
 * Puts replays behind a real WebSocket server, and has the verdict on its clients.
 *
 * @param route one replay for all, or a function that chooses one for each dial; what is no replay
 *   is served, and not judged
 * @throws TypeError for a bound that is less than 1
 * @returns rejects with the system's error when it cannot listen (`EADDRINUSE`)
 * @see {@link serve}
 * @example
 * import { loadRecording, replay, serveReplays } from '@livecall/tools';
 *
 * const recording = await loadRecording('recordings/joined-call.ndjson');
 * await using server = await serveReplays(replay(recording));
 * console.log(server.url);
 */
export async function serveReplays(
  route: Route | Transport,
  options: ServeOptions = {},
): Promise<ReplaysServer> {
  const replays = createServedReplays();
  const handshakes: Divergence[] = [];
  const clients = new Set<DialledClient>();
  if (isObservable(route) && isReplay(route)) replays.add(route);
  const choose: Route = isObservable(route) ? () => route : route;

  const server = await serve(
    (request) => {
      const transport = choose(request);
      if (!isReplay(transport)) return transport;
      const { client } = request;
      clients.add(client);
      replays.add(transport);
      // Behind what unsubscribes it.
      client.closed$.pipe(finalize(() => clients.delete(client))).subscribe({
        complete: () => {
          replays.letGo(transport);
        },
      });
      return transport;
    },
    {
      ...options,
      onRefused: (refused) => {
        if (handshakes.length < MAX_REFUSALS) handshakes.push(toHandshakeDivergence(refused));
        return options.onRefused?.(refused);
      },
    },
  );
  /** Waits for those that are being closed: with which code may be a departure, too. */
  const allClosed = async () => {
    const closing = [...clients].filter((client) => client.isClosing());
    const closed$ = forkJoin(closing.map((client) => client.closed$));
    await lastValueFrom(closed$.pipe(takeUntil(patience(CLOSE_WITHIN_MS))), { defaultValue: [] });
  };
  return {
    ...server,
    async done() {
      const divergences = await replays.done(allClosed);
      return [...handshakes, ...divergences];
    },
  };
}

function isReplay(transport: Transport): transport is Replay {
  return isObservable(transport) && 'done' in transport && typeof transport.done === 'function';
}

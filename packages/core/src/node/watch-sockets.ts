import type { AsyncLocalStorage } from 'node:async_hooks';

/** The TCP connections that were begun in the course of one dial. */
export interface WatchedSockets {
  /** Calls what dials, and watches what comes of it from then on. */
  run<T>(dial: () => T): T;
  /** Watches no more: the dial has come to something, and what it made is in use. */
  stop(): void;
  /** Cuts what was begun, and watches no more. */
  cut(): void;
}

interface Destroyable {
  destroy(): void;
}

/**
 * Watches for the TCP connections that an agent begins for a dial. A request that is given up closes
 * the socket it has; while an agent is still asking a proxy for the way, it has none, and neither
 * `https-proxy-agent` nor Node's own agent ends the connection to a proxy that does not answer.
 *
 * Where the runtime does not tell of connections (a browser; Bun, which tunnels by itself and cleans
 * up), nothing is watched. Node 20 does not tell of those that begin with TLS.
 */
export function watchSockets(): WatchedSockets {
  const contexts = (storage ??= createStorage());
  const sockets = new Set<Destroyable>();
  const mine = {};
  const listen = (message: unknown) => {
    if (contexts?.getStore() !== mine) return;
    sockets.add((message as { readonly socket: Destroyable }).socket);
  };
  const stop = () => {
    if (!watching.delete(mine)) return;
    sockets.clear();
    diagnostics()?.unsubscribe(CHANNEL, listen);
    // On Node 20 and 22 it costs every Promise something while it is in use.
    if (watching.size === 0) contexts?.disable();
  };
  return {
    run(dial) {
      if (contexts === undefined) return dial();
      watching.add(mine);
      diagnostics()?.subscribe(CHANNEL, listen);
      return contexts.run(mine, dial);
    },
    stop,
    cut() {
      const begun = [...sockets];
      stop();
      for (const socket of begun) socket.destroy();
    },
  };
}

const CHANNEL = 'net.client.socket';

/** Which dials are watched, and what tells them apart: as long as there is one, and no longer. */
const watching = new Set<object>();
let storage: AsyncLocalStorage<object> | undefined;

/* Not imported: what a page bundles has no modules of Node's. */

const builtIns = () => (globalThis as { readonly process?: Partial<NodeJS.Process> }).process;

function createStorage(): AsyncLocalStorage<object> | undefined {
  const hooks = builtIns()?.getBuiltinModule?.('node:async_hooks');
  return hooks && new hooks.AsyncLocalStorage();
}

function diagnostics() {
  return builtIns()?.getBuiltinModule?.('node:diagnostics_channel');
}

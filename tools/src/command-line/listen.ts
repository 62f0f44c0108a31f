import { failureName, systemCode } from '@livecall/core/internal';
import { serve } from '@livecall/server';
import type { Route, ServeOptions, Server } from '@livecall/server';

import { showDivergence, toHandshakeDivergence } from '../replay/divergence.js';
import { exitCodes, ExitError } from './exit-error.js';
import { say } from './say.js';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'the port needs permission; choose one from 1024 on, or 0 for a free one',
  EADDRINUSE: 'the port is in use; choose another, or 0 for a free one',
  EADDRNOTAVAIL: 'the address is none of this machine',
  ENOTFOUND: 'there is no such host',
};

/** Where a command listens, and whom it lets in. */
export interface ListenOptions extends Omit<
  ServeOptions,
  'allowedOrigins' | 'onRefused' | 'onError'
> {
  readonly host: string;
  readonly port: number;
  readonly allowOrigin?: readonly string[];
  /** Called with each handshake that is not as published; it is said already. */
  readonly onRefused?: () => void;
}

/**
 * Serves a route for a command: says what it refuses and what fails, and ends the command where it
 * cannot listen.
 */
export async function listen(
  route: Route,
  { allowOrigin = [], onRefused, ...serveOptions }: ListenOptions,
): Promise<Server> {
  const { host, port } = serveOptions;
  try {
    const server = await serve(route, {
      ...serveOptions,
      allowedOrigins: allowOrigin.map(toOrigin),
      onRefused: (refused) => {
        const isOrigin = refused.status === 403;
        const shown = showDivergence(toHandshakeDivergence(refused));
        say(`${shown}${isOrigin ? '; --allow-origin lets one in' : ''}`);
        onRefused?.();
      },
      onError: (failure) => {
        say(`a dial failed with ${failureName(failure)}; this is a fault of livecall's`);
      },
    });
    if (host === '0.0.0.0' || host === '::') {
      say(
        `listening on every address; another machine dials this one by its name, port ${server.port}`,
      );
    }
    return server;
  } catch (cause) {
    if (cause instanceof ExitError) throw cause;
    const code = systemCode(cause);
    throw new ExitError(
      exitCodes.unavailable,
      `Cannot listen on ${host}:${port}: ${reasons[code] ?? code}.`,
      { cause },
    );
  }
}

/** An origin as a browser sends it. */
function toOrigin(text: string): string {
  if (text === 'null') return text;
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  if (origin !== 'null') return origin;
  throw new ExitError(
    exitCodes.usage,
    '--allow-origin: an origin is like https://app.example or http://localhost:5173.',
  );
}

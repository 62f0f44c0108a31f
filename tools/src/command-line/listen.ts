import { noop } from 'rxjs';

import { exitCodes, ExitError } from './exit-error.js';
import { showDivergence } from '../replay/divergence.js';
import { say } from './say.js';
import { systemCode } from '../system-code.js';
import { serve } from '../serve.js';
import type { Route, Server } from '../serve.js';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'the port needs permission; choose one from 1024 on, or 0 for a free one',
  EADDRINUSE: 'the port is in use; choose another, or 0 for a free one',
  EADDRNOTAVAIL: 'the address is none of this machine',
  ENOTFOUND: 'there is no such host',
};

/** Serves a route for a command: says what it refuses, and ends the command where it cannot listen. */
export async function listen(
  route: Route,
  host: string,
  port: number,
  onRefused: () => void = noop,
): Promise<Server> {
  try {
    return await serve(route, {
      host,
      port,
      onRefused: (divergence) => {
        say(showDivergence(divergence));
        onRefused();
      },
    });
  } catch (cause) {
    const code = systemCode(cause);
    throw new ExitError(
      exitCodes.unavailable,
      `Cannot listen on ${host}:${port}: ${reasons[code] ?? code}.`,
      { cause },
    );
  }
}

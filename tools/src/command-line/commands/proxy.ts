import { accessSync, constants, statSync } from 'node:fs';

import { systemCode } from '@livecall/core/internal';
import { firstValueFrom } from 'rxjs';

import { assertCountries } from '../assert-countries.js';
import { dialPlatform } from '../dial-platform.js';
import { exitCodes, ExitError } from '../exit-error.js';
import type { ProxyFlag } from '../find-proxy.js';
import { findWay } from '../find-way.js';
import { listen } from '../listen.js';
import { passOn } from '../pass-on.js';
import { proxyConsole } from '../proxy-console.js';
import { recordedCalls } from '../recorded-calls.js';
import { say } from '../say.js';
import { stopped } from '../stopped.js';
import { tellUrl } from '../tell-url.js';

/** What `livecall proxy` was called with. */
export interface ProxyFlags {
  readonly url: string;
  readonly outDir: string;
  readonly host: string;
  readonly port: number;
  readonly rejoinWithin: number;
  readonly proxy?: ProxyFlag;
  readonly maskTranscripts?: boolean;
  readonly defaultCountry?: string | readonly string[];
  readonly allowOrigin?: readonly string[];
  /** Whether the calls are shown in a page, too. */
  readonly console?: boolean;
  readonly open: boolean;
}

/** `livecall proxy`: records the calls of an app on their way, until it is stopped. */
export async function runProxy(flags: ProxyFlags): Promise<number> {
  const { url, outDir, host, port, allowOrigin } = flags;
  assertCountries(flags.defaultCountry);
  // Says now, and not at the first call, what is wrong with the URL.
  void dialPlatform({ url, accessToken: 'none', conversationToken: 'none' });
  const way = findWay(url, flags.proxy);
  assertFolder(outDir);

  const page =
    flags.console === true ? proxyConsole(outDir, { opensBrowser: flags.open }) : undefined;
  const calls = recordedCalls({ ...flags, ...(page && { onCall: page.onCall }) });
  const server = await listen(
    (request) => calls.recorded(passOn(request, { url, way, ownPort: server.port }), request),
    { host, port, ...(allowOrigin && { allowOrigin }), heartbeat: {} },
  );
  tellUrl(server.url);
  await page?.start();
  say(`recording calls to ${new URL(url).host}${way.name} into ${outDir}; Ctrl-C stops`);

  const exitCode = await firstValueFrom(stopped(), { defaultValue: exitCodes.ok });
  await server.close();
  calls.end();
  await page?.stop();
  return exitCode;
}

/** Says now, and not at the first call, that no recording can be written there. */
function assertFolder(path: string): void {
  const fail = (problem: string, cause?: unknown) =>
    new ExitError(exitCodes.cannotCreate, `${path}: ${problem}.`, { cause });
  try {
    if (!statSync(path).isDirectory()) throw fail('is a file');
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (cause) {
    if (cause instanceof ExitError) throw cause;
    const code = systemCode(cause);
    throw code === 'ENOENT'
      ? fail('there is no such folder; create it first', cause)
      : fail(`cannot be written to (${code}); check its permissions`, cause);
  }
}

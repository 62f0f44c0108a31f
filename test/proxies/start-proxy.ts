import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

import type { Unpacked } from '../fixtures/debian.js';
import { freePort } from '../fixtures/free-port.js';
import { readPage } from '../fixtures/page.js';

import type { Edit, Proxy } from './proxy.js';

/** A proxy that runs. */
export interface RunningProxy extends AsyncDisposable {
  /** What to dial, where it is in front of a server. */
  readonly url: string;
  readonly port: number;
  /** A folder of its own. */
  readonly folder: string;
  /** Has it take up a configuration that has changed; false where it cannot. */
  reload(): Promise<boolean>;
  /** Asks it to stop once its connections have ended. */
  quit(): void;
  /** Has it stop amid whatever it does, with all its connections. */
  freeze(): void;
  /** Stops it, and gives all that it logged. */
  logged(): Promise<string>;
}

/** How a proxy is started. */
export interface ProxyOptions {
  /** After how many seconds of silence it gives up. By default as long as it always does. */
  readonly idleS?: number;
  /** Whether it logs as it does unless told otherwise. @default false */
  readonly logsByDefault?: boolean;
  /** Whether it is not told of the upgrade. @default false */
  readonly withoutUpgrade?: boolean;
  /** Whether it wants credentials of its own. @default false */
  readonly credentials?: boolean;
}

/** Starts one as docs/proxies.md has it, in front of a port of this machine. */
export async function startProxy(
  [name, proxy, unpacked]: readonly [name: string, proxy: Proxy, unpacked: Unpacked],
  toPort: number,
  { idleS, logsByDefault = false, withoutUpgrade = false, credentials = false }: ProxyOptions = {},
): Promise<RunningProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'livecall-proxy-'));
  // Some give up the rights of root at the start.
  chmodSync(folder, 0o777);
  const port = await freePort();
  const place = { folder, port, toPort };
  const config = edit(readPage('proxies.md').configuration(name), [
    ...(idleS === undefined ? [] : proxy.idle(idleS)),
    ...(logsByDefault ? (proxy.logsByDefault ?? []) : []),
    ...(credentials ? (proxy.credentials ?? []) : []),
    ...(withoutUpgrade ? (proxy.withoutUpgrade ?? []) : []),
  ])
    .replaceAll('8080', String(port))
    .replaceAll('4000', String(toPort))
    .replaceAll(proxy.logFolder ?? '/var/log', folder);

  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    ...unpacked.env,
    ...proxy.environment?.(unpacked),
  };
  const children: { child: ChildProcess; closed: Promise<unknown> }[] = [];
  let output = '';
  const read: Promise<unknown>[] = [];
  const start = ([file, ...args]: readonly [string, ...string[]]): ChildProcess => {
    const child = spawn(file, args, { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    const closed = once(child, 'exit').catch((error: unknown) => (output += String(error)));
    read.push(
      Promise.allSettled([child.stdout, child.stderr].map((stream) => once(stream, 'end'))),
    );
    children.push({ child, closed });
    return child;
  };
  const stop = async () => {
    for (const { child, closed } of children) {
      child.kill('SIGTERM');
      await Promise.race([closed, wait(3_000, undefined, { ref: false })]);
      child.kill('SIGKILL');
      await closed;
    }
  };

  const child = start(proxy.start(config, place, unpacked));
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`${name} did not start: ${output}`);
    await wait(20);
  }

  return {
    url: `ws://127.0.0.1:${port}/ws/v1/liveCalls`,
    port,
    folder,
    reload: async () => {
      const { reload } = proxy;
      if (reload === undefined) return false;
      if (typeof reload === 'string') child.kill(reload);
      else {
        for (const [file, ...args] of reload(place, unpacked)) {
          await promisify(execFile)(file, args, { env, cwd: folder });
        }
      }
      return true;
    },
    quit: () => child.kill(proxy.quit),
    freeze: () => child.kill('SIGSTOP'),
    logged: async () => {
      const { logger } = proxy;
      if (logger !== undefined) {
        const [file, ...args] = logger(place, unpacked, logsByDefault);
        output += (await promisify(execFile)(file, args, { env })).stdout;
      }
      await stop();
      // What it said last comes behind its end; what it started may hold the pipe for longer.
      await Promise.race([Promise.all(read), wait(3_000, undefined, { ref: false })]);
      const toText = (file: string) => readFileSync(join(folder, file), 'utf8');
      return `${output}${readdirSync(folder)
        .filter((file) => file.endsWith('.log'))
        .map(toText)
        .join('')}`;
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Changes a configuration, every part of which must be there. */
function edit(config: string, edits: readonly Edit[]): string {
  return edits.reduce((text, [part, replacement]) => {
    const edited = text.replace(part, replacement);
    if (edited === text) throw new Error(`The page has no ${String(part)} to change.`);
    return edited;
  }, config);
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}

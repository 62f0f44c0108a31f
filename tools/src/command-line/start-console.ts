import { randomBytes } from 'node:crypto';

import { systemCode } from '@livecall/core/internal';

import { readConsolePage } from './console-page.js';
import { exitCodes, ExitError } from './exit-error.js';
import { openBrowser } from './open-browser.js';
import type { LiveCalls } from '../console/live-calls.js';
import type { RecordingList } from '../console/recording-list.js';
import { serveConsole } from '../console/serve-console.js';

/** Where a console listens, and whether a browser is opened. */
export interface StartConsoleOptions {
  readonly recordings: RecordingList;
  readonly live?: LiveCalls;
  readonly port: number;
  /** Whether a browser is opened; only where there is a terminal, and a person at it. */
  readonly opensBrowser: boolean;
}

/** A console that runs. */
export interface StartedConsole {
  /** What the person opens. */
  readonly url: string;
  /** Stops it at once. */
  stop(): Promise<void>;
  /** Stops it once its pages have read what they are being sent, or do not read. */
  stopOnceRead(): Promise<void>;
}

/** A page looks at what it follows five times a second. */
const READ_WITHIN_MS = 2_000;

/** Starts a console for a command, and ends the command where it cannot listen. */
export async function startConsole({
  opensBrowser,
  ...options
}: StartConsoleOptions): Promise<StartedConsole> {
  const { before, after } = readConsolePage();
  const key = randomBytes(24).toString('base64url');
  let server;
  try {
    server = await serveConsole({ ...options, key, page: before + after });
  } catch (cause) {
    const code = systemCode(cause);
    const reason =
      code === 'EADDRINUSE' ? 'the port is in use; choose another, or 0 for a free one' : code;
    throw new ExitError(
      exitCodes.unavailable,
      `Cannot listen on 127.0.0.1:${options.port}: ${reason}.`,
      { cause },
    );
  }
  const url = `http://127.0.0.1:${server.port}/?key=${key}`;
  const forget = opensBrowser && process.stderr.isTTY ? openBrowser(url) : undefined;
  return {
    url,
    stop: async () => {
      forget?.();
      await server.close(0);
    },
    stopOnceRead: async () => {
      forget?.();
      await server.close(READ_WITHIN_MS);
    },
  };
}

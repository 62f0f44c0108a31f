import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Opens a URL in the person's browser, where there is one; that there is none is no failure.
 *
 * The URL has a key, and every user of a machine can see with what a program was started: the browser
 * is given a file that only this user can read, which leads on.
 *
 * @returns takes the file away
 */
export function openBrowser(url: string): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'livecall-console-'));
  const file = join(folder, 'console.html');
  const page = `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>livecall</title><meta http-equiv="refresh" content="0; url=${url}"><a href="${url}">livecall console</a>\n`;
  writeFileSync(file, page, { mode: 0o600 });
  const [program = '', ...args] = openers[process.platform] ?? ['xdg-open'];
  spawn(program, [...args, file], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
  return () => {
    rmSync(folder, { recursive: true, force: true });
  };
}

const openers: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

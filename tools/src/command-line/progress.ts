import { paintFor } from './paint.js';

/** How far a long work has come, in a line of the terminal that goes when it is done. */
export interface Progress {
  show(text: string): void;
  /** Takes the line away, so that something else can be written. */
  clear(): void;
}

/** Soon enough to be seen, too late for what takes no time. */
const FIRST_MS = 300;
const EVERY_MS = 100;

/** Shows progress on standard error where that is a terminal, and nowhere else. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  let isShown = false;
  let nextAt = performance.now() + FIRST_MS;
  return {
    show: (text) => {
      const now = performance.now();
      if (!stream.isTTY || process.env['TERM'] === 'dumb' || now < nextAt) return;
      nextAt = now + EVERY_MS;
      isShown = true;
      stream.write(`\r\u001b[K${paintFor(stream).dim(`livecall: ${text}`)}`);
    },
    clear: () => {
      if (isShown) stream.write('\r\u001b[K');
      isShown = false;
    },
  };
}

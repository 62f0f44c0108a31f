import { paintFor } from './paint.js';

/** Says something to the person at the terminal; data goes to standard output, this does not. */
export function say(message: string): void {
  process.stderr.write(`${paintFor(process.stderr).dim('livecall:')} ${message}\n`);
}

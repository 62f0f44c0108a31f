import { paintFor } from './paint.js';

/** What messages advise programs to do, and no flag does. */
const FOR_PROGRAMS =
  / (?:Set (?:allowInsecure|cleanCloseIsEnd)|Wait for state\$) .*|: pass it as the .*(?=\.)/;

/** Says something to the person at the terminal; data goes to standard output, this does not. */
export function say(message: string): void {
  const advice = message.replace(FOR_PROGRAMS, '');
  process.stderr.write(`${paintFor(process.stderr).dim('livecall:')} ${advice}\n`);
}

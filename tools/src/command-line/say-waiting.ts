import { say } from './say.js';

/** Says to who gave `-` at a terminal, and pipes nothing, what is waited for. */
export function sayWaiting(what: string): void {
  if (process.stdin.isTTY) say(`waiting for ${what} from this terminal; Ctrl-D ends it`);
}

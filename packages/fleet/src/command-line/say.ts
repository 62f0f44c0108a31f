import { OBEYED, toEscape } from '@livecall/core/internal';

/** Says something to the person at the terminal; data goes to standard output, this does not. */
export function say(message: string): void {
  process.stderr.write(`livecall-fleet: ${toVisible(message)}\n`);
}

/** Writes data to standard output, a line. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Text of others that a terminal does not obey, and that stays on its line. */
export function toVisible(text: string): string {
  return text.replace(CONTROLS, toEscape);
}

const CONTROLS = new RegExp(`[${OBEYED}]`, 'g');

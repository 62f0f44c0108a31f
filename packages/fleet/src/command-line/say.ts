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
  return text.replace(CONTROLS, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${code}`;
  });
}

/** C0, DEL and C1, line separators, and the marks that set the direction of text (UAX #9). */
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

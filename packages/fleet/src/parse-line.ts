/** Reads a line of a call as JSON; nothing where it is none: what `JSON.parse` says of it quotes the call. */
export function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

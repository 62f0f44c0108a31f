/** A string, a number or the name of a field, where it stands in the text of some JSON. */
interface Token {
  readonly start: number;
  readonly end: number;
  /** The fields of the lists and objects that it stands in, from the outermost on, whose is empty. */
  readonly outer: readonly string[];
  /** The name of the field that it is the value of, in whatever lists; itself, for a name. */
  readonly key: string;
  readonly isName: boolean;
}

/**
 * Redacts JSON in its text: what holds nothing stays to the byte, and a name that stands twice in an
 * object has both its values redacted, of which JSON.parse gives the last alone.
 *
 * @param text must be JSON
 * @param toValue redacts a string or a number, by the name of the field it stands in and by those around it
 * @param toName redacts the name of a field
 */
export function redactJsonText(
  text: string,
  toValue: (value: unknown, key: string, outer: readonly string[]) => unknown,
  toName: (name: string) => string,
): string {
  let redacted = '';
  let copied = 0;
  for (const { start, end, key, outer, isName } of scan(text)) {
    const value: unknown = JSON.parse(text.slice(start, end));
    const newValue = isName ? toName(key) : toValue(value, key, outer);
    if (newValue === value) continue;
    redacted += text.slice(copied, start) + JSON.stringify(newValue);
    copied = end;
  }
  return copied === 0 ? text : redacted + text.slice(copied);
}

/** Counts the names of fields in the text of some JSON, those that stand twice twice. */
export function countNames(text: string): number {
  let count = 0;
  for (const { isName } of scan(text)) if (isName) count += 1;
  return count;
}

/** Finds the tokens, without a regular expression: over a long string that runs out of stack. */
function* scan(text: string): Generator<Token> {
  /** The field in which each list and object stands that is open. */
  const outer: string[] = [];
  let key = '';
  let at = 0;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') {
      const end = toStringEnd(text, at);
      const isName = text[toNext(text, end)] === ':';
      if (isName) key = JSON.parse(text.slice(at, end)) as string;
      yield { start: at, end, outer, key, isName };
      at = end;
    } else if (character === '{' || character === '[') {
      outer.push(key);
      at += 1;
    } else if (character === '}' || character === ']') {
      key = outer.pop() ?? '';
      at += 1;
    } else if (isOfNumber(character)) {
      let end = at + 1;
      while (isOfNumber(text[end]) || text[end] === 'e' || text[end] === 'E') end += 1;
      yield { start: at, end, outer, key, isName: false };
      at = end;
    } else {
      at += 1;
    }
  }
}

function toStringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return end + 1;
  }
}

function toNext(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1;
  return at;
}

function isOfNumber(character: string | undefined): boolean {
  return character !== undefined && '+-.0123456789'.includes(character);
}

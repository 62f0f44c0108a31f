/** A piece of JSON text, and what it is. */
export interface JsonToken {
  readonly kind: 'name' | 'string' | 'number' | 'word' | 'rest';
  readonly text: string;
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/g;

/** Divides JSON text into what is to be coloured. What is no JSON is one piece. */
export function toJsonTokens(text: string): readonly JsonToken[] {
  const tokens: JsonToken[] = [];
  const rest = (from: number, to: number) => {
    if (to > from) tokens.push({ kind: 'rest', text: text.slice(from, to) });
  };
  let end = 0;
  for (const found of text.matchAll(TOKEN)) {
    rest(end, found.index);
    const [whole, string, colon, number] = found;
    if (string !== undefined) {
      tokens.push({ kind: colon === undefined ? 'string' : 'name', text: string });
      if (colon !== undefined) tokens.push({ kind: 'rest', text: colon });
    } else {
      tokens.push({ kind: number === undefined ? 'word' : 'number', text: whole });
    }
    end = found.index + whole.length;
  }
  rest(end, text.length);
  return tokens;
}

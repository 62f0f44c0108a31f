import wrapAnsi from 'wrap-ansi';

/** Narrower, there would be more lines than words. */
const NARROWEST = 20;
/** Where there is no room below its own beginning, the rest stands so far from the left. */
const LEAST_INDENT = 2;

/** Breaks text at words where a terminal ends; what follows stands below its beginning. */
export function hang(text: string, indent: number, columns: number): string {
  const width = columns - indent;
  // By its length, which is no less than its width but for letters of double width.
  const room = columns - LEAST_INDENT;
  if (text.length * 2 <= width || room < NARROWEST) return text;
  if (width >= NARROWEST) return wrap(text, width, indent);
  // The terminal has broken what stands before it already.
  if (indent > room) return `\n${' '.repeat(LEAST_INDENT)}${wrap(text, room, LEAST_INDENT)}`;
  // What stands before it takes a part of the first line.
  const before = 'x'.repeat(indent - 1);
  const wrapped = wrap(`${before} ${text}`, room, LEAST_INDENT);
  return wrapped.slice(wrapped[before.length] === ' ' ? indent : before.length);
}

function wrap(text: string, width: number, indent: number): string {
  return wrapAnsi(text, width, { hard: true }).replaceAll('\n', `\n${' '.repeat(indent)}`);
}

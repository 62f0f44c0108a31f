import wrapAnsi from 'wrap-ansi';

/** Narrower, there would be more lines than words. */
const NARROWEST = 20;

/** Breaks text at words where a terminal ends; what follows stands below its beginning. */
export function hang(text: string, indent: number, columns: number): string {
  const width = columns - indent;
  // By its length, which is no less than its width but for letters of double width.
  if (width < NARROWEST || text.length * 2 <= width) return text;
  return wrapAnsi(text, width, { hard: true }).replaceAll('\n', `\n${' '.repeat(indent)}`);
}

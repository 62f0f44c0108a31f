/**
 * The longest line of a recording, in MiB. What comes from elsewhere may have lines without an end,
 * so a reader has a bound; a writer that kept to none would write what nobody reads.
 *
 * @see recordings/README.md#how-it-is-written
 */
export const LONGEST_LINE_MIB = 256;

/** {@link LONGEST_LINE_MIB} in bytes, the line end aside. */
export const LONGEST_LINE_BYTES = LONGEST_LINE_MIB * 1024 * 1024;

/** Whether no reader would read a line, which stands here with its line end. */
export function isTooLong(line: string): boolean {
  // No character takes more than three bytes of UTF-8: nearly every line is seen to fit at once.
  return line.length * 3 > LONGEST_LINE_BYTES && Buffer.byteLength(line) > LONGEST_LINE_BYTES + 1;
}

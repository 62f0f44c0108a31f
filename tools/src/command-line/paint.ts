import pc from 'picocolors';

/** Colours for one stream; plain text where it takes none. */
export type Paint = ReturnType<typeof pc.createColors>;

/**
 * Colours for a stream: on a terminal only, never with `NO_COLOR` or `TERM=dumb`; with
 * `FORCE_COLOR` always.
 *
 * @see https://no-color.org
 */
export function paintFor(stream: { readonly isTTY?: boolean }): Paint {
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = process.env;
  const isForced = FORCE_COLOR !== '' && FORCE_COLOR !== '0';
  const isWanted = isForced || (stream.isTTY === true && TERM !== 'dumb');
  return pc.createColors(isWanted && NO_COLOR === '');
}

/** How many columns a terminal has; a file has no end. */
export function toColumns(stream: { readonly isTTY?: boolean; readonly columns?: number }): number {
  const { isTTY = false, columns = 0 } = stream;
  return isTTY && columns > 0 ? columns : Infinity;
}

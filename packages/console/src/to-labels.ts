/** Where the name of a box stands: behind it, before it, or nowhere, since there is no room for it. */
export type LabelSide = 'behind' | 'before' | 'none';

/**
 * Finds room for the names of boxes on one line, so that none stands over another box or its name.
 *
 * @param boxes from left to right, in pixels
 * @param namePx how much room a name takes
 */
export function toLabels(
  boxes: readonly { readonly x: number; readonly width: number }[],
  namePx: number,
  widthPx: number,
): readonly LabelSide[] {
  let takenTo = 0;
  return boxes.map(({ x, width }, index) => {
    const end = x + width;
    const nextX = boxes[index + 1]?.x ?? widthPx;
    const side = end + namePx <= nextX ? 'behind' : x - namePx >= takenTo ? 'before' : 'none';
    takenTo = Math.max(takenTo, side === 'behind' ? end + namePx : end);
    return side;
  });
}

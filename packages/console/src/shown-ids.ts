/** The recordings that an address shows: `#/3` is one, `#/3/7` are two side by side. */
export function toShownIds(hash: string): readonly number[] {
  const [, ids = ''] = /^#\/(\d+(?:\/\d+)?)$/.exec(hash) ?? [];
  return ids === '' ? [] : ids.split('/').map(Number);
}

/** The address of recordings. */
export function toHash(ids: readonly number[]): string {
  return `#/${ids.join('/')}`;
}

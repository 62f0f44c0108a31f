import type { Entry } from './recording.js';

/**
 * Follows the entries of one recording and says what stands where it cannot.
 *
 *     recording = dial* end?      dial = refused | failed | open frame* close?
 *
 * Marks and unknown events may stand anywhere before the end, and a recorder that died may leave
 * the last connection open.
 */
export function createEntryOrder(): (entry: Entry) => string | undefined {
  let at = 0;
  let place: 'between dials' | 'open' | 'ended' = 'between dials';

  return (entry) => {
    if (place === 'ended') return 'stands after the end';
    if (entry.at < at) return `\`at\` is ${entry.at}, before the ${at} of a line above`;
    at = entry.at;

    switch (entry.event) {
      case 'open':
      case 'refused':
      case 'failed':
        if (place === 'open') return 'is a dial while the connection before it is open';
        if (entry.event === 'open') place = 'open';
        return undefined;
      case 'frame':
      case 'close':
        if (place !== 'open') return toOutside(entry);
        if (entry.event === 'close') place = 'between dials';
        return undefined;
      case 'end':
        if (place === 'open') return 'is the end while a connection is open';
        place = 'ended';
        return undefined;
      case 'mark':
      case 'unknown':
        return undefined;
    }
  };
}

/** What is said of an entry that would belong to a connection, and stands in none. */
export function toOutside({ event }: Entry): string {
  return `is a ${event} outside of a connection`;
}

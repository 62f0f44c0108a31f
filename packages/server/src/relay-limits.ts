import { assertDurationMs, assertWhole } from '@livecall/core/internal';

/** How much a relay keeps, for how many, and for how long. */
export interface RelayLimits {
  /** Milliseconds for which the place of a page is kept that is away. @default 60000 */
  readonly keepMs?: number;
  /** How many bytes are kept of one connection for pages that are away. @default 4194304 */
  readonly keepBytes?: number;
  /**
   * How many bytes are kept from the beginning of one connection, so that further pages of the same
   * user and call can share it; with more, the next one gets one of its own. 0 shares none.
   * @default 262144
   */
  readonly shareBytes?: number;
  /** How many bytes are kept of all connections together. @default 268435456 */
  readonly maxKeptBytes?: number;
  /** How many bytes may wait for a page that does not read, or for a platform. @default 16777216 */
  readonly maxBufferedBytes?: number;
  /**
   * How many bytes may wait for all pages together: with more, the page for which most waits is cut,
   * and away then. @default 268435456
   */
  readonly maxUnreadBytes?: number;
  /** The longest message accepted from a page, in bytes. @default 1048576 */
  readonly maxPayloadBytes?: number;
  /**
   * How many pages may be connected or away at a time; those that are away from a call that is over
   * give way, and further ones get 503. @default 10000
   */
  readonly maxPages?: number;
  /**
   * How many pages one user may have: the one that is away for longest gives way; where none is,
   * the further one gets 429. @default 32
   */
  readonly maxPagesPerUser?: number;
}

/**
 * The limits with their defaults.
 *
 * @throws TypeError for one that cannot be
 */
export function checkLimits({
  keepMs = 60_000,
  keepBytes = 4 * 1024 * 1024,
  shareBytes = 256 * 1024,
  maxKeptBytes = 256 * 1024 * 1024,
  maxBufferedBytes = 16 * 1024 * 1024,
  maxUnreadBytes = 256 * 1024 * 1024,
  maxPayloadBytes = 1024 * 1024,
  maxPages = 10_000,
  maxPagesPerUser = 32,
}: RelayLimits): Required<RelayLimits> {
  assertDurationMs({ keepMs });
  assertWhole(
    {
      ...{ keepBytes, maxKeptBytes, maxBufferedBytes, maxUnreadBytes, maxPayloadBytes },
      ...{ maxPages, maxPagesPerUser },
    },
    1,
  );
  assertWhole({ shareBytes }, 0);
  if (keepBytes > maxBufferedBytes) {
    throw new TypeError(
      'maxBufferedBytes must be at least keepBytes: a page that returns gets it all at once.',
    );
  }
  return {
    ...{ keepMs, keepBytes, shareBytes, maxKeptBytes },
    ...{ maxBufferedBytes, maxUnreadBytes, maxPayloadBytes, maxPages, maxPagesPerUser },
  };
}

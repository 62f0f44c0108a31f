import { ConnectFailedError } from '../transport-error.js';

/** Of the way to a relay, which could not be made or is interrupted. */
export function wayFailed(why: string): ConnectFailedError {
  return new ConnectFailedError(new Error(why));
}

/** Of a socket that has ended without a word of the relay's. */
export function wayEnded(code: number, isForeign: boolean): ConnectFailedError {
  if (isForeign) return wayFailed('what answers there is no relay');
  return wayFailed(
    code === 1006 ? 'the relay could not be reached' : `the relay hung up with ${code}`,
  );
}

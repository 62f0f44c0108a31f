/**
 * Reads a time as a person writes it: `90s`, `1m30s`, `1h`, `250ms`, `1.5s`; a bare number is
 * milliseconds, and `1:02.5` is a place as `livecall show` tells it.
 *
 * @returns milliseconds; `undefined` for what is none
 */
export function parseDuration(text: string): number | undefined {
  const written = text.trim();
  if (/^\d+(\.\d+)?$/.test(written)) return Number(written);
  const place = /^(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d+)?)$/.exec(written);
  if (place !== null) {
    const [, hours = '0', minutes = '0', seconds = '0'] = place;
    return sum(hours, minutes, seconds, '0');
  }
  const parts =
    /^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/.exec(
      written,
    );
  if (written === '' || parts === null) return undefined;
  const [, hours = '0', minutes = '0', seconds = '0', ms = '0'] = parts;
  return sum(hours, minutes, seconds, ms);
}

/** In thousandths of a millisecond, so that 1.1s is 1100 ms. */
function sum(hours: string, minutes: string, seconds: string, ms: string): number {
  const micros =
    Number(hours) * 3_600_000_000 +
    Number(minutes) * 60_000_000 +
    Number(seconds) * 1_000_000 +
    Number(ms) * 1_000;
  return Math.round(micros) / 1_000;
}

/** Writes a time for a person, as {@link parseDuration} reads it: `71ms`, `4.0s`, `1m30s`, `2h05m`. */
export function showDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)}ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}h${two(minutes)}m` : `${minutes}m${two(seconds % 60)}s`;
}

/** `01:02.345`, minutes and seconds; from an hour on, `1:01:02.345`. */
export function toClock(ms: number): string {
  return `${toShortClock(ms)}.${String(Math.round(ms) % 1_000).padStart(3, '0')}`;
}

/** The same without what is below a second. */
export function toShortClock(ms: number): string {
  const seconds = Math.floor(Math.round(ms) / 1_000);
  const hours = Math.floor(seconds / 3_600);
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  return [
    ...(hours > 0 ? [String(hours)] : []),
    ...parts.map((part) => String(part).padStart(2, '0')),
  ].join(':');
}

/** How long something took, as a person says it: `71 ms`, `4.2 s`, `3 min 20 s`. */
export function toLength(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(Math.round(ms / 1_000) / 60);
  const seconds = Math.round(ms / 1_000) % 60;
  if (minutes < 60) return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * Whether JetStream refuses a message since another one stands where it expected none: 10071, or
 * 10164 from a newer server that does not know yet which one.
 */
export function isWrongLastSequence(code: unknown): boolean {
  return code === 10_071 || code === 10_164;
}

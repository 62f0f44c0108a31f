/**
 * Whether it is an error, of whichever realm: in Jest, and in vitest's vm pools, Node's own errors
 * are no `instanceof Error`.
 */
export function isError(value: unknown): value is Error {
  return value instanceof Error || FOREIGN.test(Object.prototype.toString.call(value));
}

/** What `fetch` aborts with is a `DOMException`. */
const FOREIGN = /^\[object (?:Error|DOMException)\]$/;

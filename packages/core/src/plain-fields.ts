import { isError } from './is-error.js';

/** Further causes of causes than this are a circle. */
const MOST_CAUSES = 16;

/**
 * What an error shows of itself, as plain data: name, message, the enumerable fields of those that
 * are livecall's own, `code`, and its causes alike. What is hidden from loggers stays hidden.
 */
export function toPlainFields(error: Error, causes = 0): Record<string, unknown> {
  const { name, message, cause } = error;
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    // Of an error of someone else's, what else is on it is not known to be harmless.
    ...('_tag' in error ? toPlainValues(error) : typeof code === 'string' && { code }),
    name,
    message,
    ...(isError(cause) && causes < MOST_CAUSES && { cause: toPlainFields(cause, causes + 1) }),
  };
}

function toPlainValues(error: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(error)
      .filter(([, value]) => value !== undefined)
      .map(([field, value]: [string, unknown]) => [
        field,
        Array.isArray(value)
          ? value.map((item: unknown) => (isError(item) ? toPlainFields(item) : item))
          : value,
      ]),
  );
}

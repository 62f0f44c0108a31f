import { createRedactor } from './redact.js';
import type { RedactOptions } from './redact.js';
import { Entry } from './recording.js';
import type { Header } from './recording.js';
import { createSecrets } from './secrets.js';
import type { Secrets } from './secrets.js';
import { toSafeLine } from './to-safe-line.js';

/** Writes one recording, each line with its line end. */
export interface Lines {
  header(header: Header): string;
  /** Writes an entry, or, in the place of one that is nested too deep to be followed, a mark. */
  entry(entry: Entry): string;
}

/** What is taken out of the lines. */
export interface LinesOptions extends RedactOptions {
  /** The tokens in use, which are searched for in every line. */
  readonly secrets?: Secrets;
}

/**
 * Makes the lines of one recording. Every line of every recording comes from here: there is no
 * other way to disk.
 */
export function createLines({
  secrets = createSecrets(),
  ...redactOptions
}: LinesOptions = {}): Lines {
  const redactor = createRedactor(redactOptions);
  const toLine = (value: object): string => `${toSafeLine(value, secrets)}\n`;

  return {
    header: (header) => toLine(redactor.header(header)),
    entry: (entry) => {
      try {
        return toLine(Entry.encode(redactor.entry(entry)) as object);
      } catch {
        // JSON can be nested deeper than the stack is.
        const label = `left out: a ${entry.event} nested too deep`;
        return toLine({ at: entry.at, event: 'mark', label });
      }
    },
  };
}

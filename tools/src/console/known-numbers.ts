import type { CallEvent } from '@livecall/core';

/** The phone numbers of a call that stand in its recording by others. */
export interface KnownNumbers {
  onEvent(event: CallEvent): void;
  /** Takes a line as it was written. */
  onLine(line: string): void;
  /** The numbers by what stands for them; they are in memory alone. */
  numbers(): Readonly<Record<string, string>>;
}

/** Learns which number stands for which: the n-th that was told is the n-th that was written. */
export function createKnownNumbers(): KnownNumbers {
  const told: string[] = [];
  const written: string[] = [];
  return {
    onEvent: (event) => {
      if (event.type === 'event:start') told.push(event.phone);
    },
    onLine: (line) => {
      if (!line.includes('"event:start"')) return;
      const { from, json } = JSON.parse(line) as {
        readonly from?: unknown;
        readonly json?: { readonly type?: unknown; readonly phone?: unknown };
      };
      if (from !== 'server' || json?.type !== 'event:start') return;
      if (typeof json.phone === 'string') written.push(json.phone);
    },
    numbers: () =>
      Object.fromEntries(written.map((pseudonym, index) => [pseudonym, told[index] ?? pseudonym])),
  };
}

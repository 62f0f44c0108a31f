import type { Identity } from './country-plan.js';

/**
 * What one recording has had of phone numbers. Who finds and replaces them is made once for all
 * recordings of the same options, and told by whose memory it goes.
 */
export interface PhoneMemory {
  learned: Learned | undefined;
  given: Given | undefined;
  /** What digits are, which takes long to find out. */
  identities: Map<string, Identity | undefined> | undefined;
  /** A call has one caller, whose number comes again each time that it starts. */
  last: { readonly phone: string; readonly replaced: string } | undefined;
}

/** What fields have taught. */
export interface Learned {
  /** Their numbers, by the digits that they may be written in. */
  readonly known: Map<string, string>;
  /** How many digits numbers have. */
  lengths: ReadonlySet<number>;
  most: number;
  fewest: number;
}

/** Which number has got which pseudonym. */
export interface Given {
  readonly pseudonyms: Map<string, string>;
  /** Local numbers that came before any number that ends with them. */
  readonly unclaimed: Set<string>;
  /** How many pseudonyms there are. */
  count: number;
}

/** Of a recording that has had none. */
export const createPhoneMemory = (): PhoneMemory => ({
  learned: undefined,
  given: undefined,
  identities: undefined,
  last: undefined,
});

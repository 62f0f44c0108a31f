import { Metadata } from 'libphonenumber-js';
import type { CountryCode } from 'libphonenumber-js';

/** What the library has of a plan, and its types leave out. */
export interface PlanMetadata {
  callingCode(): string;
  possibleLengths(): readonly number[];
  nationalPrefix(): string | 0 | undefined;
  nationalNumberPattern(): string;
  nationalPrefixForParsing(): string | 0 | undefined;
  nationalPrefixTransformRule(): string | 0 | undefined;
  leadingDigits(): string | 0 | undefined;
  types(): readonly (KindMetadata | 0)[] | 0 | undefined;
  formats(): readonly FormatMetadata[];
  IDDPrefix(): string | 0 | undefined;
}

type KindMetadata = readonly [pattern: string, lengths?: readonly number[]];

/** A form that numbers are written in. */
export interface FormatMetadata {
  pattern(): string;
  format(): string;
  internationalFormat(): string;
  leadingDigitsPatterns(): readonly string[];
  nationalPrefixFormattingRule(): string | 0 | undefined;
  nationalPrefixIsOptionalWhenFormattingInNationalFormat(): boolean;
}

interface AllMetadata {
  readonly numberingPlan: PlanMetadata;
  hasCallingCode(code: string): boolean;
  selectNumberingPlan(countryOrCode: string): void;
  getCountryCodesForCallingCode(code: string): readonly CountryCode[] | undefined;
}

/** All that the library has. */
export const toAllMetadata = (): AllMetadata => new Metadata() as unknown as AllMetadata;

/** Gives the plan of a country, or of the first of those that have a code. */
export function toMetadata(countryOrCode: string): PlanMetadata {
  const metadata = toAllMetadata();
  metadata.selectNumberingPlan(countryOrCode);
  return metadata.numberingPlan;
}

/** Matches no digits. */
export const NOTHING = '$.';

/** Matches digits that are all of it. */
export const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);
/** Matches digits that begin so. */
export const start = (pattern: string): RegExp => new RegExp(`^(?:${pattern})`);

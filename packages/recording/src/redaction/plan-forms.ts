import { start, whole } from './plan-metadata.js';
import type { PlanMetadata } from './plan-metadata.js';

/** What a plan writes numbers in. */
export interface PlanForm {
  /** Whether something stands before a number that is dialled within the country, and must. */
  readonly isPrefixed: boolean;
  /** How its groups are long, as `3,3,4`. */
  readonly groups: ReadonlySet<string>;
}

/** The forms that a plan has for its numbers. */
export interface PlanForms {
  /** The one that a number is written in. */
  find(national: string): PlanForm;
  /** The groups of all of them. */
  readonly groups: ReadonlySet<string>;
  /** Whether there is none without what stands before a number. */
  readonly arePrefixed: boolean;
}

/** Which groups it has says how long a number is, and which form is the first that fits it. */
export function planForms(plan: PlanMetadata): PlanForms {
  const callingCode = plan.callingCode();
  const forms = plan.formats().map((format) => {
    const rule = format.nationalPrefixFormattingRule();
    const usual = rule ? format.format().replace(/(\$\d)/, rule) : format.format();
    const shortened = format.nationalPrefixIsOptionalWhenFormattingInNationalFormat()
      ? format.format()
      : usual;
    const pattern = whole(format.pattern());
    const fits = LENGTHS.filter((length) => pattern.test(toNumber(length)));
    return {
      pattern,
      leading: start(format.leadingDigitsPatterns().at(-1) ?? ''),
      byLength: new Map(
        fits.map((length) => {
          const number = toNumber(length);
          const write = (form: string) => number.replace(pattern, form);
          return [
            length,
            {
              isPrefixed: [usual, shortened].every((form) => toDigits(write(form)) !== number),
              groups: toGroups(write(usual), write(format.internationalFormat()), callingCode),
            },
          ] as const;
        }),
      ),
    };
  });
  const unwritten = new Map(
    LENGTHS.map((length) => {
      const number = toNumber(length);
      return [length, { isPrefixed: false, groups: toGroups(number, number, callingCode) }];
    }),
  );
  const all = [...forms.flatMap(({ byLength }) => [...byLength.values()]), ...unwritten.values()];

  return {
    find(number) {
      for (const { pattern, leading, byLength } of forms) {
        const form = byLength.get(number.length);
        if (form !== undefined && leading.test(number) && pattern.test(number)) return form;
      }
      return unwritten.get(number.length) ?? NO_FORM;
    },
    groups: new Set(all.flatMap(({ groups }) => [...groups])),
    arePrefixed:
      forms.length > 0 &&
      all.every(({ isPrefixed }, at) => isPrefixed || at >= all.length - unwritten.size),
  };
}

/** The library reads no longer one. */
const LENGTHS: readonly number[] = Array.from({ length: 17 }, (_none, at) => at + 1);

const NO_FORM: PlanForm = { isPrefixed: false, groups: new Set() };

/** Some number of that length: forms ask for digits, and not for which. */
const toNumber = (length: number): string => '5'.repeat(length);

const toDigits = (form: string): string => form.replace(/\D/g, '');

/** How the groups of a number are long: within its country, out of it, and there with its code. */
export function toGroups(
  national: string,
  international: string,
  callingCode: string,
): ReadonlySet<string> {
  const forms = [national, international, `${callingCode} ${international}`];
  return new Set(
    forms.map((form) => (form.match(/\d+/g) ?? []).map(({ length }) => length).join()),
  );
}

import { Option } from 'commander';

/** The option that says whose national numbers are recognised. */
export function defaultCountry(): Option {
  return new Option(
    '--default-country <codes>',
    'whose national numbers are recognised; several divided by commas, or given several times',
  )
    .default('US')
    .argParser((codes: string, before: string | readonly string[]): readonly string[] => [
      // The default is no part of what is given.
      ...(typeof before === 'string' ? [] : before),
      ...codes.split(',').map((code) => code.trim().toUpperCase()),
    ]);
}

import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';

/** What holds of a command's options, by their long names. */
export interface OptionRules {
  /**
   * Those that there must be. They are missed last of all, once it is known that there is no other
   * mistake, such as one of them misspelt.
   */
  readonly required?: readonly string[];
  /** Those that say something of another, without which they would be passed over unsaid. */
  readonly only?: Readonly<Record<string, string>>;
  /** Whether `-` can stand for a file. @default true */
  readonly takesStreams?: boolean;
}

/** Checks what options were given of a command, and of a shell's variable that was empty. */
export function checkOptions(
  command: Command,
  { required = [], only = {}, takesStreams = true }: OptionRules = {},
): void {
  for (const option of command.options) {
    const parse = option.parseArg?.bind(option);
    if (!option.required) continue;
    option.argParser<unknown>((value, previous) => {
      // `--url $URL --out FILE` is `--url --out FILE` where there is no URL.
      if (value.startsWith('--')) {
        throw new InvalidArgumentError('It is an option itself; was a variable empty?');
      }
      if (value === '') throw new InvalidArgumentError('It is empty; was a variable?');
      return parse === undefined ? value : parse<unknown>(value, previous);
    });
  }
  command.hook('preAction', () => {
    if (command.args.includes('')) command.error('error: an argument is empty; was a variable?');
    if (!takesStreams && [...command.args, command.opts()['out']].includes('-')) {
      command.error(`error: '-' is no file for ${command.name()}: name one`);
    }
    for (const [name, other] of Object.entries(only)) {
      const isGiven = command.getOptionValueSource(toProperty(name.replace(/^no-/, ''))) === 'cli';
      if (!isGiven || command.opts()[toProperty(other)] !== undefined) continue;
      command.error(`error: option '--${name}' says something of --${other}, which was not given`);
    }
    for (const { long, flags, envVar } of command.options) {
      const name = long?.replace(/^--/, '') ?? '';
      if (!required.includes(name) || command.opts()[toProperty(name)] !== undefined) continue;
      const other = envVar === undefined ? '' : `, nor is ${envVar}`;
      command.error(`error: required option '${flags}' not specified${other}`);
    }
  });
}

/** The property that commander makes of an option. */
function toProperty(name: string): string {
  return name.replace(/-([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
}

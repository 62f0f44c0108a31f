import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';

/**
 * Checks what options were given of a command, and of a shell's variable that was empty.
 *
 * @param required the options that there must be; they are missed last of all, once it is known that
 *   there is no other mistake, such as one of them misspelt
 */
export function checkOptions(command: Command, required: readonly string[]): void {
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

import type { Argument, Command, Option } from 'commander';

/** What the command line says of itself, for pages and shells: all of it from where `--help` has it. */
export interface ProgramDescription {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly commands: readonly CommandDescription[];
  /** What stands below the help: the exit codes. */
  readonly epilogue: string;
}

export interface CommandDescription {
  readonly name: string;
  readonly description: string;
  /** How it is called, without its options. */
  readonly usage: string;
  readonly operands: readonly OperandDescription[];
  readonly options: readonly OptionDescription[];
  /** What stands below its help: more to read, and examples. */
  readonly epilogue: string;
}

export interface OperandDescription {
  readonly name: string;
  readonly description: string;
  readonly values: Values;
}

export interface OptionDescription {
  readonly flags: string;
  readonly long: string;
  /** With its choices and its default, as the help has it. */
  readonly description: string;
  /** What stands behind it; nothing where it is a switch. */
  readonly values: Values | undefined;
}

/** What can stand in a place: a few words, a file, or anything. */
export type Values = readonly string[] | 'files' | 'anything';

/** Describes the commands of a program. */
export function describeProgram(program: Command): ProgramDescription {
  const commands = program.commands.map((command) => command.name());
  return {
    name: program.name(),
    version: program.version() ?? '',
    description: program.description(),
    commands: program.commands.map((command) => describeCommand(command, commands)),
    epilogue: readEpilogue(program),
  };
}

function describeCommand(command: Command, commands: readonly string[]): CommandDescription {
  const help = command.createHelp();
  return {
    name: command.name(),
    description: command.description(),
    usage: command.registeredArguments.map(toUsage).join(' '),
    operands: command.registeredArguments.map((operand) => ({
      name: toUsage(operand),
      description: help.argumentDescription(operand),
      values: operand.name() === 'command' ? commands : toValues(operand, operand.name()),
    })),
    options: help.visibleOptions(command).map((option) => ({
      flags: option.flags,
      long: option.long ?? '',
      description: help.optionDescription(option),
      values:
        option.required || option.optional
          ? toValues(option, /[<[](.*?)[>\]]/.exec(option.flags)?.[1] ?? '')
          : undefined,
    })),
    epilogue: readEpilogue(command),
  };
}

function toUsage(operand: Argument): string {
  const name = `${operand.name()}${operand.variadic ? '...' : ''}`;
  return operand.required ? `<${name}>` : `[${name}]`;
}

function toValues({ argChoices }: Argument | Option, name: string): Values {
  if (argChoices !== undefined) return argChoices;
  return /file|folder|path|page|^in$|^out$|other/.test(name) ? 'files' : 'anything';
}

/** The help tells its own part; what was added to it, only as it is printed. */
function readEpilogue(command: Command): string {
  let printed = '';
  command.configureOutput({ writeOut: (text) => (printed += text) });
  command.outputHelp();
  return printed.slice(command.helpInformation().length).trim();
}

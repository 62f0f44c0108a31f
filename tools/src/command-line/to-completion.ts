import type {
  CommandDescription,
  OptionDescription,
  ProgramDescription,
  Values,
} from './describe-program.js';

/** The shells that are known. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** Writes what completes the command line in a shell, by what its help says. */
export function toCompletion(program: ProgramDescription, shell: Shell): string {
  return writers[shell](program);
}

const writers: Readonly<Record<Shell, (program: ProgramDescription) => string>> = {
  bash: toBash,
  zsh: toZsh,
  fish: toFish,
};

function toBash({ name, commands }: ProgramDescription): string {
  const afterOption = commands.flatMap((command) =>
    command.options.flatMap(({ long, values }) =>
      isWords(values) ? [`    '${command.name} ${long}') words='${values.join(' ')}' ;;`] : [],
    ),
  );
  // Readline completes files where there are no words.
  const withFiles = commands.flatMap((command) =>
    command.options.flatMap(({ long, values }) =>
      values !== undefined && !isWords(values) ? [`'${command.name} ${long}'`] : [],
    ),
  );
  const ofCommand = commands.map((command) => {
    const options = command.options.map(({ long }) => long).join(' ');
    return `    ${command.name}) options='${options}' words='${toOperandWords(command).join(' ')}' ;;`;
  });
  return `# livecall's completion for bash: source <(${name} completion bash)
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local command=\${COMP_WORDS[1]} options= words=
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${commands.map((command) => command.name).join(' ')} --help --version' -- "$current"))
    return
  fi
  case $command in
${ofCommand.join('\n')}
  esac
  case "$command $previous" in
${afterOption.join('\n')}
    ${withFiles.join(' | ')}) return ;;
    *) [[ $current == -* ]] && words=$options ;;
  esac
  [[ -n $words ]] && COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _${name} ${name}
`;
}

function toZsh({ name, commands }: ProgramDescription): string {
  const described = commands.map(
    (command) => `    ${quote(`${command.name}:${command.description}`)}`,
  );
  const cases = commands.map((command) => {
    const specs = [
      ...command.options.map(toZshOption),
      ...command.operands.map(
        ({ name: operand, values }) =>
          `'*:${toPlain(operand)}:${isWords(values) ? `(${values.join(' ')})` : values === 'files' ? '_files' : ' '}'`,
      ),
    ];
    return `    ${command.name})\n      _arguments \\\n        ${specs.join(' \\\n        ')}\n      ;;`;
  });
  return `#compdef ${name}
# livecall's completion for zsh: source <(${name} completion zsh), or a file _${name} in $fpath
_${name}() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

function toZshOption({ long, description, values }: OptionDescription): string {
  const about = toPlain(description);
  if (values === undefined) return quote(`${long}[${about}]`);
  const action = isWords(values) ? `(${values.join(' ')})` : values === 'files' ? '_files' : ' ';
  return quote(`${long}[${about}]:${toPlain(long.replace(/^--/, ''))}:${action}`);
}

/** Without what zsh divides a specification by. */
function toPlain(text: string): string {
  return text.replace(/[[\]:\\]/g, (character) => `\\${character}`);
}

function toFish({ name, commands }: ProgramDescription): string {
  const lines = commands.flatMap((command) => {
    const within = `complete -c ${name} -n '__fish_seen_subcommand_from ${command.name}'`;
    const words = toOperandWords(command);
    return [
      `complete -c ${name} -n __fish_use_subcommand -f -a ${command.name} -d ${quoteFish(command.description)}`,
      ...(words.length > 0 ? [`${within} -f -a '${words.join(' ')}'`] : []),
      ...command.options.map(({ long, description, values }) => {
        const option = `${within} -l ${long.replace(/^--/, '')} -d ${quoteFish(description)}`;
        if (values === undefined) return option;
        if (values === 'files') return `${option} -r -F`;
        return isWords(values) ? `${option} -x -a '${values.join(' ')}'` : `${option} -x`;
      }),
    ];
  });
  return `# livecall's completion for fish: ${name} completion fish | source\n${lines.join('\n')}\n`;
}

function toOperandWords({ operands }: CommandDescription): readonly string[] {
  return operands.flatMap(({ values }) => (isWords(values) ? values : []));
}

function isWords(values: Values | undefined): values is readonly string[] {
  return Array.isArray(values);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function quoteFish(text: string): string {
  return `'${text.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}

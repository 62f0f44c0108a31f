import type { CommandDescription, ProgramDescription } from './describe-program.js';

/**
 * Writes the manual, in the macros of man(7), by what the help says.
 *
 * @see https://man7.org/linux/man-pages/man7/man.7.html
 */
export function toManPage({
  name,
  version,
  description,
  commands,
  epilogue,
}: ProgramDescription): string {
  const [, ...exitCodes] = epilogue.split('\n');
  return [
    `.TH ${name.toUpperCase()} 1 "" "${name} ${version}" "User Commands"`,
    '.SH NAME',
    `${name} \\- ${toRoff(description.replace(/\.$/, '').toLowerCase())}`,
    '.SH SYNOPSIS',
    `.B ${name}`,
    '.I command',
    '[\\fIoptions\\fR] [\\fIarguments\\fR]',
    '.SH DESCRIPTION',
    toRoff(description),
    'Each command tells of itself with',
    '.BR \\-\\-help .',
    '.SH COMMANDS',
    ...commands.flatMap(toSection),
    '.SH EXIT STATUS',
    ...toExitCodes(exitCodes),
    '',
  ].join('\n');
}

function toSection({
  name,
  description,
  usage,
  operands,
  options,
  epilogue,
}: CommandDescription): readonly string[] {
  return [
    `.SS ${name} ${toRoff(usage)}`.trimEnd(),
    toRoff(toSentence(description)),
    ...[...operands, ...options.map(({ flags, ...rest }) => ({ ...rest, name: flags }))].flatMap(
      (each) => ['.TP', `\\fB${toRoff(each.name)}\\fR`, toRoff(toSentence(each.description))],
    ),
    ...toParagraphs(epilogue),
  ];
}

/** What is indented is shown as it stands; the rest is filled. */
function toParagraphs(text: string): readonly string[] {
  return text.split(/\n{2,}/).flatMap((paragraph) => {
    if (paragraph === '') return [];
    const lines = paragraph.split('\n').map((line) => toRoff(line.trim()));
    return paragraph.startsWith('  ') ? ['.PP', '.nf', ...lines, '.fi'] : ['.PP', ...lines];
  });
}

/** `  65   a recording cannot be used`, and what goes on below it. */
function toExitCodes(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const [, code, meaning = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    return code === undefined ? [toRoff(line.trim())] : ['.TP', `\\fB${code}\\fR`, toRoff(meaning)];
  });
}

function toSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function toRoff(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/gm, '\\&$&');
}

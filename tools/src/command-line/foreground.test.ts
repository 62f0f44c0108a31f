import { expect, it } from 'vitest';

import { isForegroundByGroups, isForegroundByStat } from './foreground.js';

const PTS_3 = 0x8803;

/** /proc/self/stat of a process in group 700. */
const stat = (name: string, terminal: number, foreground: number) =>
  `712 (${name}) S 700 700 650 ${terminal} ${foreground} 4194304 1093 0 0 0 5 1 0 0 20 0 11 0`;

it.each<[what: string, stat: string, stdin: number, isForeground: boolean]>([
  ['in the foreground', stat('node', PTS_3, 700), PTS_3, true],
  ['in the background', stat('node', PTS_3, 650), PTS_3, false],
  ['in the background, of any name', stat('a) R 1 1 (b', PTS_3, 650), PTS_3, false],
  ['in the background, through /dev/tty', stat('node', PTS_3, 650), 0x500, false],
  ['where another terminal is in control', stat('node', PTS_3, 650), 0x8804, true],
  ['without a controlling terminal', stat('node', 0, -1), PTS_3, true],
  ['where nobody can tell', 'no such line', PTS_3, true],
])('tells by /proc that it is %s', (_what, line, stdin, isForeground) => {
  expect(isForegroundByStat(line, stdin)).toBe(isForeground);
});

it.each<[what: string, columns: string | null, isForeground: boolean]>([
  ['in the foreground', '  700   700\n', true],
  ['in the background', '  700   650\n', false],
  ['without a terminal', '  700     0\n', true],
  ['without a terminal, as BSD has it', '  700    -1\n', true],
  ['without ps', null, true],
  ['with a ps that knows no tpgid', 'ps: tpgid: keyword not found\n', true],
])('tells by ps that it is %s', (_what, columns, isForeground) => {
  expect(isForegroundByGroups(columns)).toBe(isForeground);
});

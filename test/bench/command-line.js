import { fileURLToPath } from 'node:url';

import { bundleCommandLines } from '../../packages/bundle.js';
import { run } from './harness/run.js';

const path = (from) => fileURLToPath(new URL(from, import.meta.url));
const BIN = path('../../tools/dist/cli/bin.js');
const RECORDING = path('../../recordings/joined-call.ndjson');

const COMMANDS = {
  'node -e 0': { command: ['-e', '0'], writes: /^$/ },
  'livecall --version': { command: [BIN, '--version'], writes: /^\d+\.\d+\.\d+\n$/ },
  'livecall show': { command: [BIN, 'show', RECORDING], writes: /This is|Marta/ },
  'livecall check': { command: [BIN, 'check', RECORDING], writes: /^$/ },
};

export const tables = [
  {
    name: 'command-line',
    title: 'A command from its start to its end, on a recording of 15 lines',
    contenders: Object.keys(COMMANDS),
    base: 'node -e 0',
    measures: { ms: { unit: 'ms' } },
    sizes: { full: { rounds: 21 }, quick: { rounds: 9 }, tiny: { rounds: 1 } },
    expected: () => ({ exitCode: 0, isAsExpected: true }),
    targets: [
      {
        says: '`--version` takes at most 2 × `node -e 0`',
        figure: (best) => best('livecall --version', 'ms') / best('node -e 0', 'ms'),
        atMost: 2,
      },
    ],
  },
];

/** Puts it into few files, as it is published. */
export async function prepare() {
  await bundleCommandLines();
}

export async function measure(_table, contender) {
  const { command, writes } = COMMANDS[contender];
  const { exitCode, written, tookMs } = await run([process.execPath, ...command]);
  return { measures: { ms: tookMs }, result: { exitCode, isAsExpected: writes.test(written) } };
}

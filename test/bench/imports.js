import { run } from './harness/run.js';

const PEERS = 'rxjs + ws';
const CORE = '@livecall/core';
const NODE = '@livecall/core and its ./node';

const MODULES = {
  'node -e 0': [],
  [PEERS]: ['rxjs', 'ws'],
  [CORE]: ['@livecall/core'],
  [NODE]: ['@livecall/core', '@livecall/core/node'],
};

export const tables = [
  {
    name: 'imports',
    title: 'A process that imports so much, and ends',
    contenders: Object.keys(MODULES),
    base: PEERS,
    measures: { ms: { unit: 'ms' } },
    sizes: { full: { rounds: 21 }, quick: { rounds: 9 }, tiny: { rounds: 1 } },
    expected: () => ({ exitCode: 0, written: '' }),
    targets: [
      {
        says: 'all of core at most 1.1 × rxjs and ws, which it needs',
        figure: (best) => best(NODE, 'ms') / best(PEERS, 'ms'),
        atMost: 1.1,
      },
    ],
  },
];

export async function measure(_table, contender) {
  const imports = MODULES[contender].map(
    (name) => `import ${JSON.stringify(import.meta.resolve(name))};`,
  );
  const code = ['--input-type=module', '-e', imports.join('')];
  const { exitCode, written, tookMs } = await run([process.execPath, ...code]);
  return { measures: { ms: tookMs }, result: { exitCode, written } };
}

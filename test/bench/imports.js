import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { bundleAll } from '../../packages/bundle.js';
import { makeConsumer } from './harness/consumer.js';
import { run } from './harness/run.js';

/*
 * LIVECALL_BEFORE is an older checkout, built: its packages take turns with these, whether it has
 * this benchmark or not.
 */

const PEERS = 'rxjs + ws';
const CORE = '@livecall/core';
const NODE = '@livecall/core and its ./node';
const TOOLS = '@livecall/tools';
const TOOLS_BEFORE = '@livecall/tools, before';

const own = fileURLToPath(new URL('../..', import.meta.url));
const { LIVECALL_BEFORE: before } = process.env;

const MODULES = {
  'node -e 0': [],
  [PEERS]: ['rxjs', 'ws'],
  [CORE]: ['@livecall/core'],
  [NODE]: ['@livecall/core', '@livecall/core/node'],
  [TOOLS]: ['@livecall/tools'],
  ...(before !== undefined && { [TOOLS_BEFORE]: ['@livecall/tools'] }),
};

const RXJS = 'rxjs';
const FIXTURE = '@livecall/tools/vitest';
const FIXTURE_BEFORE = '@livecall/tools/vitest, before';

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
      ...(before === undefined
        ? []
        : [
            {
              says: 'tools at most 400 of the 585 ms of before',
              figure: (best) => (best(TOOLS, 'ms') / best(TOOLS_BEFORE, 'ms')) * 585,
              atMost: 400,
            },
          ]),
    ],
  },
  {
    name: 'test-files',
    title: "A test file of vitest's that imports so much, of six in an app",
    contenders: ['nothing', RXJS, CORE, FIXTURE, ...(before === undefined ? [] : [FIXTURE_BEFORE])],
    base: RXJS,
    measures: { s: { unit: 's of CPU a file', digits: 2 } },
    sizes: {
      full: { rounds: 7, files: 6 },
      quick: { rounds: 3, files: 6 },
      tiny: { rounds: 1, files: 1 },
    },
    expected: () => ({ exitCode: 0 }),
    targets: [
      {
        says: 'with the fixture at most 0.12 s beyond rxjs',
        figure: (best) => best(FIXTURE, 's') - best(RXJS, 's'),
        atMost: 0.12,
      },
    ],
  },
];

/** Makes the apps, once for all rounds: what they import is as it is published. */
export async function prepare(table, { files }) {
  await bundleAll();
  const apps = { [own]: makeConsumer(own), ...(before && { [before]: makeConsumer(before) }) };
  for (const app of table === 'test-files' ? Object.values(apps) : []) {
    app.writeTests('nothing', files, '');
    for (const name of [RXJS, CORE, FIXTURE]) app.writeTests(name, files, `import '${name}';`);
  }
  return {
    size: { apps: Object.fromEntries(Object.entries(apps).map(([root, app]) => [root, app.path])) },
    dispose: () => {
      for (const app of Object.values(apps)) app.remove();
    },
  };
}

export async function measure(table, contender, size) {
  return table === 'imports' ? importing(contender, size) : testing(contender, size);
}

async function importing(contender, { apps }) {
  const app = apps[contender === TOOLS_BEFORE ? before : own];
  const { resolve } = createRequire(join(app, 'package.json'));
  const imports = MODULES[contender].map((name) => `import ${JSON.stringify(resolve(name))};`);
  const code = ['--input-type=module', '-e', imports.join('')];
  const { exitCode, written, tookMs } = await run([process.execPath, ...code]);
  return { measures: { ms: tookMs }, result: { exitCode, written } };
}

/** Each file has modules of its own: what all of them take is divided by how many they are. */
async function testing(contender, { apps, files }) {
  const app = apps[contender === FIXTURE_BEFORE ? before : own];
  const folder = contender.replace(', before', '').replaceAll(/\W/g, '-');
  const vitest = join(app, 'node_modules', 'vitest', 'vitest.mjs');
  const command = [process.execPath, vitest, 'run', '--root', app, `tests/${folder}/`];
  // The shell tells what its children took, and theirs, in its second line.
  const timed = ['sh', '-c', '"$@" > /dev/null; code=$?; times; exit $code', 'sh', ...command];
  const { exitCode, written } = await run(timed, { NODE_OPTIONS: '' });
  const spent = [...(written.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  const s = spent.reduce((sum, [, minutes, seconds]) => sum + minutes * 60 + Number(seconds), 0);
  return { measures: { s: s / files }, result: { exitCode } };
}

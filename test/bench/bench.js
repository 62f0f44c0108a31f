import { parseArgs } from 'node:util';

import { machine } from './harness/machine.js';
import { measureTable } from './harness/measure-table.js';
import { render } from './harness/render.js';
import { writeTable } from './harness/write-table.js';

/** The questions, a file each, in the order in which they are asked. */
const QUESTIONS = [
  'deliver',
  'decode',
  'delivery',
  'calls',
  'relay',
  'recording',
  'reading',
  'folder',
  'replays',
  'fidelity',
  'command-line',
  'imports',
];

/** Questions that take too long to be asked with the others. */
const ALONE = ['soak'];

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    table: { type: 'string', multiple: true },
    before: { type: 'string' },
    quick: { type: 'boolean', default: false },
    tiny: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const scale = values.tiny ? 'tiny' : values.quick ? 'quick' : 'full';
const asked = values.only ?? QUESTIONS;
const unknown = asked.find((name) => ![...QUESTIONS, ...ALONE].includes(name));
if (unknown !== undefined) {
  console.error(`There is no ${unknown}; there are ${[...QUESTIONS, ...ALONE].join(', ')}.`);
  process.exit(2);
}

const onProgress = process.stderr.isTTY
  ? (progress) => process.stderr.write(`\r\x1b[K${progress}`)
  : undefined;
const measured = [];

if (!values.json) console.log(`${describe(machine())}\n`);
if (values.write) await writeTable('machine', `${describe(machine())}\n`);
for (const question of asked) {
  const { tables } = await import(`./${question}.js`);
  const startedAt = performance.now();
  for (const table of tables) {
    if (values.table?.includes(table.name) === false) continue;
    const outcome = await measureTable(question, table, scale, {
      onProgress,
      before: values.before,
    });
    onProgress?.('');
    const command = [
      `npm run bench -- --only ${question}`,
      ...(values.quick ? ['--quick'] : []),
      ...(values.before === undefined ? [] : ['--before OTHER']),
    ].join(' ');
    const markdown = render(question, table, outcome, command);
    measured.push({ question, table: table.name, ...outcome });
    if (!values.json) console.log(markdown);
    if (values.write) await writeTable(table.name, markdown);
  }
  const tookS = Math.round((performance.now() - startedAt) / 1_000);
  if (!values.json) console.log(`(${question} took ${tookS} s)\n`);
}
if (values.json) console.log(JSON.stringify({ machine: machine(), scale, measured }));

function describe({ cpu, cores, memoryGiB, node, peers }) {
  const versions = Object.entries(peers).map(([name, version]) => `${name} ${version}`);
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, Node ${node}; ${versions.join(', ')}.`;
}

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';
import { build as buildWithVite } from 'vite';

/*
 * What a page loads of livecall, minified and gzipped, by what it is for. It is the same on every
 * machine: `--write` puts it into docs/performance.md.
 */

const PAGE = `export { liveCall } from '@livecall/core';
export { relayTransport } from '@livecall/core/browser';`;

/** The parts of a page, by their files; the first that fits has it. */
const PARTS = {
  'fourteen errors, what they say, and what they show of themselves':
    /error|close-codes|plain-fields|refusal-meaning/,
  'the way over a relay: dialling, resuming, what is confirmed, what is told of it':
    /^(browser\/(dial|page|relay|way)|relay|frame-source|create-uuid)/,
  'the call: its connections, streams, states and their order (`Following`, `Multicast`)':
    /^(following|(browser\/)?multicast|latest|channel|live-call|connection-end|warn-connected)/,
  'dialling again: when, how often, after what': /^(dial|retry|classify|internal\/monotonic-now)/,
  'messages: their declarations, the check, the protocol':
    /^(message|field|(browser\/)?find-wrong|protocol|either)/,
  '`call$`: the facts and the transcript': /^(call-|browser\/utterance-log)/,
  'commands and their acks': /^issue-command/,
  'options that cannot be, and patience': /^(internal\/assert|patience)/,
};

const resolveDir = fileURLToPath(new URL('..', import.meta.url));
const toKB = (bytes) => (bytes / 1_000).toFixed(1);
const toGzipped = (text) => gzipSync(text).length;

async function bundle(contents, external = [], plugins = []) {
  const { outputFiles } = await build({
    ...{ stdin: { contents, resolveDir }, bundle: true, format: 'esm', minify: true, write: false },
    ...{ platform: 'browser', target: 'es2023', external, plugins, legalComments: 'inline' },
  });
  return outputFiles[0].text;
}

/** Has esbuild say before each file's part of the bundle which it is. */
const named = {
  name: 'named',
  setup({ onLoad }) {
    onLoad({ filter: /core.dist.*\.js$/ }, ({ path }) => ({
      contents: `/*! file ${path.split(/dist./).at(-1)} */\n${readFileSync(path, 'utf8')}`,
    }));
  },
};

async function bundleWithVite(contents) {
  const entry = 'livecall-page.js';
  const { output } = await buildWithVite({
    ...{ root: resolveDir, configFile: false, logLevel: 'error' },
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === entry ? `${resolveDir}${entry}` : undefined),
        load: (id) => (id.endsWith(entry) ? contents : undefined),
      },
    ],
    build: {
      ...{ write: false, target: 'es2023' },
      rolldownOptions: { input: entry, external: ['rxjs'], preserveEntrySignatures: 'strict' },
    },
  });
  return output[0].code;
}

const beside = await bundle(PAGE, ['rxjs']);
const whole = await bundle(PAGE);
/** What livecall takes of RxJS, which a page that is an app has anyway. */
const taken = [...beside.matchAll(/import\{(.*?)\}from"rxjs"/g)].flatMap(([, names]) =>
  names.split(',').map((name) => name.split(' as ')[0]),
);
const rxjs = await bundle(`export { ${[...new Set(taken)].join(', ')} } from 'rxjs';`);
const vite = await bundleWithVite(PAGE);

const files = (await bundle(PAGE, ['rxjs'], [named]))
  .split('/*! file ')
  .slice(1)
  .map((text) => {
    const [name = '', ...code] = text.split(' */');
    const part = Object.keys(PARTS).find((part) => PARTS[part].test(name));
    return { part, code: code.join('') };
  });
const without = (part) => files.flatMap((file) => (file.part === part ? [] : [file.code])).join('');
const all = toGzipped(without('nothing'));
const rows = Object.keys(PARTS)
  .map((part) => ({ part, bytes: all - toGzipped(without(part)) }))
  .sort((one, other) => other.bytes - one.bytes);
const shared = toGzipped(beside) - rows.reduce((sum, { bytes }) => sum + bytes, 0);

const markdown = `| \`liveCall\` and \`relayTransport\` | kB |
| --- | --: |
| by esbuild, beside RxJS | ${toKB(toGzipped(beside))} |
| by Vite, beside RxJS | ${toKB(toGzipped(vite))} |
| by esbuild, with what they take of RxJS | ${toKB(toGzipped(whole))} |
| which is more than that of RxJS alone by | ${toKB(toGzipped(whole) - toGzipped(rxjs))} |

Of these ${toKB(toGzipped(beside))}, by what each part adds to the whole:

| what | kB |
| --- | --: |
${rows.map(({ part, bytes }) => `| ${part} | ${toKB(bytes)} |`).join('\n')}
| what all share, which gzip counts once | ${toKB(shared)} |

\`node test/bench/page.js --write\`
`;

if (process.argv.includes('--write')) {
  const path = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));
  const text = readFileSync(path, 'utf8');
  const [begin, end] = ['<!-- table: page -->', '<!-- /table: page -->'];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to === -1) throw new Error('docs/performance.md has no place for the page.');
  const written = `${text.slice(0, from)}${begin}\n\n${markdown}\n${text.slice(to)}`;
  writeFileSync(path, await format(written, { ...(await resolveConfig(path)), filepath: path }));
} else {
  console.log(markdown);
}

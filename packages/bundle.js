// @ts-check
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

/*
 * Puts what is built into few files, as it is published: most of what an import takes in Node is
 * the number of its files. Everything else (a page's bundler, the workspace itself) takes the files
 * as they are; `publishConfig` in a package's manifest says so.
 */

/** Other packages that stay where they are, beside those of livecall's and what a package has as its peer. */
const APART = {
  // An app has it for itself, too; and what meets the network is mended by an update of it alone.
  network: ['ws', 'https-proxy-agent', '@nats-io/*'],
  // The numbers of the world are loaded by who looks for some.
  numbers: ['libphonenumber-js', 'libphonenumber-js/*'],
};

/**
 * @typedef {object} Bundle
 * @property {string} folder of the package
 * @property {string} to where its files go, in `dist`
 * @property {Readonly<Record<string, string>>} entries by the name of their file: the module in `dist`
 * @property {readonly string[]} apart what it imports by name
 */

/** @type {readonly Bundle[]} */
const LIBRARIES = [
  {
    folder: 'packages/core',
    to: 'bundled',
    entries: {
      index: 'index',
      node: 'node/index',
      'node-internal': 'node/internal',
      codecs: 'protocol/codecs',
      internal: 'internal/index',
    },
    apart: ['rxjs', ...APART.network],
  },
  {
    folder: 'packages/recording',
    to: 'bundled',
    entries: {
      index: 'index',
      format: 'format/index',
      internal: 'internal',
      reader: 'reader',
    },
    apart: ['@livecall/*', 'rxjs', ...APART.numbers],
  },
  {
    folder: 'packages/server',
    to: 'bundled',
    entries: { index: 'index' },
    apart: ['@livecall/*', 'rxjs', ...APART.network],
  },
  {
    folder: 'tools',
    to: 'bundled',
    entries: {
      index: 'index',
      replay: 'replay',
      vitest: 'vitest',
      jest: 'jest',
      'node-test': 'node-test',
    },
    apart: ['@livecall/*', 'rxjs', 'vitest', 'expect', ...APART.network],
  },
];

/**
 * A command line is a program of its own and shares nothing with an app: of RxJS, too, it has what
 * it needs, and a command that needs none loads none.
 *
 * @type {readonly Bundle[]}
 */
const COMMAND_LINES = [
  {
    folder: 'tools',
    to: 'cli',
    // A worker's file is named, and not imported.
    entries: { bin: 'bin', 'scan-worker': 'command-line/scan-worker' },
    apart: APART.network,
  },
  { folder: 'packages/fleet', to: 'cli', entries: { bin: 'bin' }, apart: APART.network },
];

const root = fileURLToPath(new URL('..', import.meta.url));

/** Bundles all that is published in few files, or what is of one package. */
export async function bundleAll(of = root) {
  const bundles = [...LIBRARIES, ...COMMAND_LINES];
  await Promise.all(bundles.filter(({ folder }) => join(root, folder).startsWith(of)).map(bundle));
}

/** Bundles the command lines alone, each into the `dist/cli` of its package. */
export async function bundleCommandLines() {
  await Promise.all(COMMAND_LINES.map(bundle));
}

/** @param {Bundle} bundle */
async function bundle({ folder, to, entries, apart }) {
  const dist = join(root, folder, 'dist');
  const outdir = join(dist, to);
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      Object.entries(entries).map(([name, module]) => [name, join(dist, `${module}.js`)]),
    ),
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    // Not `node`: RxJS gives that one file of CommonJS with all that it has.
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['es2015'],
    target: 'node20.19',
    external: ['node:*', ...builtinModules, ...apart],
    plugins: [shakenFpTs],
    // What is CommonJS in it asks for Node's modules.
    ...(to === 'cli' && {
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    }),
    metafile: true,
    write: false,
  });
  const encoder = new TextEncoder();
  const modules = outputFiles.map(({ path, text }) => ({ name: basename(path), text }));
  write(outdir, [
    ...withoutDetours(modules).map(({ name, text }) => ({ name, contents: encoder.encode(text) })),
    { name: 'LICENSES.txt', contents: encoder.encode(toLicenses(Object.keys(metafile.inputs))) },
  ]);
}

/**
 * `fp-ts/lib`, which plain Node needs, is CommonJS; the same is there as modules.
 *
 * @type {import('esbuild').Plugin}
 */
const shakenFpTs = {
  name: 'shaken fp-ts',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^fp-ts\/lib\// }, ({ path, kind, importer, resolveDir }) =>
      resolve(path.replace('/lib/', '/es6/'), { kind, importer, resolveDir }),
    );
  },
};

/** @typedef {{ readonly name: string, readonly text: string }} Module */

/**
 * Has modules take what is CommonJS in Node from a file beside them, which requires as much of it as
 * they need: the same values that an app gets by the name of the package. RxJS is 220 files there, of
 * which they need a third. And Node reads CommonJS for its names before a module can import it, which
 * takes longer than to run it: `ws` is eight such files by its own entry for modules.
 *
 * @param {readonly Module[]} modules
 * @returns {readonly Module[]} and what is beside them
 */
function withoutDetours(modules) {
  /** @type {Map<string, Set<string>>} */
  const lines = new Map();
  const changed = modules.map(({ name, text }) => ({
    name,
    text: text.replaceAll(
      /^import \{([^}]*)\} from "(rxjs|ws)";$/gm,
      (_, /** @type {string} */ names, /** @type {string} */ from) => {
        const required = lines.get(from) ?? new Set(["'use strict';"]);
        lines.set(from, required);
        for (const given of names.split(',')) {
          const [imported = ''] = given.trim().split(' as ');
          const file = from === 'rxjs' ? rxjsFiles.get(imported) : from;
          if (file === undefined) throw new Error(`${from} has no ${imported}.`);
          required.add(`exports.${imported} = require('${file}').${imported};`);
        }
        return `import {${names}} from "./${from}.cjs";`;
      },
    ),
  }));
  const beside = Array.from(lines, ([from, required]) => ({
    name: `${from}.cjs`,
    text: `${[...required].join('\n')}\n`,
  }));
  return [...changed, ...beside];
}

/** The file in which RxJS has each of its exports; its manifest lets them be imported. */
const rxjsFiles = new Map(
  [
    ...readFileSync(join(root, 'node_modules/rxjs/dist/esm/index.js'), 'utf8').matchAll(
      /^export \{ (.+) \} from '\.\/(internal\/.+)';$/gm,
    ),
  ].flatMap(([, names = '', file]) => names.split(', ').map((name) => [name, `rxjs/${file}`])),
);

/**
 * Writes the files of a folder, and takes out what is none of them any more.
 *
 * @param {string} folder
 * @param {readonly { readonly name: string, readonly contents: Uint8Array }[]} files
 */
function write(folder, files) {
  mkdirSync(folder, { recursive: true });
  for (const { name, contents } of files) {
    const path = join(folder, name);
    // Another run may be starting it at this moment.
    if (existsSync(path) && readFileSync(path).equals(contents)) continue;
    const whole = join(folder, `.${process.pid}-${name}`);
    writeFileSync(whole, contents);
    renameSync(whole, path);
  }
  const names = new Set(files.map(({ name }) => name));
  for (const name of readdirSync(folder)) {
    if (!names.has(name) && !name.startsWith('.')) rmSync(join(folder, name));
  }
}

/**
 * The licences of what others have written and is in a bundle now.
 *
 * @param {readonly string[]} inputs paths from the root
 */
function toLicenses(inputs) {
  const folders = new Set(
    inputs.flatMap((path) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  );
  const texts = [...folders].sort().map((path) => {
    const folder = join(root, path);
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const licence = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
    if (licence === undefined) throw new Error(`${name} has no licence in it.`);
    return `${name} ${version}\n\n${readFileSync(join(folder, licence), 'utf8').trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleAll(process.cwd());

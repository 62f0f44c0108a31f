// @ts-check
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

/*
 * What a package weighs, as whoever installs it gets it: `npm run pack-sizes` writes the table of
 * docs/publishing.md.
 */

/**
 * @typedef {object} PackSize
 * @property {string} name
 * @property {{ readonly packed: number; readonly unpacked: number; readonly files: number }} sizes
 *   kilobytes of the tarball, those of its files, and how many there are
 * @property {readonly string[]} dependencies what npm installs along
 * @property {readonly string[]} peers what whoever installs it has beside it
 */

/**
 * Measures what `pnpm pack` wrote.
 *
 * @param {string} path of a tarball
 * @returns {PackSize}
 */
export function measurePack(path) {
  const packed = readFileSync(path);
  const tar = gunzipSync(packed);
  const sizes = [];
  let manifest = '';
  // A header of 512 bytes, the name at its begin, the size at 124 in octal; then the file, filled up.
  for (let at = 0; tar[at] !== undefined && tar[at] !== 0;) {
    const name = tar.toString('utf8', at, tar.indexOf(0, at));
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8);
    const begin = at + 512;
    // A file, and not what is said of the next one.
    if (tar.toString('latin1', at + 156, at + 157) === '0') sizes.push(size);
    if (name === 'package/package.json') manifest = tar.toString('utf8', begin, begin + size);
    at = begin + Math.ceil(size / 512) * 512;
  }
  const { name, dependencies = {}, peerDependencies = {} } = JSON.parse(manifest);
  return {
    name,
    sizes: {
      packed: toKilobytes(packed.length),
      unpacked: toKilobytes(sizes.reduce((sum, size) => sum + size, 0)),
      files: sizes.length,
    },
    dependencies: Object.keys(dependencies),
    peers: Object.keys(peerDependencies),
  };
}

/** @param {number} bytes */
const toKilobytes = (bytes) => Math.ceil(bytes / 1000);

/**
 * @param {PackSize} size
 * @returns {string} its row, a cell a column
 */
const toRow = ({ name, sizes: { packed, unpacked, files }, dependencies, peers }) =>
  `| ${[
    `\`${name}\``,
    `${packed} kB`,
    `${unpacked} kB`,
    files,
    dependencies.join(', ') || 'none',
    peers.join(', '),
  ].join(' | ')} |`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const packed = join(root, 'packed');
  const rows = readdirSync(packed)
    .filter((name) => name.endsWith('.tgz'))
    .map((name) => measurePack(join(packed, name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(toRow);
  const page = join(root, 'docs', 'publishing.md');
  const table = /^\| package .*\n\|[ |-]+\n/m;
  const text = readFileSync(page, 'utf8').replaceAll(/^\| `@livecall\/.*\n/gm, '');
  writeFileSync(
    page,
    text.replace(table, (head) => `${head}${rows.map((row) => `${row}\n`).join('')}`),
  );
  process.stdout.write(`${rows.join('\n')}\n`);
}

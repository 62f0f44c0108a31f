import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/*
 * Brings pages of the repository into a package while it is packed, since its help and its types
 * name them: what stands under `files` in its manifest and is not its own.
 *
 *     node pack-pages.js            before it is packed
 *     node pack-pages.js --remove   after it
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const { files } = JSON.parse(readFileSync('package.json', 'utf8'));
const brought = files.filter((file) => existsSync(join(root, file)));

for (const path of brought) {
  if (process.argv.includes('--remove'))
    rmSync(path.split('/')[0], { recursive: true, force: true });
  else cpSync(join(root, path), path, { recursive: true });
}
if (!process.argv.includes('--remove')) for (const path of brought) cutLooseLinks(path);

/** Leaves the words of a link whose end is not in the package: to sources, to tests. */
function cutLooseLinks(path) {
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path)) cutLooseLinks(join(path, name));
    return;
  }
  // A picture has none.
  if (!path.endsWith('.md')) return;
  const page = readFileSync(path, 'utf8');
  const link = /\[([^\]]*)\]\((?![a-z]+:|#)([^)#\s]+)(?:#[^)]*)?\)/g;
  const kept = page.replace(link, (whole, words, target) =>
    existsSync(join(dirname(path), target)) ? whole : words,
  );
  writeFileSync(path, kept);
}

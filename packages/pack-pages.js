import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
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
for (const path of files.filter((file) => file !== 'dist')) {
  if (process.argv.includes('--remove')) rmSync(path.split('/')[0], { recursive: true });
  else cpSync(join(root, path), path, { recursive: true });
}

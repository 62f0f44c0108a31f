import { spawnSync } from 'node:child_process';
import console from 'node:console';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * Unpacks Debian's nginx under node_modules/.cache, where test/nginx.test.ts finds it: nothing of
 * this machine is changed, and no service is started.
 */

const folder = fileURLToPath(new URL('../node_modules/.cache/nginx', import.meta.url));
const binary = join(folder, 'usr/sbin/nginx');

const run = (command, args, options) => spawnSync(command, args, { encoding: 'utf8', ...options });
const runs = (command) => run(command, ['-v']).status === 0;

if (runs(binary) || runs('nginx') || runs('/usr/sbin/nginx')) process.exit(0);

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const download = run('apt-get', ['download', 'nginx'], { cwd: folder, stdio: 'inherit' });
const found = existsSync(folder) && readdirSync(folder).find((name) => name.endsWith('.deb'));
if (download.status === 0 && found) {
  run('dpkg-deb', ['-x', found, '.'], { cwd: folder, stdio: 'inherit' });
}
if (!runs(binary)) {
  console.error('There is no nginx here, and none could be had: install one, and run this again.');
  process.exitCode = 1;
}

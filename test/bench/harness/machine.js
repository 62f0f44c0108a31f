import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, totalmem } from 'node:os';

const require = createRequire(import.meta.url);

/** What it was measured on. */
export function machine() {
  const { devDependencies } = require('../package.json');
  const peers = Object.keys(devDependencies).filter((name) => !name.startsWith('@livecall/'));
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    peers: Object.fromEntries(peers.map((name) => [name, versionOf(name)])),
  };
}

function versionOf(name) {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}

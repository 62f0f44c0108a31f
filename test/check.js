import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/*
 * Types, lint and format; fails where one of them does. Each runs on one core, so two run at a time:
 * tests are linted beside the rest, which is as much. Each writes what it found as it ends.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const [TESTS, UNITS] = ['test', '**/*.test.ts'];

const lanes = [
  [
    ['typescript/bin/tsc', '-b'],
    ['eslint/bin/eslint.js', TESTS, UNITS],
  ],
  [
    ['eslint/bin/eslint.js', '.', '--ignore-pattern', TESTS, '--ignore-pattern', UNITS],
    ['prettier/bin/prettier.cjs', '--log-level', 'warn', '--check', '.'],
  ],
];
const passed = await Promise.all(lanes.map(runAll));
process.exitCode = passed.every(Boolean) ? 0 : 1;

async function runAll(commands) {
  let isGood = true;
  for (const [bin, ...args] of commands) isGood = (await passes(bin, args)) && isGood;
  return isGood;
}

function passes(bin, args) {
  const command = [`node_modules/${bin}`, ...args];
  const child = spawn(process.execPath, command, { cwd: root, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => {
      resolve(code === 0);
    });
  });
}

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/*
 * Types, lint and format; fails where one of them does. eslint runs on one core, and half of what it
 * does is tests: they are linted beside the rest. Each writes what it found as it ends.
 */

const TESTS = ['test', '**/*.test.ts'];

if (!(await passes('typescript-7/bin/tsc', '-b'))) process.exit(1);
const passed = await Promise.all([
  passes('eslint/bin/eslint.js', '.', '--ignore-pattern', 'test', '--ignore-pattern', TESTS[1]),
  passes('eslint/bin/eslint.js', ...TESTS).then(
    async (isLinted) =>
      (await passes('prettier/bin/prettier.cjs', '--log-level', 'warn', '--check', '.')) &&
      isLinted,
  ),
]);
process.exitCode = passed.every(Boolean) ? 0 : 1;

function passes(bin, ...args) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const child = spawn(process.execPath, [`node_modules/${bin}`, ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => {
      resolve(code === 0);
    });
  });
}

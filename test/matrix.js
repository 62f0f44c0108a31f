import { spawnSync } from 'node:child_process';
import console from 'node:console';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * Runs the tests, or those that are named, on every Node that livecall supports, and prints a line
 * each: npm run test:matrix -- test/serve
 *
 * The Nodes come from npm, as the package `node`, into node_modules/.cache. LIVECALL_NODES=22,26
 * chooses among them.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, 'node_modules/.cache/matrix');
const majors = (process.env['LIVECALL_NODES'] ?? '20,22,24,26').split(',');

const versionOf = (binary) =>
  spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout?.trim() || undefined;
const isOf = (major, version) => version?.startsWith(`v${major}.`) === true;

/** The binary of a major version, or why there is none. */
function find(major) {
  if (isOf(major, process.version)) return { binary: process.execPath };
  const folder = join(cache, `node-${major}`);
  const binary = join(folder, 'node_modules/node/bin/node');
  if (!isOf(major, versionOf(binary))) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
    const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts=false', `node@${major}`];
    const { error, stderr } = spawnSync('npm', args, {
      cwd: folder,
      encoding: 'utf8',
      timeout: 300_000,
    });
    if (!isOf(major, versionOf(binary))) {
      const complaint = stderr?.split('\n').find((line) => line.startsWith('npm error'));
      return { why: error?.message ?? complaint ?? 'npm gave none that runs here' };
    }
  }
  return { binary };
}

/** Runs the tests, and tells how it went. */
function test(binary, filters) {
  const report = join(cache, 'report.json');
  mkdirSync(cache, { recursive: true });
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { status, stdout, stderr } = spawnSync(
    binary,
    [vitest, 'run', '--no-color', ...reporters, ...filters],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      // Whatever is started from there by its name is of this Node, too.
      env: {
        ...process.env,
        PATH: `${dirname(binary)}${delimiter}${process.env['PATH']}`,
      },
    },
  );
  const counts = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
  return { isGood: status === 0, output: `${stdout}${stderr}`, ...counts };
}

let hasFailed = false;
for (const major of majors) {
  const { binary, why } = find(major);
  if (binary === undefined) {
    console.log(`Node ${major}: not tested, since it cannot be had: ${why}`);
    hasFailed = true;
    continue;
  }
  const startedAt = Date.now();
  const tested = test(binary, process.argv.slice(2));
  const { isGood, output, numPassedTests = 0, numFailedTests = 0, numPendingTests = 0 } = tested;
  const seconds = Math.round((Date.now() - startedAt) / 1_000);
  if (!isGood) console.log(output);
  console.log(
    `Node ${versionOf(binary)}: ${isGood ? 'passed' : 'FAILED'}, ${numPassedTests} passed, ` +
      `${numFailedTests} failed, ${numPendingTests} skipped, ${seconds} s`,
  );
  hasFailed ||= !isGood;
}
process.exitCode = hasFailed ? 1 : 0;

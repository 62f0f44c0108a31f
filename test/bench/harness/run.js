import { spawn } from 'node:child_process';

import { CORES, onCore } from './child.js';

/**
 * Runs a command to its end, on the core of what is measured.
 *
 * @returns its exit code, what it wrote, and how long it took from start to end
 */
export function run(command, env = {}) {
  const [program, ...args] = onCore(CORES.measured, command);
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    let written = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      written += text;
    });
    child.once('error', reject).once('close', (exitCode) => {
      resolve({ exitCode, written, tookMs: performance.now() - startedAt });
    });
  });
}

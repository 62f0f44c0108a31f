import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const hasCoresToPin = process.platform === 'linux' && availableParallelism() >= 2;

/** The core of whatever serves, and the core of what is measured. */
export const CORES = { server: 0, measured: 1 };

/** A command that runs on one core, where there are two. */
export function onCore(core, command) {
  return hasCoresToPin ? ['taskset', '-c', String(core), ...command] : command;
}

/**
 * Starts a module of the benchmark in a process of its own, on a core of its own where there are
 * two.
 *
 * @param {string} path from `test/bench`
 * @param {{ core: number, args?: readonly string[], flags?: readonly string[], root?: string }} options
 *   `root` is that of another checkout, for its own module of that path
 */
export function start(path, { core, args = [], flags = [], root }) {
  const module =
    root === undefined
      ? fileURLToPath(new URL(`../${path}`, import.meta.url))
      : resolve(root, 'test/bench', path);
  const [program, ...rest] = onCore(core, [process.execPath, ...flags, module, ...args]);
  const child = spawn(program, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject).once('exit', (code, signal) => {
      resolve(code ?? signal);
    });
  });
  return {
    child,
    ended,
    /** The next message that it sends; rejects where it ends before. */
    next: () =>
      new Promise((resolve, reject) => {
        const off = () => child.off('message', hear).off('exit', end);
        const hear = (message) => {
          off();
          resolve(message);
        };
        const end = (code, signal) => {
          off();
          reject(new Error(`${path} ${args.join(' ')} ended with ${code ?? signal}.`));
        };
        child.on('message', hear).on('exit', end);
      }),
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}

import { spawnSync } from 'node:child_process';
import { fstatSync, readFileSync } from 'node:fs';

/**
 * Whether this process may use the terminal on standard input: it is in the foreground there, or
 * the terminal is not the one that controls it. Where nobody can tell, it may.
 *
 * Who touches the terminal from the background (`livecall record … &`) is stopped with SIGTTOU, and
 * who reads from it with SIGTTIN.
 */
export function isInForeground(): boolean {
  if (process.platform === 'win32') return true;
  return process.platform === 'linux' ? readsLikeForeground() : isForegroundByPs();
}

/** `/dev/tty`: whichever terminal is the controlling one. */
const DEV_TTY = 0x500;

/** @see proc_pid_stat(5) */
function readsLikeForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    return isForegroundByStat(stat, fstatSync(0).rdev);
  } catch {
    return true;
  }
}

/**
 * Reads `/proc/self/stat`: `pid (name) state ppid pgrp session tty_nr tpgid …`; a name can hold
 * parentheses and spaces.
 *
 * @param terminal the device of standard input
 */
export function isForegroundByStat(stat: string, terminal: number): boolean {
  const [, , group, , controlling, foreground] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  // Without a controlling terminal nobody is stopped.
  if (group === undefined || controlling === undefined || controlling === 0) return true;
  if (terminal !== DEV_TTY && terminal !== controlling) return true;
  return foreground === group;
}

/** macOS and the BSDs have no /proc. */
function isForegroundByPs(): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'pgid=,tpgid=', '-p', String(process.pid)], {
    encoding: 'utf8',
    // Standard error is nobody's business here.
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 2_000,
  });
  return isForegroundByGroups(stdout);
}

/** Reads the two columns of `ps -o pgid=,tpgid=`; macOS writes 0 or -1 where there is no terminal. */
export function isForegroundByGroups(columns: string | null): boolean {
  const [, group, foreground] = /^\s*(\d+)\s+(-?\d+)\s*$/.exec(columns ?? '') ?? [];
  return group === undefined || Number(foreground) <= 0 || group === foreground;
}

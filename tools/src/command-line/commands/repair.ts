import {
  closeSync,
  fchownSync,
  fsyncSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import type { Stats } from 'node:fs';

import { systemCode } from '@livecall/core/internal';
import { planRepair } from '@livecall/recording/internal';
import type { Repair } from '@livecall/recording/internal';

import { exitCodes, ExitError } from '../exit-error.js';
import { hasWriter } from '../has-writer.js';
import { say } from '../say.js';
import { tryStat } from '../try-stat.js';

/** What `livecall repair` was called with. */
export interface RepairFlags {
  readonly out?: string;
}

/**
 * `livecall repair`: completes a recording whose recorder died, and takes out of one what keeps it
 * from being read and is known to mean nothing.
 *
 * What is written is written to a new file beside it, to the disk, and then takes its place: who
 * pulls the plug in between has one or the other.
 */
export async function runRepair(path: string, { out }: RepairFlags): Promise<number> {
  const before = tryStat(path);
  if (before !== undefined && !before.isFile() && !before.isDirectory()) {
    throw new ExitError(
      exitCodes.noInput,
      `${path}: is no file that can be repaired in its place.`,
    );
  }
  const plan = await planRepair(path);
  if (plan.steps.length === 0 && out === undefined) {
    say(`${path} is whole; it was left alone`);
    return exitCodes.ok;
  }

  // A link stays one: what it points to is repaired.
  const source = realpathSync(path);
  const written = out ?? `${source}.${process.pid}.repaired`;
  const descriptor = create(written);
  try {
    writeRepaired(source, plan, descriptor);
    const after = statSync(source);
    if (isChanged(before, after) || hasWriter(after)) {
      throw new ExitError(
        exitCodes.ioError,
        `${path}: is being written to; repair it once its recorder has ended.`,
      );
    }
    if (out === undefined) {
      keepOwner(descriptor, after);
      renameSync(written, source);
    }
  } catch (cause) {
    rmSync(written, { force: true });
    if (cause instanceof ExitError) throw cause;
    const problem = `cannot be written (${systemCode(cause)}); ${path} is as it was`;
    throw new ExitError(exitCodes.ioError, `${written}: ${problem}.`, { cause });
  } finally {
    closeSync(descriptor);
  }
  say(toReport(path, plan, out));
  return exitCodes.ok;
}

function create(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (cause) {
    const code = systemCode(cause);
    const problem =
      code === 'EEXIST'
        ? 'exists already, and is not overwritten; choose another name'
        : code === 'ENOENT'
          ? 'its folder does not exist; create it first'
          : `cannot be created (${code}); check the folder's permissions`;
    throw new ExitError(exitCodes.cannotCreate, `${path}: ${problem}.`, { cause });
  }
}

function writeRepaired(
  source: string,
  { keptBytes, added, replaced }: Repair,
  target: number,
): void {
  const chunk = Buffer.alloc(256 * 1024);
  const descriptor = openSync(source, 'r');
  const write = replaceLines(replaced, (bytes) => {
    writeWhole(target, bytes);
  });
  try {
    for (let copied = 0; copied < keptBytes;) {
      const read = readSync(
        descriptor,
        chunk,
        0,
        Math.min(chunk.length, keptBytes - copied),
        copied,
      );
      if (read === 0) break;
      write(chunk.subarray(0, read));
      copied += read;
    }
  } finally {
    closeSync(descriptor);
  }
  writeWhole(target, Buffer.from(added));
  fsyncSync(target);
}

/** Puts other lines in the place of some, which have their line ends; the rest goes by as it comes. */
function replaceLines(
  replaced: Repair['replaced'],
  write: (bytes: Buffer) => void,
): (bytes: Buffer) => void {
  if (replaced === undefined) return write;
  let line = 1;
  return (bytes) => {
    let kept = 0;
    for (let start = 0; start < bytes.length;) {
      const newline = bytes.indexOf(0x0a, start);
      const end = newline === -1 ? bytes.length : newline + 1;
      const other = replaced.get(line);
      if (other !== undefined) {
        write(bytes.subarray(kept, start));
        if (newline !== -1) write(Buffer.from(other));
        kept = end;
      }
      if (newline !== -1) line += 1;
      start = end;
    }
    write(bytes.subarray(kept));
  };
}

function writeWhole(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) {
    written += writeSync(descriptor, bytes, written);
  }
}

/** Whether somebody wrote to it, or put another file in its place. */
function isChanged(before: Stats | undefined, after: Stats): boolean {
  return (
    before?.ino !== after.ino || before.size !== after.size || before.mtimeMs !== after.mtimeMs
  );
}

/** Who repairs another's recording (root, for one) leaves it theirs. */
function keepOwner(descriptor: number, { uid, gid }: Stats): void {
  try {
    fchownSync(descriptor, uid, gid);
  } catch {
    // Then it is whose it is: the owner alone can read it all the same.
  }
}

function toReport(path: string, { steps }: Repair, out: string | undefined): string {
  const done = steps.length === 0 ? 'whole; copied as it is' : `repaired: ${steps.join('; ')}`;
  return out === undefined ? `${path} ${done}` : `${path} ${done}; written to ${out}`;
}

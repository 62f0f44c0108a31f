import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Unpacked } from '../fixtures/debian.js';

/** Where a proxy is run. */
export interface Place {
  /** Its own, for all that it reads and writes. */
  readonly folder: string;
  readonly port: number;
  /** The port of the server behind it. */
  readonly toPort: number;
}

/** A part of a configuration, and what stands in its place. */
export type Edit = readonly [part: string | RegExp, replacement: string];

/** What is run beside it, or to have it read its configuration again. */
export type Command = readonly [file: string, ...args: string[]];

/** A proxy that Debian has, and how it is run as docs/proxies.md has it. */
export interface Proxy {
  readonly package: string;
  /** Where its configuration on the page has the logs. */
  readonly logFolder?: string;
  /** What has it give up after so many seconds. */
  readonly idle: (seconds: number) => readonly Edit[];
  /** What has it log as it does unless told otherwise. */
  readonly logsByDefault?: readonly Edit[];
  /** What has it want credentials of its own. */
  readonly credentials?: readonly Edit[];
  /** What it forgets who configures it like any other proxy, where it can be forgotten. */
  readonly withoutUpgrade?: readonly Edit[];
  /** Writes its configuration, and gives what starts it in the foreground. */
  readonly start: (config: string, place: Place, unpacked: Unpacked) => Command;
  /** Reads its log so far, where that is another program's part. */
  readonly logger?: (place: Place, unpacked: Unpacked, isDefault: boolean) => Command;
  /** Has it take up a changed configuration: by a signal, or by commands. */
  readonly reload?: NodeJS.Signals | ((place: Place, unpacked: Unpacked) => readonly Command[]);
  /** Asks it to stop once its connections have ended. */
  readonly quit: NodeJS.Signals;
  /** What it needs to find its own parts. */
  readonly environment?: (unpacked: Unpacked) => Readonly<Record<string, string>>;
}

/** The one that Debian's modules are made for, whatever else `python3` may be. */
const DEBIAN_PYTHON = '/usr/bin/python3';

/** What runs a program of Debian's in Python. */
export function python({ at, env }: Unpacked): {
  file: string;
  env: Readonly<Record<string, string>>;
} {
  const isThere = existsSync(DEBIAN_PYTHON);
  return {
    file: isThere ? DEBIAN_PYTHON : at('usr/bin/python3'),
    env: {
      ...env,
      PYTHONPATH: at('usr/lib/python3/dist-packages'),
      ...(!isThere && { PYTHONHOME: at('usr') }),
    },
  };
}

/** Some give up the rights of root, for those of a user that they are told. */
export const isRoot = process.getuid?.() === 0;

/** Writes a file into a proxy's folder, and gives its path. */
export function write({ folder }: Place, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

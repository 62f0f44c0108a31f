import { parseRun, toRunText } from './run.js';
import type { Run } from './run.js';

/** What a worker tells the others when it begins with a call. */
export interface Hello {
  readonly run: Run;
  /** How many calls it has, with this one. */
  readonly calls: number;
}

/** As it is told: `17-2 125`. */
export function toHelloText({ run, calls }: Hello): string {
  return `${toRunText(run)} ${calls}`;
}

/** Reads it; nothing where somebody else has told something. */
export function parseHello(text: string): Hello | undefined {
  const [, of = '', calls] = /^(\S+) (\d{1,9})$/.exec(text) ?? [];
  const run = parseRun(of);
  return run && { run, calls: Number(calls) };
}

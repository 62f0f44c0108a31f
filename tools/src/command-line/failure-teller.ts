import { exitCodes } from './exit-error.js';
import { say } from './say.js';
import type { Scanned } from './scan-task.js';

/** Says which files could not be read, as they come, and with which code that ends. */
export function createFailureTeller(): {
  readonly tell: (scanned: Scanned<unknown>) => void;
  readonly exitCode: () => number;
} {
  let exitCode: number = exitCodes.ok;
  return {
    tell: (scanned) => {
      if (!('failure' in scanned)) return;
      const { line, problem, kind } = scanned.failure;
      say(`${scanned.path}${line === undefined ? '' : `:${line}`}: ${problem}`);
      const code = kind === 'unreadable' ? exitCodes.noInput : exitCodes.badRecording;
      if (exitCode === exitCodes.ok) exitCode = code;
    },
    exitCode: () => exitCode,
  };
}

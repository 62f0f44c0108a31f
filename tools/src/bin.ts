#!/usr/bin/env node
import { CommanderError } from 'commander';

import { exitCodes, toExitError } from './command-line/exit-error.js';
import { createProgram } from './command-line/program.js';
import { say } from './command-line/say.js';
import {
  isReaderGone,
  openStandardOutput,
  toOutputProblem,
} from './command-line/standard-output.js';
import type { StandardOutput } from './command-line/standard-output.js';
import { takeTokens } from './command-line/take-tokens.js';

const given = takeTokens(process.env);

// Whoever reads us may stop reading (`livecall record … | head`, a terminal that is closed), and the
// disk behind an output may be full: what runs goes on. A command that is called for its output
// hears of that by itself.
process.stderr.on('error', () => undefined);
let isShown = true;
process.stdout.on('error', (error) => {
  if (isShown && !isReaderGone(error)) {
    say(`standard output: ${toOutputProblem(error)}; nothing more is shown there`);
  }
  isShown = false;
});

let helpOutput: StandardOutput | undefined;
const program = createProgram(
  (exitCode) => {
    process.exitCode = exitCode;
    if (exitCode === exitCodes.hungUp) endBySignal('SIGHUP');
  },
  (text) => {
    (helpOutput ??= openStandardOutput()).write(text);
  },
  given,
);

try {
  await program.parseAsync().catch(async (error: unknown) => {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version are no failures; commander has said everything else already.
    process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    await helpOutput?.flushed();
  });
} catch (error) {
  const { exitCode, message } = toExitError(error);
  say(message);
  process.exitCode = exitCode;
}

/**
 * Ends by a signal once nothing is left to do: a Node that finds its terminal gone as it exits (20)
 * aborts, with a core file that has the tokens in it.
 */
function endBySignal(signal: NodeJS.Signals): void {
  process.once('beforeExit', () => {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

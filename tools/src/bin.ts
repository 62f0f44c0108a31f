#!/usr/bin/env node
import { CommanderError } from 'commander';

import { exitCodes, toExitError } from './command-line/exit-error.js';
import { createProgram } from './command-line/program.js';
import { say } from './command-line/say.js';
import { takeTokens } from './command-line/take-tokens.js';

const given = takeTokens(process.env);

// Whoever reads us may stop reading: `livecall record … | head`, a terminal that is closed. The
// recording goes on.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}

const program = createProgram((exitCode) => {
  process.exitCode = exitCode;
}, given);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Help and version are no failures; commander has said everything else already.
    process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  } else {
    const { exitCode, message } = toExitError(error);
    say(message);
    process.exitCode = exitCode;
  }
}

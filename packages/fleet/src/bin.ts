#!/usr/bin/env node
import { CommanderError } from 'commander';

import { exitCodes, toExitError } from './command-line/exit-error.js';
import { takeSecrets } from './command-line/find-secret.js';
import { createProgram } from './command-line/program.js';
import { say } from './command-line/say.js';

const given = takeSecrets(process.env);

// Whoever reads us may stop reading; what runs goes on.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

const program = createProgram((exitCode) => {
  process.exitCode = exitCode;
}, given);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  } else {
    const { exitCode, message } = toExitError(error);
    say(message);
    process.exitCode = exitCode;
    // A dial that timed out keeps its socket, and the process with it.
    process.stderr.write('', () => process.exit());
  }
}

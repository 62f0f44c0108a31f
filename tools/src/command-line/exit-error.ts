import type { RecordingError } from '../recording/recording-error.js';
import type { RecordingFileError } from '../recording/recording-file.js';

/**
 * How the command line ends.
 *
 * | code | meaning |
 * |---|---|
 * | 0 | done |
 * | 1 | the client departed from the recording, or a check failed |
 * | 2 | the command was not understood |
 * | 65 | a recording cannot be used |
 * | 66 | there is no such file |
 * | 69 | the server cannot be reached, or does not take or keep the call; a port cannot be used |
 * | 73 | the output cannot be created, or exists |
 * | 74 | the output cannot be written |
 * | 76 | the server does not speak the protocol |
 * | 77 | the server does not accept the token |
 * | 129, 130, 143 | stopped by a signal (SIGHUP, a second Ctrl-C, SIGTERM) |
 *
 * From 65 on they are those of sysexits.h.
 */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  badRecording: 65,
  noInput: 66,
  unavailable: 69,
  cannotCreate: 73,
  ioError: 74,
  protocolError: 76,
  unauthorized: 77,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** Ends a command with a sentence for the person who called it. */
export class ExitError extends Error {
  readonly _tag = 'ExitError';
  override readonly name = 'ExitError';
  readonly exitCode: number;

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** Says how to end for an error of livecall's; another error is a bug, and is thrown on. */
export function toExitError(error: unknown): ExitError {
  if (error instanceof ExitError) return error;
  // By their tags: their classes would load half of the house for `livecall --help`.
  const failure = error as RecordingError | RecordingFileError | undefined;
  switch (failure?._tag) {
    case 'RecordingError': {
      const code = failure.kind === 'unreadable' ? exitCodes.noInput : exitCodes.badRecording;
      return new ExitError(code, failure.message);
    }
    case 'RecordingFileError': {
      const code = failure.kind === 'not-written' ? exitCodes.ioError : exitCodes.cannotCreate;
      return new ExitError(code, failure.message);
    }
    default:
      throw error;
  }
}

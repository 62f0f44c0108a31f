import type { RecordingFileError } from '@livecall/recording';
import type { RecordingError } from '@livecall/recording/format';

/**
 * How the command line ends. From 65 on they are those of sysexits.h; from 129 on, 128 and the
 * signal's number. `livecall-fleet` has a list of its own, since neither depends on the other and
 * each says what its own commands mean by one; a test holds the numbers alike.
 *
 * @see docs/command-line.md#exit-codes
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

/** What each of them says, in one line. */
export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: 'done; stopped by Ctrl-C, for what runs until it is stopped',
  failed:
    'the client departed from the recording, a check failed, recordings differ, or nothing was found',
  usage: 'the command was not understood, or a token cannot be used',
  badRecording: 'a recording cannot be used',
  noInput: 'there is no such file, or it cannot be read',
  unavailable:
    'the server cannot be reached, or does not take or keep the call; the recording was stopped before there was a connection; a port cannot be used',
  cannotCreate: 'the output exists, or cannot be created',
  ioError: 'the output cannot be written',
  protocolError: 'the server does not speak the protocol',
  unauthorized: 'the server does not accept the token',
  hungUp: 'stopped, since the terminal was closed',
  interrupted: 'stopped by a second Ctrl-C',
  terminated: 'stopped by SIGTERM',
};

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

/** How the command line ends: as `livecall` does. @see docs/command-line.md#exit-codes */
export const exitCodes = {
  ok: 0,
  usage: 2,
  badInput: 65,
  noInput: 66,
  unavailable: 69,
  cannotCreate: 73,
  ioError: 74,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** What each of them says, in one line. */
export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: 'done; drained or stopped by a signal, for what runs until it is stopped',
  usage: 'the command was not understood, or a token or key cannot be used',
  badInput: 'the call is enqueued or followed already',
  noInput: 'there is no such file, or it cannot be read',
  unavailable: 'the NATS server cannot be reached, or is not fit for it',
  cannotCreate: 'the output exists, or cannot be created',
  ioError: 'the output cannot be written',
  hungUp: 'stopped, since the terminal was closed',
  interrupted: 'stopped by a second Ctrl-C',
  terminated: 'stopped by a second SIGTERM',
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

/** Says how to end for an error of the fleet's; another error is a bug, and is thrown on. */
export function toExitError(error: unknown): ExitError {
  if (error instanceof ExitError) return error;
  const { _tag: tag, message } = error as { readonly _tag?: string; readonly message: string };
  switch (tag) {
    case 'BrokerUnfitError':
      return new ExitError(exitCodes.unavailable, message);
    case 'AlreadyEnqueuedError':
      return new ExitError(exitCodes.badInput, message);
    case 'RecordingFileError': {
      const isWritten = (error as { readonly kind?: string }).kind === 'not-written';
      return new ExitError(isWritten ? exitCodes.ioError : exitCodes.cannotCreate, message);
    }
    default:
      throw error;
  }
}

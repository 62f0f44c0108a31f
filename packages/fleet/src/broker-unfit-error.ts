/** The broker cannot do what a fleet needs, or has been set up for something else. */
export class BrokerUnfitError extends Error {
  readonly _tag = 'BrokerUnfitError';
  override readonly name = 'BrokerUnfitError';
}

/** Says what could not be done with the broker, why, and what can be done about it. */
export function toBrokerUnfit(error: unknown, what: string): BrokerUnfitError {
  if (!(error instanceof Error)) return new BrokerUnfitError(`${what}.`);
  return new BrokerUnfitError(`${what}: ${toReason(error)}.`, { cause: error });
}

function toReason(error: Error): string {
  if (isTimeout(error)) {
    return 'JetStream does not answer; see whether the NATS server is up, its disk and its log';
  }
  const { message } = error;
  if (/storage|resources/.test(message)) {
    return `${message}; see the server’s max_file_store, and ask for fewer bytes`;
  }
  if (/not enabled|no responders/.test(message)) return `${message}; start the server with -js`;
  if (/not found/.test(message)) return `${message}; set the fleet up first, with this prefix`;
  return message;
}

/** The client says this and no more where a request has no answer in time. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && /^timeout/i.test(error.message);
}

/** The broker cannot do what a fleet needs, or has been set up for something else. */
export class BrokerUnfitError extends Error {
  readonly _tag = 'BrokerUnfitError';
  override readonly name = 'BrokerUnfitError';
}

/** Says what could not be done with the broker, why, and what can be done about it. */
export function toBrokerUnfit(error: unknown, what: string): BrokerUnfitError {
  return new BrokerUnfitError(`${what}: ${toReason(error)}.`, { cause: error });
}

/** Why the broker did not do something, and what can be done about it. */
export function toReason(error: unknown): string {
  if (!(error instanceof Error)) return 'no reason given';
  if (isTimeout(error)) {
    return 'JetStream does not answer; see whether the NATS server is up, its disk and its log';
  }
  const { message } = error;
  if (/storage|resources/.test(message)) {
    return `${message}; see the server’s max_file_store, and ask for fewer bytes (livecall-fleet set-up --max-calls-bytes)`;
  }
  if (/permissions violation/i.test(message)) {
    return `${message}; docs/fleet.md says what each user of a fleet must be allowed`;
  }
  if (/^maximum (bytes|messages) exceeded/.test(message)) {
    return 'the queue is full; start more workers, or set a larger maxJobsBytes';
  }
  if (/not enabled for account/i.test(message)) return `${message}; enable it for this account`;
  if (/not enabled|no responders/i.test(message)) {
    return `${message}; start the server with -js, or see whether the one that has it can be reached`;
  }
  if (/overlap/.test(message)) {
    return `${message}, which somebody has made for another purpose; give the fleet another prefix`;
  }
  if (/not found/.test(message)) return `${message}; set the fleet up first, with this prefix`;
  return message;
}

/** The client says this and no more where a request has no answer in time. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && /^timeout/i.test(error.message);
}

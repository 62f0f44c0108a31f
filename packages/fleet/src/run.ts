/**
 * One worker's following of a call, from taking its job until it lets go. Each delivery of a job
 * begins another: the newest is the one that counts.
 */
export interface Run {
  /** The job's sequence number in its queue. */
  readonly job: number;
  /** How often it had been delivered by then. */
  readonly delivery: number;
}

/** Below 0 when `a` is the older one. */
export function compareRuns(a: Run, b: Run): number {
  return a.job - b.job || a.delivery - b.delivery;
}

/** As it stands in subjects and ids: `17-2`. */
export function toRunText({ job, delivery }: Run): string {
  return `${job}-${delivery}`;
}

/** Reads it; nothing where it is none. */
export function parseRun(text: string): Run | undefined {
  const [, job, delivery] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  return job === undefined ? undefined : { job: Number(job), delivery: Number(delivery) };
}

/** What tells a stored message from all others: the n-th that a run of a call has published. */
export interface EntryId {
  readonly run: Run;
  /** From 1: the header of the run. */
  readonly number: number;
}

/** As the header `Nats-Msg-Id` has it, by which the broker passes over what comes twice. */
export function toEntryIdText(callId: string, run: Run, number: number): string {
  return `${callId}.${toRunText(run)}.${number}`;
}

/** Reads it; nothing where somebody else has published. */
export function parseEntryId(text: string): EntryId | undefined {
  const end = text.lastIndexOf('.');
  const start = text.lastIndexOf('.', end - 1);
  const run = parseRun(text.slice(start + 1, end));
  const number = Number(text.slice(end + 1));
  return run !== undefined && Number.isSafeInteger(number) && number > 0
    ? { run, number }
    : undefined;
}

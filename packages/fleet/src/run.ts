/**
 * One worker's following of a call, from claiming it until it lets go. Of several the newest is the
 * one that counts.
 */
export interface Run {
  /** The job's sequence number in its queue. */
  readonly job: number;
  /**
   * Higher than that of every run of the job before it. It is no count of deliveries: a server of 2.9
   * was seen to deliver a job that had been given back with the same count once more.
   */
  readonly nth: number;
}

/** Below 0 when `a` is the older one. */
export function compareRuns(a: Run, b: Run): number {
  return a.job - b.job || a.nth - b.nth;
}

/** As it stands in subjects and ids: `17-2`. */
export function toRunText({ job, nth }: Run): string {
  return `${job}-${nth}`;
}

/** Reads it; nothing where it is none. */
export function parseRun(text: string): Run | undefined {
  const [, job, nth] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  return job === undefined ? undefined : { job: Number(job), nth: Number(nth) };
}

/** What tells a stored message from all others: the n-th that a run of a call has published. */
export interface EntryId {
  readonly run: Run;
  /** From 1: the header of the run. */
  readonly number: number;
}

/** As the header `Nats-Msg-Id` has it, by which the broker passes over what comes twice. */
export function toEntryIdText(callId: string, run: Run, number: number): string {
  return toEntryIds(callId, run)(number);
}

/** The same for one run, again and again. */
export function toEntryIds(callId: string, run: Run): (number: number) => string {
  const before = `${callId}.${toRunText(run)}.`;
  return (number) => `${before}${number}`;
}

/** Reads it; nothing where somebody else has published, or it is of another call. */
export function parseEntryId(text: string, callId: string): EntryId | undefined {
  const end = text.lastIndexOf('.');
  const start = text.lastIndexOf('.', end - 1);
  if (text.slice(0, Math.max(start, 0)) !== callId) return undefined;
  const run = parseRun(text.slice(start + 1, end));
  const number = Number(text.slice(end + 1));
  return run !== undefined && Number.isSafeInteger(number) && number > 0
    ? { run, number }
    : undefined;
}

/** Reads the ids of one call, most of which are of the run that the one before was of. */
export function createEntryIdReader(callId: string): (text: string) => EntryId | undefined {
  let before: string | undefined;
  let run: Run | undefined;
  return (text) => {
    if (before !== undefined && run !== undefined && text.startsWith(before)) {
      const number = Number(text.slice(before.length));
      if (Number.isSafeInteger(number) && number > 0) return { run, number };
    }
    const id = parseEntryId(text, callId);
    if (id !== undefined) {
      before = text.slice(0, text.lastIndexOf('.') + 1);
      run = id.run;
    }
    return id;
  };
}

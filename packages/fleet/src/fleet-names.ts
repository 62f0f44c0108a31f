import type { Run } from './run.js';
import { toRunText } from './run.js';

/** The subjects, streams and consumer of one fleet. */
export interface FleetNames {
  /** The stream that keeps the calls. */
  readonly callsStream: string;
  /** The stream that is the queue of jobs. */
  readonly jobsStream: string;
  /** The consumer of it that all workers share. */
  readonly jobsConsumer: string;
  /** Every call's subject, or that of one. */
  callSubject(callId: string): string;
  jobSubject(callId: string): string;
  /** Where a run takes commands; no stream may have it, or JetStream would answer in its place. */
  commandSubject(callId: string, run: Run): string;
  /** Where a run says that it has begun; no stream has it. */
  runSubject(callId: string): string;
  /** Where all workers answer what they follow. */
  readonly workersSubject: string;
  /** Where a job is asked for. */
  readonly nextSubject: string;
  /** How the client reaches JetStream. */
  readonly jetstream: { readonly domain?: string };
}

/** Names the parts of a fleet, so that several can share a broker. */
export interface FleetOptions {
  /** What all subjects and streams begin with: letters, digits, `-` and `_`. @default 'livecall' */
  readonly prefix?: string;
  /**
   * The JetStream domain that has the fleet, where it is another than that of the server connected
   * to, as on a leaf node: letters, digits, `-` and `_`. @default that of the server
   */
  readonly domain?: string;
}

const NAME = /^[-\w]{1,128}$/;

/** @throws TypeError for a prefix or domain that cannot be part of a subject */
export function toFleetNames({ prefix = 'livecall', domain }: FleetOptions = {}): FleetNames {
  if (!NAME.test(prefix)) {
    throw new TypeError('prefix must be 1 to 128 letters, digits, "-" or "_".');
  }
  if (domain !== undefined && !NAME.test(domain)) {
    throw new TypeError('domain must be 1 to 128 letters, digits, "-" or "_".');
  }
  const api = domain === undefined ? '$JS.API' : `$JS.${domain}.API`;
  return {
    callsStream: `${prefix}-calls`,
    jobsStream: `${prefix}-jobs`,
    jobsConsumer: 'workers',
    callSubject: (callId) => `${prefix}.calls.${callId}`,
    jobSubject: (callId) => `${prefix}.jobs.${callId}`,
    commandSubject: (callId, run) => `${prefix}.commands.${callId}.${toRunText(run)}`,
    runSubject: (callId) => `${prefix}.runs.${callId}`,
    workersSubject: `${prefix}.workers`,
    nextSubject: `${api}.CONSUMER.MSG.NEXT.${prefix}-jobs.workers`,
    jetstream: domain === undefined ? {} : { domain },
  };
}

/**
 * A call's id is part of subjects, which every client of the broker sees.
 *
 * @throws TypeError for one that cannot be; it is not repeated, since it may be a token
 */
export function assertCallId(callId: unknown): asserts callId is string {
  if (isCallId(callId)) return;
  throw new TypeError(
    'callId must be 1 to 128 letters, digits, "-" or "_"; it stands in subjects, so it must never be the conversation token.',
  );
}

/** Whether it can stand in a subject. */
export function isCallId(callId: unknown): callId is string {
  return typeof callId === 'string' && NAME.test(callId);
}

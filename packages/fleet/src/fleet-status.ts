import { jetstreamManager } from '@nats-io/jetstream';
import { NoRespondersError, RequestError } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import type { ConnectionState } from '@livecall/core';
import * as t from 'io-ts';

import { isTimeout, toBrokerUnfit } from './broker-unfit-error.js';
import { toFleetNames } from './fleet-names.js';
import type { FleetNames, FleetOptions } from './fleet-names.js';
import { parseLine } from './parse-line.js';
import type { Run } from './run.js';

/** A call as its worker sees it. */
export interface CallReport {
  readonly callId: string;
  /** Absent until the worker has claimed it. */
  readonly run?: Run | undefined;
  /** When the worker took it, in milliseconds since the epoch. */
  readonly since: number;
  readonly state: ConnectionState['status'];
  /** How many lines of its recording the run has published. */
  readonly published: number;
  /** How many of them the broker has not acknowledged yet. */
  readonly unacked: number;
}

/** What one worker answers. */
export interface WorkerReport {
  readonly worker: string;
  readonly slots: number;
  /** Bytes that wait for the broker. */
  readonly unackedBytes: number;
  /** What goes wrong between it and JetStream now: a queue that gives nothing, calls not stored. */
  readonly troubles: readonly string[];
  readonly calls: readonly CallReport[];
}

/** A fleet as a whole. */
export interface FleetStatus {
  /** Those that answered in time, by name. */
  readonly workers: readonly WorkerReport[];
  /** Jobs that no worker has taken yet. */
  readonly waiting: number;
  /** Jobs that a worker has, or had until lately. */
  readonly taken: number;
  /** What is stored of calls. */
  readonly stored: { readonly calls: number; readonly messages: number; readonly bytes: number };
}

/** How long the workers have to answer. */
export interface FleetStatusOptions extends FleetOptions {
  /**
   * Milliseconds. All of them are waited, unless there is no worker at all: nobody knows how many there
   * are, and one whose event loop is busy is not to look as if it were gone. @default 1000
   */
  readonly waitMs?: number;
}

/**
 * Asks the workers and the broker how things stand.
 *
 * @throws BrokerUnfitError where the broker does not say
 * @example
 * import { fleetStatus } from '@livecall/fleet';
 * import type { NatsConnection } from '@nats-io/transport-node';
 *
 * export const countCalls = async (connection: NatsConnection) =>
 *   (await fleetStatus(connection)).workers.flatMap(({ calls }) => calls).length;
 */
export async function fleetStatus(
  connection: NatsConnection,
  { waitMs = 1_000, ...fleet }: FleetStatusOptions = {},
): Promise<FleetStatus> {
  const names = toFleetNames(fleet);
  const [workers, [jobs, calls]] = await Promise.all([
    askWorkers(connection, names.workersSubject, waitMs),
    askBroker(connection, names),
  ]);
  const { num_subjects: kept = 0, messages, bytes } = calls.state;
  return {
    workers: [...workers].sort((a, b) => a.worker.localeCompare(b.worker)),
    waiting: jobs.num_pending,
    taken: jobs.num_ack_pending,
    stored: { calls: kept, messages, bytes },
  };
}

async function askBroker(connection: NatsConnection, names: FleetNames) {
  try {
    const manager = await jetstreamManager(connection, {
      ...names.jetstream,
      checkAPI: false,
      timeout: 5_000,
    });
    return await Promise.all([
      manager.consumers.info(names.jobsStream, names.jobsConsumer),
      manager.streams.info(names.callsStream),
    ]);
  } catch (error) {
    throw toBrokerUnfit(error, 'The state of the fleet cannot be read');
  }
}

async function askWorkers(
  connection: NatsConnection,
  subject: string,
  maxWait: number,
): Promise<readonly WorkerReport[]> {
  const answers: unknown[] = [];
  try {
    const asked = await connection.requestMany(subject, '', { strategy: 'timer', maxWait });
    for await (const reply of asked) answers.push(parseLine(reply.string()));
  } catch (error) {
    if (!isNobody(error)) throw toBrokerUnfit(error, 'The workers cannot be asked');
  }
  return joinReports(answers);
}

/** There is no worker, or none has answered in time. */
function isNobody(error: unknown): boolean {
  return (
    isTimeout(error) ||
    error instanceof NoRespondersError ||
    (error instanceof RequestError && error.isNoResponders())
  );
}

const Report = t.intersection([
  t.type({
    worker: t.string,
    slots: t.number,
    unackedBytes: t.number,
    troubles: t.readonlyArray(t.string),
    calls: t.readonlyArray(
      t.intersection([
        t.type({
          callId: t.string,
          since: t.number,
          state: t.string,
          published: t.number,
          unacked: t.number,
        }),
        t.partial({ run: t.type({ job: t.number, nth: t.number }) }),
      ]),
    ),
  }),
  t.partial({ id: t.string }),
]);

/** The reports of workers, of which each came in one answer or several; what is none is passed over. */
export function joinReports(answers: readonly unknown[]): readonly WorkerReport[] {
  const reports = new Map<unknown, WorkerReport>();
  for (const answer of answers) {
    if (!Report.is(answer)) continue;
    const { id = answer, ...report } = answer;
    const before = reports.get(id)?.calls ?? [];
    reports.set(id, { ...report, calls: [...before, ...(report.calls as readonly CallReport[])] });
  }
  return [...reports.values()];
}

import {
  AckPolicy,
  DiscardPolicy,
  jetstreamManager,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import type { ConsumerConfig, JetStreamManager, StreamConfig } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';

import { assertServer } from './assert-server.js';
import { BrokerUnfitError, toBrokerUnfit } from './broker-unfit-error.js';
import { toFleetNames } from './fleet-names.js';
import type { FleetOptions } from './fleet-names.js';

/** What the broker keeps, and for how long. */
export interface SetUpFleetOptions extends FleetOptions {
  /** The longest that what was said in a call is kept, in milliseconds. @default 86400000 (a day) */
  readonly maxAgeMs?: number;
  /**
   * Bytes for all calls; beyond them the oldest entries go. The broker sets so much of its disk
   * aside at once. @default 1073741824
   */
  readonly maxCallsBytes?: number;
  /** Bytes for the jobs; beyond them no further one is taken on. @default 67108864 */
  readonly maxJobsBytes?: number;
  /**
   * Milliseconds after which the job of a worker that has fallen silent goes to another. Shorter
   * than the longest pause of a worker's event loop, a call changes hands for nothing; 2000 at least.
   * @default 5000
   */
  readonly ackWaitMs?: number;
  /** How many servers of a cluster keep each entry: 1, 3 or 5. @default 1 */
  readonly replicas?: number;
}

/** What a fleet is set to, as the broker says. */
export type FleetSettings = Required<Omit<SetUpFleetOptions, keyof FleetOptions>>;

/**
 * Makes the two streams and the consumer of a fleet where they are missing. What is there keeps its
 * limits, so that whoever runs the broker may set others; what it is set to is returned, with
 * `Infinity` where there is no limit.
 *
 * Every setting is read back: servers accept some that they do not know, and pass over them.
 *
 * @throws BrokerUnfitError
 * @throws TypeError for an option that cannot be
 * @example
 * import { connectBroker, setUpFleet } from '@livecall/fleet';
 *
 * export async function setUp() {
 *   const connection = await connectBroker();
 *   await setUpFleet(connection, { maxAgeMs: 3_600_000 });
 *   return connection;
 * }
 */
export async function setUpFleet(
  connection: NatsConnection,
  {
    maxAgeMs = 24 * 3_600_000,
    maxCallsBytes = 2 ** 30,
    maxJobsBytes = 64 * 2 ** 20,
    ackWaitMs = 5_000,
    replicas = 1,
    ...fleet
  }: SetUpFleetOptions = {},
): Promise<FleetSettings> {
  assertAbove({ maxAgeMs, maxCallsBytes, maxJobsBytes, replicas }, 0);
  // A worker asks for a second, and has to count its lease from when it began to.
  assertAbove({ ackWaitMs }, LEAST_ACK_WAIT_MS - 1);
  const names = toFleetNames(fleet);
  assertServer(connection);
  const manager = await jetstreamManager(connection, { ...names.jetstream, checkAPI: false });
  const calls = await ensureStream(manager, {
    name: names.callsStream,
    subjects: [names.callSubject('*')],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_age: nanos(maxAgeMs),
    max_bytes: maxCallsBytes,
    duplicate_window: nanos(Math.min(120_000, maxAgeMs)),
    num_replicas: replicas,
  });
  const jobs = await ensureStream(manager, {
    name: names.jobsStream,
    subjects: [names.jobSubject('*')],
    retention: RetentionPolicy.Workqueue,
    storage: StorageType.File,
    // A job that was taken on is never dropped for another.
    discard: DiscardPolicy.New,
    max_bytes: maxJobsBytes,
    num_replicas: replicas,
  });
  const workers = await ensureConsumer(manager, names.jobsStream, {
    durable_name: names.jobsConsumer,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitMs),
    // One limit for all workers together: each limits itself by its slots.
    max_ack_pending: -1,
    // Beyond one, a job would stay in the queue for ever, and nobody be told.
    max_deliver: -1,
    // Four requests a worker; a server's own 512 are as many as 128 workers have open.
    max_waiting: 16_384,
    filter_subject: names.jobSubject('*'),
  });
  const limit = (value: number) => (value > 0 ? value : Infinity);
  return {
    maxAgeMs: limit(calls.max_age / 1e6),
    maxCallsBytes: limit(calls.max_bytes),
    maxJobsBytes: limit(jobs.max_bytes),
    ackWaitMs: (workers.ack_wait ?? 0) / 1e6,
    replicas: calls.num_replicas,
  };
}

/** What must be as a fleet needs it, whoever made the stream; all else is a matter of taste. */
const NEEDED: readonly (keyof StreamConfig)[] = ['subjects', 'retention'];

/** What a fleet cannot do with, and which settings are none: what was never set is left out, or empty. */
const SPOILING = {
  stream: ['no_ack', 'sealed', 'mirror'],
  consumer: ['deliver_subject', 'headers_only', 'backoff'],
} as const satisfies {
  readonly stream: readonly (keyof StreamConfig)[];
  readonly consumer: readonly (keyof ConsumerConfig)[];
};
const LEAST_ACK_WAIT_MS = 2_000;

type Wanted = Partial<StreamConfig> & Pick<StreamConfig, 'name'>;

async function ensureStream(manager: JetStreamManager, wanted: Wanted): Promise<StreamConfig> {
  const { config, isNew } = await findOrMake(
    () => manager.streams.info(wanted.name),
    () => manager.streams.add(wanted),
    `stream ${wanted.name}`,
  );
  const keys = isNew ? (Object.keys(wanted) as (keyof StreamConfig)[]) : NEEDED;
  assertKept(
    `stream ${wanted.name}`,
    keys.filter((key) => key in wanted),
    wanted,
    config,
  );
  assertNone(`stream ${wanted.name}`, SPOILING.stream, config);
  return config;
}

async function ensureConsumer(
  manager: JetStreamManager,
  stream: string,
  wanted: Partial<ConsumerConfig> & { readonly durable_name: string },
): Promise<ConsumerConfig> {
  const name = wanted.durable_name;
  const { config, isNew } = await findOrMake(
    () => manager.consumers.info(stream, name),
    () => manager.consumers.add(stream, wanted),
    `consumer ${name} of ${stream}`,
  );
  const keys: readonly (keyof ConsumerConfig)[] = isNew
    ? (Object.keys(wanted) as (keyof ConsumerConfig)[])
    : ['ack_policy', 'max_deliver', 'filter_subject'];
  const what = `consumer ${name} of ${stream}`;
  assertKept(what, keys, wanted, config);
  assertNone(what, SPOILING.consumer, config);
  // What it is set to is a matter of taste, up to what a worker can keep.
  if ((config.ack_wait ?? 0) >= nanos(LEAST_ACK_WAIT_MS)) return config;
  throw unfit(what, [`ack_wait is ${(config.ack_wait ?? 0) / 1e6} ms`]);
}

async function findOrMake<Info extends { readonly config: object }>(
  find: () => Promise<Info>,
  make: () => Promise<Info>,
  what: string,
): Promise<{ readonly config: Info['config']; readonly isNew: boolean }> {
  try {
    return { config: (await find()).config, isNew: false };
  } catch (error) {
    if (!isNotFound(error)) throw toBrokerUnfit(error, `The ${what} cannot be read`);
  }
  try {
    return { config: (await make()).config, isNew: true };
  } catch (error) {
    // Two workers that start at once: the other's will do.
    if (error instanceof JetStreamApiError && /already|in use/.test(error.message)) {
      return { config: (await find()).config, isNew: false };
    }
    throw toBrokerUnfit(error, `The ${what} cannot be made`);
  }
}

function assertKept<A extends object>(
  what: string,
  keys: readonly (keyof A)[],
  wanted: Partial<A>,
  config: A,
): void {
  const lost = keys.filter((key) => JSON.stringify(config[key]) !== JSON.stringify(wanted[key]));
  if (lost.length > 0) throw unfit(what, lost.map(toSetting(config)));
}

function assertNone<A extends object>(what: string, keys: readonly (keyof A)[], config: A): void {
  const set = keys.filter((key) => {
    const value = config[key];
    return value !== undefined && value !== null && value !== false && value !== '';
  });
  if (set.length > 0) throw unfit(what, set.map(toSetting(config)));
}

function toSetting<A extends object>(config: A): (key: keyof A) => string {
  return (key) =>
    `${String(key)} is ${config[key] === undefined ? 'not there' : JSON.stringify(config[key])}`;
}

function unfit(what: string, settings: readonly string[]): BrokerUnfitError {
  return new BrokerUnfitError(
    `The ${what} is not as a fleet needs it: ${settings.join(', ')}. Change or delete it, or give the fleet another prefix or a newer server.`,
  );
}

function isNotFound(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.status === 404;
}

function assertAbove(options: Readonly<Record<string, number>>, least: number): void {
  for (const [name, value] of Object.entries(options)) {
    if (Number.isSafeInteger(value) && value > least) continue;
    throw new TypeError(`${name} must be a whole number above ${least}, not ${value}.`);
  }
}

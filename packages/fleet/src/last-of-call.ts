import { JetStreamApiError } from '@nats-io/jetstream';
import type { JetStreamManager } from '@nats-io/jetstream';

import { MESSAGE_ID } from './entry-headers.js';
import type { FleetNames } from './fleet-names.js';
import { parseEntryId } from './run.js';
import type { EntryId } from './run.js';

/** The last message of a call. */
export interface LastOfCall {
  readonly sequence: number;
  /** Nothing where somebody else has published it. */
  readonly id: EntryId | undefined;
  /** Whether it ends with the entry with which a recording ends. */
  readonly isEnd: boolean;
  /** Whether it is the header of a run, with this claim in it. */
  isClaim(claim: string): boolean;
}

/**
 * Reads it from the stream's leader: a copy of the stream, which answers a direct get, may not know
 * yet that another worker has begun.
 *
 * @returns nothing where the call has none
 */
export async function lastOfCall(
  manager: JetStreamManager,
  names: FleetNames,
  callId: string,
): Promise<LastOfCall | undefined> {
  try {
    const message = await manager.streams.getMessage(names.callsStream, {
      last_by_subj: names.callSubject(callId),
    });
    if (message === null) return undefined;
    return {
      sequence: message.seq,
      id: parseEntryId(message.header.get(MESSAGE_ID), callId),
      isClaim: (claim) => message.data.length < 4_096 && message.string().includes(claim),
      isEnd: Buffer.from(message.data.subarray(-END.length)).toString('latin1') === END,
    };
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === 10_037) return undefined;
    throw error;
  }
}

const END = '"event":"end"}\n';

import type { Msg, NatsConnection } from '@nats-io/transport-node';

/** A job as the queue has given it to this worker. */
export interface JobDelivery {
  readonly subject: string;
  readonly data: Uint8Array;
  /** The job's sequence number in the queue. */
  readonly jobNumber: number;
  /**
   * Higher than that of every delivery before it, of whatever job. It is no count of this job's: a
   * server of 2.9 was seen to deliver a job that had been given back with the same count once more.
   */
  readonly nth: number;
  /** Renews it: the queue counts from now. Nothing once it was given back. */
  working(): void;
  /** Gives it to whoever asks next. */
  giveBack(): void;
  /** Takes it out of the queue, whoever has it. */
  drop(): void;
  /** Takes it out of the queue; whether the queue has said so. May be tried again. */
  acknowledge(timeoutMs: number): Promise<boolean>;
}

/** Reads what came for a request; nothing where it is no job of a queue. */
export function toJobDelivery(connection: NatsConnection, message: Msg): JobDelivery | undefined {
  const { subject, data, reply = '' } = message;
  const numbers = readReply(reply);
  if (numbers === undefined) return undefined;
  let isGivenBack = false;
  const respond = (text: string) => {
    if (!isGivenBack && !connection.isClosed()) connection.publish(reply, text);
  };
  return {
    subject,
    data,
    ...numbers,
    working: () => {
      respond('+WPI');
    },
    giveBack: () => {
      respond('-NAK');
      isGivenBack = true;
    },
    drop: () => {
      respond('+TERM');
      isGivenBack = true;
    },
    acknowledge: async (timeout) => {
      if (isGivenBack) return false;
      await connection.request(reply, '+ACK', { timeout });
      return true;
    },
  };
}

/**
 * `$JS.ACK.STREAM.CONSUMER.COUNT.JOB.NTH.TIME.PENDING`; a newer server says domain and account in
 * front of the stream, and may say more behind.
 */
function readReply(
  reply: string,
): { readonly jobNumber: number; readonly nth: number } | undefined {
  const tokens = reply.split('.');
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK' || tokens.length < 9) return undefined;
  const at = tokens.length === 9 ? 4 : 6;
  const [jobNumber, nth] = [Number(tokens[at + 1]), Number(tokens[at + 2])];
  return Number.isSafeInteger(jobNumber) && Number.isSafeInteger(nth)
    ? { jobNumber, nth }
    : undefined;
}

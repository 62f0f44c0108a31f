import type { Msg, MsgHdrs } from '@nats-io/transport-node';

/** By which the broker passes over what comes twice. */
export const MESSAGE_ID = 'Nats-Msg-Id';
/** The sequence of the subject's message before it, where it is fenced. */
const EXPECTED = 'Nats-Expected-Last-Subject-Sequence';

/** What the headers of a call's message say. */
export interface EntryHeaders {
  /** Its id, as text; empty where somebody else has published. */
  readonly id: string;
  /** The sequence of the call's message before it, where it is fenced. */
  readonly behind: number | undefined;
}

/**
 * Headers that are written already. The client's own, made line by line, took 2.8 µs of the 10 that
 * an entry takes; these take 0.4. All that the client does with them is to encode them.
 */
export function toEntryHeaders(id: string, expected: number): MsgHdrs {
  const lines = `${MESSAGE_ID}: ${id}\r\n${EXPECTED}: ${expected}\r\n`;
  return {
    encode: () => Buffer.from(`NATS/1.0\r\n${lines}\r\n`, 'latin1'),
  } as unknown as MsgHdrs;
}

/** As they are written here, and nothing else, up to the data. */
const WRITTEN = new RegExp(`^NATS/1\\.0\r\n${MESSAGE_ID}: (\\S+)\r\n${EXPECTED}: (\\d+)\r\n\r\n$`);
/** Longer are none: a call's id has 128 characters at most. */
const LONGEST = 320;

/**
 * Reads the headers of a message as it was heard.
 *
 * The client's own reading, line by line into a map, was a quarter of what a reader took for an entry
 * that comes alone. On the wire they stand right in front of the data, which is a part of what was
 * received: what stands there is looked at, and read the client's way where it is anything but what a
 * worker writes.
 */
export function readEntryHeaders(message: Msg): EntryHeaders {
  const { buffer, byteOffset } = message.data;
  const length = Math.min(byteOffset, LONGEST);
  const before = Buffer.from(buffer, byteOffset - length, length).toString('latin1');
  const [, id, behind] = WRITTEN.exec(before.slice(before.lastIndexOf('NATS/1.0'))) ?? [];
  return id === undefined ? toEntryHeadersOf(message.headers) : { id, behind: Number(behind) };
}

/** The same of headers that were read already. */
export function toEntryHeadersOf(headers: MsgHdrs | undefined): EntryHeaders {
  const behind = headers?.get(EXPECTED) ?? '';
  return {
    id: headers?.get(MESSAGE_ID) ?? '',
    behind: behind === '' ? undefined : Number(behind),
  };
}

import type { Frame } from '@livecall/core';

import { toPayload } from '../format/payload.js';
import { toStamp } from '../format/recording.js';
import type { Entry, Header, Recording } from '../format/recording.js';

/** What another tool has kept of a call, as a recording. */
export interface Imported {
  readonly recording: Recording;
  /** What the tool does not keep, in words that stand behind `has no`, and what is in its place. */
  readonly lacks: readonly string[];
  /** Tokens that stood in it, which are not to stand in the recording. */
  readonly tokens: readonly string[];
}

/** What another tool has kept cannot be read, or holds no call. */
export class ImportError extends Error {
  readonly _tag = 'ImportError';
  override readonly name = 'ImportError';
}

/** A dial as another tool has kept it; times are milliseconds since 1970, or since whatever. */
export interface ImportedDial {
  readonly startedAt: number;
  /** When it was answered, where that is known. */
  readonly answeredAt?: number;
  /** 101, another status, or nothing where there was no answer. */
  readonly status: number | undefined;
  /** Why there was no answer, as the system calls it. */
  readonly code?: string;
  readonly retryAfterMs?: number;
  readonly frames: readonly {
    readonly at: number;
    readonly from: 'server' | 'client';
    readonly frame: Frame;
  }[];
  readonly closed?: {
    readonly at: number;
    readonly from: 'server' | 'client';
    readonly code: number;
    readonly reason: string;
  };
}

/** Which of the connections in a file are the call. */
export interface ImportOptions {
  /** The n-th connection alone, counted from 1; else all of the endpoint, one after the other. */
  readonly connection?: number;
}

/** Takes the connection that is asked for, or all. */
export function chooseConnection<T>(
  all: readonly T[],
  { connection }: ImportOptions,
): readonly T[] {
  if (connection === undefined) return all;
  const chosen = all.slice(connection - 1, connection);
  if (chosen.length > 0) return chosen;
  const are = all.length === 1 ? 'is 1 connection' : `are ${all.length} connections`;
  throw new ImportError(`There ${are} in it, and none is number ${connection}.`);
}

/** Throws where one dial began before the one before it was over. */
export function assertApart(dials: readonly ImportedDial[]): void {
  dials.forEach((dial, index) => {
    const before = dials[index - 1];
    const lastAt = before?.closed?.at ?? before?.frames.at(-1)?.at ?? 0;
    if (dial.startedAt >= Math.floor(lastAt)) return;
    throw new ImportError(
      `There are ${dials.length} connections in it, some at a time, and a recording is one call: name one of them, counted from 1.`,
    );
  });
}

/** What is said where nothing tells how a connection ended. */
export const UNKNOWN_END = 'imported: how the connection ended is not known';

/** Puts dials together to one recording; they must not overlap. */
export function toImported(
  dials: readonly ImportedDial[],
  header: Omit<Header, 'livecall' | 'recordedAt' | 'redacted'>,
  startedAt: number | undefined,
): Recording {
  const zero = dials[0]?.startedAt ?? 0;
  const entries: Entry[] = [];
  let lastAt = 0;
  const stamp = (at: number): number => (lastAt = Math.max(lastAt, toStamp(at - zero)));
  for (const dial of dials) {
    const { status, code, retryAfterMs, frames, closed } = dial;
    const at = stamp(dial.answeredAt ?? dial.startedAt);
    if (status === undefined) {
      entries.push({
        at,
        event: 'failed',
        reason: 'unreachable',
        ...(code !== undefined && { code }),
      });
      continue;
    }
    if (status !== 101) {
      entries.push({
        at,
        event: 'refused',
        status,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      });
      continue;
    }
    entries.push({ at, event: 'open', status });
    for (const { at: cameAt, from, frame } of frames) {
      entries.push({ at: stamp(cameAt), event: 'frame', from, ...toPayload(frame) });
    }
    if (closed === undefined) {
      entries.push(
        { at: lastAt, event: 'mark', label: UNKNOWN_END },
        { at: lastAt, event: 'close', from: 'server', code: 1006, reason: '' },
      );
    } else {
      const { from, reason } = closed;
      entries.push({ at: stamp(closed.at), event: 'close', from, code: closed.code, reason });
    }
  }
  entries.push({ at: lastAt, event: 'end' });
  return {
    name: 'imported',
    header: {
      livecall: 1,
      recordedAt: new Date(startedAt ?? 0).toISOString(),
      ...header,
      redacted: [],
    },
    entries,
  };
}

/**
 * What a URL has that may stand in a recording, and the tokens that may not. A WebSocket is one also
 * where its handshake is named by the HTTP that it is, as mitmproxy and tshark do.
 */
export function partUrl(url: string): {
  readonly endpoint: string;
  readonly tokens: readonly string[];
} {
  if (!URL.canParse(url)) return { endpoint: '', tokens: [] };
  const { protocol, host, pathname, searchParams } = new URL(url);
  const scheme = protocol.replace(/^http/, 'ws');
  return { endpoint: `${scheme}//${host}${pathname}`, tokens: [...searchParams.values()] };
}

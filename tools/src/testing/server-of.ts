import type { AnyProtocol, Frame, LiveCall } from '@livecall/core';

/** What heard a client: a replay. */
export interface Hearer {
  /** What the client has sent so far, on all connections, in order. */
  received(): readonly Frame[];
  /** What is said to it. @default liveCallProtocol */
  readonly protocol?: AnyProtocol;
}

const servers = new WeakMap<object, Hearer>();

/** Remembers which server a call of `openReplay` speaks to. */
export function rememberServer(call: LiveCall, server: Hearer): void {
  servers.set(call, server);
}

/** Finds the server that heard a call; a server hears for itself. */
export function serverOf(subject: unknown): Hearer | undefined {
  if (typeof subject !== 'object' || subject === null) return undefined;
  return isHearer(subject) ? subject : servers.get(subject);
}

function isHearer(subject: object): subject is Hearer {
  return 'received' in subject && typeof subject.received === 'function';
}

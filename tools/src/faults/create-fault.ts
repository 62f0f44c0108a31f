import type { Connection } from '@livecall/core';
import type { MonoTypeOperatorFunction, Observable } from 'rxjs';

/** Hears what a fault does to the calls that it is put over. */
export interface FaultReport {
  /** The client dialled. */
  dialled(): void;
  /** The server said something, on whatever dial. */
  heard(): void;
  /** What it is to strike was there, and drew the lot to be spared. */
  spared(): void;
  /** It struck. */
  struck(): void;
}

/**
 * A disturbance: an operator over a `Transport`, to be put between a server and its client.
 *
 * Any such operator will do. One of livecall's own also tells whether it struck, so that a test does
 * not pass for a fault that never did.
 */
export interface Fault extends MonoTypeOperatorFunction<Connection> {
  /** How reports call it: `close:frames=300`, as on the command line. */
  readonly label?: string;
  /** What it needs to strike, in words. */
  readonly needs?: string;
  /** Whether it need not strike; {@link maybe} says so. */
  readonly mayMiss?: boolean;
  /** The same fault, reporting. */
  readonly reporting?: (report: FaultReport) => MonoTypeOperatorFunction<Connection>;
}

const NOBODY: FaultReport = {
  dialled: () => undefined,
  heard: () => undefined,
  spared: () => undefined,
  struck: () => undefined,
};

/** Makes a fault of an operator that tells what it does. */
export function createFault(
  name: string,
  options: object,
  needs: string,
  toOperator: (report: FaultReport) => MonoTypeOperatorFunction<Connection>,
): Fault {
  const fault: MonoTypeOperatorFunction<Connection> = (transport) => toOperator(NOBODY)(transport);
  return Object.assign(fault, { label: toLabel(name, options), needs, reporting: toOperator });
}

/**
 * Lets a fault miss: that it never struck is no divergence then. For a test in which chance, or the
 * client, decides whether it comes to that.
 *
 * @example
 * import { closeAfter, maybe } from '@livecall/tools';
 *
 * const onLongCalls = maybe(closeAfter({ frames: 300 }));
 */
export function maybe(fault: Fault): Fault {
  const told = { ...fault };
  return Object.assign((transport: Observable<Connection>) => fault(transport), told, {
    mayMiss: true,
  });
}

/** As it is written on the command line; what a frame or a reason says is not repeated. */
function toLabel(name: string, options: object): string {
  const given = Object.entries(options)
    .filter(([key, value]) => value !== undefined && key !== 'protocol')
    .map(([key, value]) => `${key}=${key === 'frame' || key === 'reason' ? '…' : String(value)}`);
  return [name, given.join(',')].filter((part) => part !== '').join(':');
}

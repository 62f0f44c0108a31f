import type { Connection, Transport } from '@livecall/core';
import { defer } from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';

import type { Fault } from './create-fault.js';
import { isFurtherDial, isUnplayed } from '../replay/divergence.js';
import type { Divergence } from '../replay/divergence.js';

/** A fault over one call, and what it did there. */
export interface WatchedFault {
  readonly fault: MonoTypeOperatorFunction<Connection>;
  /** Whether the call may have been disturbed by it; of an operator that does not tell, once it was dialled. */
  hasStruck(): boolean;
  /** That it should have struck and had no chance to; nothing where it did, or cannot be told. */
  findMiss(): Divergence | undefined;
}

/** Watches a fault over one call. */
export function watchFault(fault: Fault): WatchedFault {
  const { label, needs, mayMiss = false, reporting } = fault;
  if (reporting === undefined || label === undefined || needs === undefined) {
    let isDialled = false;
    return {
      fault: (transport) =>
        defer(() => {
          isDialled = true;
          return fault(transport);
        }),
      hasStruck: () => isDialled,
      findMiss: () => undefined,
    };
  }
  let dials = 0;
  let frames = 0;
  let hasSpared = false;
  let hasStruck = false;
  return {
    fault: reporting({
      dialled: () => void (dials += 1),
      heard: () => void (frames += 1),
      spared: () => void (hasSpared = true),
      struck: () => void (hasStruck = true),
    }),
    hasStruck: () => hasStruck,
    findMiss: () => {
      // A fault of chance had its chance: which seed strikes nothing is nobody's fault.
      if (hasStruck || hasSpared || mayMiss) return undefined;
      const actual =
        dials === 0
          ? 'no dial'
          : `${count(dials, 'dial')}${frames === 0 ? '' : ` with ${count(frames, 'frame')}`}`;
      return { kind: 'unstruck', at: label, expected: needs, actual };
    },
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Puts faults over a server, the last of them next to the client. */
export function putOver(server: Transport, watched: readonly WatchedFault[]): Transport {
  return watched.reduce<Transport>((transport, { fault }) => transport.pipe(fault), server);
}

/**
 * Which divergences count under faults: once one has struck, what was not played is no client's
 * doing, nor is a dial of one that was kept from hearing of the end; before that they are, and so is
 * a fault that never struck.
 */
export function judgeUnder(
  faults: readonly WatchedFault[],
  divergences: readonly Divergence[],
): readonly Divergence[] {
  const isDisturbed = faults.some(({ hasStruck }) => hasStruck());
  const counted = isDisturbed ? divergences.filter((found) => !isWaived(found)) : divergences;
  // Who departed did not get to where the faults are.
  if (counted.some((found) => !isUnplayed(found))) return counted;
  return [...counted, ...faults.flatMap(({ findMiss }) => findMiss() ?? [])];
}

/** Whether a fault may have brought it about. */
export function isWaived(found: Divergence): boolean {
  return isUnplayed(found) || isFurtherDial(found);
}

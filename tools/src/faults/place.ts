import { liveCallProtocol } from '@livecall/core';
import type { AnyProtocol, Frame } from '@livecall/core';
import { assertWhole } from '@livecall/core/internal';
import * as E from 'fp-ts/lib/Either.js';
import { map } from 'rxjs';
import type { OperatorFunction } from 'rxjs';

import type { Signal } from './signal.js';

/** Where in a call a fault strikes. */
export interface Place {
  /** On which dial, counted from 1, or on every one. @default 1 */
  readonly dial?: number | 'every';
  /** After how many frames of the server; 0 is right after the connection opened. @default 0 */
  readonly frames?: number;
  /** After the first message of this type, `ack` for one. */
  readonly after?: string;
  /** What is said in the call: of which type a message is. @default liveCallProtocol */
  readonly protocol?: AnyProtocol;
}

/** A signal, and whether it stands before the place, is the one that reaches it, or comes later. */
export interface Located {
  readonly signal: Signal;
  readonly stands: 'before' | 'here' | 'after';
}

/** @throws TypeError for a `dial` or a number of `frames` that cannot be. */
export function assertPlace({ dial, frames }: Place): void {
  assertWhole({ dial: dial === 'every' ? undefined : dial }, 1);
  assertWhole({ frames }, 0);
}

/** What there must be for a place to be reached, in words. */
export function toReached({ dial = 1, frames = 0, after }: Place): string {
  const what = [
    ...(after === undefined ? [] : [after]),
    ...(frames === 0 ? [] : [`${frames} frame${frames === 1 ? '' : 's'}`]),
  ].join(' and ');
  const where = dial === 'every' ? 'any dial' : `dial ${dial}`;
  return what === '' ? where : `${what} on ${where}`;
}

/** Finds a place in the signals of one dial. */
export function locate(
  { dial = 1, frames = 0, after, protocol = liveCallProtocol }: Place,
  current: number,
): OperatorFunction<Signal, Located> {
  let passed = 0;
  let isTypeSeen = after === undefined;
  let isReached = false;
  return map((signal) => {
    if (dial !== 'every' && dial !== current) return { signal, stands: 'before' };
    if (isReached) return { signal, stands: 'after' };
    if (signal.kind === 'frame') {
      passed += 1;
      isTypeSeen ||= typeOf(signal.frame, protocol) === after;
    }
    isReached = signal.kind !== 'end' && passed >= frames && isTypeSeen;
    return { signal, stands: isReached ? 'here' : 'before' };
  });
}

/** The `type` of the message in a frame; nothing for a frame that is none. */
export function typeOf(frame: Frame, protocol: AnyProtocol): string | undefined {
  const heard = protocol.decode(frame);
  return E.isRight(heard) ? heard.right.type : undefined;
}

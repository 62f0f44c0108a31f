import type { Either } from 'fp-ts/lib/Either.js';

import type { InvalidFrameError } from './invalid-frame-error.js';
import type { Frame } from './transport.js';

/** Tells a command from all others of its connection. */
export type CommandId = string | number;

/**
 * What the value of a field gives away.
 *
 * | | |
 * |---|---|
 * | `structure` | nothing; without it a message is another one: a type, an id, a date |
 * | `phone` | a phone number |
 * | `words` | what somebody said |
 * | `notice` | the platform's own words, in which a number may stand |
 */
export type Holds = 'structure' | 'phone' | 'words' | 'notice';

/** Which command a message answers: the one of this id, or the last of this type that was sent, if one was. */
export type Answer = {
  /** What it answers with, `ack` for one. */
  readonly by: string;
} & ({ readonly id: CommandId } | { readonly type: string });

/** One message of the server's, as it was understood. */
export interface Heard<In> {
  readonly message: In;
  /** Its type, as on the wire. */
  readonly type: string;
  /** Whether its type is published. */
  readonly isKnown: boolean;
  /** Whether the server says by it that the call has ended. */
  readonly isEnd: boolean;
  /** The command it answers. */
  readonly answers: Answer | undefined;
  /** The server's own words where it reports an error. */
  readonly reports: string | undefined;
}

/** One command of a client's, as it crossed the wire. */
export interface Asked {
  /** Its type, as on the wire. */
  readonly type: string;
  readonly id: CommandId;
  /** Everything but the id: what makes two commands equal. */
  readonly content: Readonly<Record<string, unknown>>;
}

/**
 * What is said over a {@link Transport}: how a frame is understood, and a command written. All of
 * its members are pure, but for `createId`.
 *
 * @typeParam In what a server sends
 * @typeParam Out what a client asks for; it gets an id each time it is sent
 */
export interface Protocol<In, Out extends { readonly type: string }> {
  /** Understands a frame of the server's. An error tells nothing of what was said. */
  readonly decode: (frame: Frame) => Either<InvalidFrameError, Heard<In>>;
  /**
   * Understands the JSON of a frame of the server's, for whoever has it already: a recording holds
   * most frames so. Nothing for what it does not understand; `decode` says why. A protocol that is
   * not JSON goes without.
   */
  readonly decodeJson?: (json: unknown) => Heard<In> | undefined;
  /** Understands a frame of a client's, as a server does. */
  readonly decodeCommand: (frame: Frame) => Either<InvalidFrameError, Asked>;
  /** Writes a command, all of its fields, under this id. */
  readonly encode: (command: Out, id: CommandId) => Frame;
  /** Gives the id of the nth command of a call, counted from 1; never one twice. */
  readonly createId: (nth: number) => CommandId;
  /** Writes what a server answers a command with that it only takes note of. */
  readonly acknowledge: (asked: Asked) => Frame;
  /** Writes the same frame, of either side, for a command that goes by another id. */
  readonly readdress: (frame: Frame, from: CommandId, to: CommandId) => Frame;
  /** Whether the server says by this close code that the call has ended. */
  readonly isEndingClose: (code: number) => boolean;
  /** Says what the fields of a message give away, at any depth; what it does not name holds `words`. */
  readonly holds: (
    message: Readonly<Record<string, unknown>>,
  ) => Readonly<Partial<Record<string, Holds>>>;
}

/** As much of a protocol as its client needs: a page loads no more. */
export type ClientProtocol<In, Out extends { readonly type: string }> = Pick<
  Protocol<In, Out>,
  'decode' | 'encode' | 'createId' | 'isEndingClose'
>;

/** Any protocol, for what looks on and has nothing to say: a recorder, a replay, a check. */
export type AnyProtocol = Protocol<unknown, never>;

/**
 * Says whether a message that gives this answer answers this command.
 *
 * By type it answers the last one that was sent: whoever holds several asks for the newest first.
 *
 * @example
 * import { isAnswerTo, liveCallProtocol } from '@livecall/core';
 *
 * const heard = liveCallProtocol.decode('{"type":"ack","ackId":"8f0c"}');
 * const answers = heard._tag === 'Right' ? heard.right.answers : undefined;
 * const isMine = answers && isAnswerTo(answers, { type: 'client:joinCall', id: '8f0c' });
 * console.log(isMine); // => true
 */
export function isAnswerTo(answer: Answer, { id, type }: Pick<Asked, 'id' | 'type'>): boolean {
  return 'id' in answer ? answer.id === id : answer.type === type;
}

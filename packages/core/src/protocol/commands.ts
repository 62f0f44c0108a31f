import { text } from '../field.js';
import { message } from '../message.js';
import type { Message } from '../message.js';

/** Asks the platform to transfer the call to the user. @see PROTOCOL.md#clientjoincall */
export interface JoinCall {
  readonly type: 'client:joinCall';
  /** The client's own; it comes back as the `ackId`. */
  readonly id: string;
}
export const JoinCall: Message<JoinCall> = /* @__PURE__ */ message('JoinCall', 'client:joinCall', {
  id: text,
});

/** Asks the platform to end the call. @see PROTOCOL.md#clientendcall */
export interface EndCall {
  readonly type: 'client:endCall';
  /** The client's own; it comes back as the `ackId`. */
  readonly id: string;
}
export const EndCall: Message<EndCall> = /* @__PURE__ */ message('EndCall', 'client:endCall', {
  id: text,
});

/** Everything a client may send. `id` is the client's own and comes back as the `ackId`. */
export type ClientMessage = JoinCall | EndCall;

/** Each of them by its type; the compiler sees to it that none is missing. */
export const clientMessages: {
  readonly [M in ClientMessage as M['type']]: Message<M>;
} = {
  'client:joinCall': JoinCall,
  'client:endCall': EndCall,
};

/** What a client wants done; it gets a fresh id every time it is sent. */
export interface Command {
  /** What is asked for. */
  readonly type: ClientMessage['type'];
}

/** The command that asks for the call to be transferred to the user. */
export const joinCall = { type: 'client:joinCall' } as const satisfies Command;

/** The command that asks for the call to be ended. */
export const endCall = { type: 'client:endCall' } as const satisfies Command;

import type { Ack, Role, ServerMessage } from './messages.js';

/** A message as a person would tell it. */
export type Told =
  | { readonly what: 'call started'; readonly phone: string }
  | { readonly what: 'screening ended'; readonly message: string }
  | { readonly what: 'call ended' }
  | { readonly what: 'said'; readonly role: Role; readonly text: string }
  | { readonly what: 'error reported'; readonly description: string }
  | { readonly what: 'unknown message'; readonly type: string };

/** Tells a message; but for an ack, which means nothing without its command. */
export function tellMessage(message: Exclude<ServerMessage, Ack>): Told {
  switch (message.type) {
    case 'event:start':
      return { what: 'call started', phone: message.phone };
    case 'event:end':
      return { what: 'screening ended', message: message.msg };
    case 'event:callEnd':
      return { what: 'call ended' };
    case 'transcript':
      return { what: 'said', role: message.role, text: message.msg };
    case 'error':
      return { what: 'error reported', description: message.description };
    case 'unknown':
      return { what: 'unknown message', type: message.received.type };
    default:
      // One that is published since, and has no words here yet, is told by its type.
      return { what: 'unknown message', type: (message as ServerMessage).type };
  }
}

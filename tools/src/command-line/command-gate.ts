import type { Command, CommandResult } from '@livecall/core';

/** Lets each command through once: joining twice is a side effect, and so is ending twice. */
export interface CommandGate {
  /** Why a command is not to be sent; nothing where it may be. */
  refusal(command: Command): string | undefined;
  /** Takes note that a command is being sent. */
  sending(command: Command): void;
  /** Takes note of what became of it; one that failed may be sent again. */
  settled(result: CommandResult): void;
}

const words = {
  'client:joinCall': {
    sending: 'joining already, and its acknowledgement is awaited; nothing more was sent',
    acknowledged: 'joined already; nothing more was sent',
  },
  'client:endCall': {
    sending: 'ending the call already, and its acknowledgement is awaited; nothing more was sent',
    acknowledged: 'the end was acknowledged already; nothing more was sent',
  },
} as const;

/** Makes the gate of one call. */
export function createCommandGate(): CommandGate {
  const states = new Map<Command['type'], 'sending' | 'acknowledged'>();
  return {
    refusal: ({ type }) => {
      const state = states.get(type);
      return state && words[type][state];
    },
    sending: ({ type }) => {
      states.set(type, 'sending');
    },
    settled: ({ command: { type }, status }) => {
      if (status === 'acknowledged') states.set(type, status);
      else states.delete(type);
    },
  };
}

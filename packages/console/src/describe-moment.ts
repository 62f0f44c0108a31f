import type { Role } from '@livecall/core';

import type { Moment } from '@livecall/recording/format';
import { toLength } from './to-clock.js';

/** Whose lane a role's is. */
export const speakers: Readonly<Record<Role, string>> = {
  assistant: 'Assistant',
  other: 'Caller',
  user: 'Subscriber',
};

/** What a command asks for. */
export const commandNames = {
  'client:joinCall': 'join',
  'client:endCall': 'end',
  unknown: 'a command that is not in the recording',
} as const;

/** How a moment is written beside its time. */
export interface Described {
  readonly text: string;
  readonly detail?: string;
  readonly tone: 'speech' | 'good' | 'event' | 'command' | 'fault' | 'dim';
}

/** Describes a moment in words. */
export function describeMoment(moment: Moment): Described {
  switch (moment.what) {
    case 'connected':
      return moment.connection === 1
        ? { text: 'Connected', tone: 'good' }
        : { text: 'Connected again', detail: `connection ${moment.connection}`, tone: 'good' };
    case 'refused':
      return { text: `Refused with ${moment.status}`, tone: 'fault' };
    case 'not connected':
      return { text: 'Not connected', detail: moment.reason, tone: 'fault' };
    case 'call started':
      return {
        text: 'Call from',
        detail: moment.phone || 'a number that is not given',
        tone: 'event',
      };
    case 'screening ended':
      return { text: 'Screening ended', detail: moment.message, tone: 'event' };
    case 'call ended':
      return { text: 'Call ended', tone: 'event' };
    case 'said':
      return { text: moment.text, tone: 'speech' };
    case 'asked':
      return { text: `Asked to ${commandNames[moment.command]} the call`, tone: 'command' };
    case 'acknowledged': {
      const after = moment.afterMs === undefined ? '' : ` after ${toLength(moment.afterMs)}`;
      return {
        text: `Acknowledged${after}`,
        detail: commandNames[moment.command],
        tone: 'command',
      };
    }
    case 'error reported':
      return { text: 'Error', detail: moment.description, tone: 'fault' };
    case 'unknown message':
      return { text: 'Unknown message', detail: moment.type, tone: 'dim' };
    case 'invalid frame':
      return {
        text: `Invalid frame from the ${moment.from}`,
        detail: moment.problem,
        tone: 'fault',
      };
    case 'closed':
      if (moment.code === 1006) return { text: 'Connection cut', tone: 'fault' };
      return {
        text: `Closed by the ${moment.by} with ${moment.code}`,
        ...(moment.reason !== '' && { detail: moment.reason }),
        tone: moment.code === 1000 ? 'dim' : 'fault',
      };
    case 'mark':
      return { text: 'Mark', detail: moment.label, tone: 'event' };
  }
}

/** A moment in a sentence, for who hears the page. */
export function tellMoment(moment: Moment): string {
  const { text, detail } = describeMoment(moment);
  if (moment.what === 'said') return `${speakers[moment.role]}: ${text}`;
  return detail === undefined ? text : `${text}: ${detail}`;
}

import type { Offset, Role, ServerMessage } from './protocol/messages.js';

/** Something that was said. */
export interface Utterance {
  /** Who said it. */
  readonly role: Role;
  /** What was said. */
  readonly text: string;
  /** As the server sent it; its unit is not published. */
  readonly offset: Offset;
  /** Which connection it came on: between two of different numbers, something may have been missed. */
  readonly connection: number;
  /** When it arrived, in milliseconds since the epoch. */
  readonly at: number;
}

/** A call so far, as one value. */
export interface CallSnapshot {
  /**
   * How far the call is; it never goes back, whatever a rejoined connection repeats.
   *
   * `waiting` for `event:start`, `screening` until `event:end`, `screened` until `event:callEnd`,
   * `ended`.
   */
  readonly phase: 'waiting' | 'screening' | 'screened' | 'ended';
  /** The caller's number, as the server wrote it; `undefined` before `event:start`. */
  readonly phone: string | undefined;
  /** The `timestamp` of `event:start`, ISO 8601 as published. */
  readonly startedAt: string | undefined;
  /** The `timestamp` of `event:callEnd`, ISO 8601 as published. */
  readonly endedAt: string | undefined;
  /** What `event:end` said. */
  readonly screeningMessage: string | undefined;
  /** How many connections there were. More than 1 means gaps: what the server sent between them is lost. */
  readonly connections: number;
  /** What was said, in wire order: the newest `maxUtterances`. */
  readonly utterances: readonly Utterance[];
}

/** One message, and where and when it arrived. */
export interface Arrived {
  readonly connection: number;
  readonly at: number;
  readonly message: ServerMessage;
}

/** Folds what arrives into the snapshot of one call. */
export interface CallLog {
  open(connection: number): void;
  add(received: Arrived): void;
  /** The call so far; the same object until something is added. */
  snapshot(): CallSnapshot;
}

const PHASES: readonly CallSnapshot['phase'][] = ['waiting', 'screening', 'screened', 'ended'];

/** Starts the log of one call. An utterance is kept as it comes; snapshots are made when asked for. */
export function createCallLog(maxUtterances: number): CallLog {
  let facts: Omit<CallSnapshot, 'utterances'> = {
    phase: 'waiting',
    phone: undefined,
    startedAt: undefined,
    endedAt: undefined,
    screeningMessage: undefined,
    connections: 0,
  };
  let utterances: Utterance[] = [];
  let made: CallSnapshot | undefined;

  // Not `slice(-maxUtterances)`: of 0 that is all of them.
  const newest = () => utterances.slice(Math.max(0, utterances.length - maxUtterances));

  const learn = (news: Partial<typeof facts>) => {
    const { phase = facts.phase } = news;
    const isForward = PHASES.indexOf(phase) > PHASES.indexOf(facts.phase);
    facts = { ...facts, ...news, phase: isForward ? phase : facts.phase };
    made = undefined;
  };

  return {
    open(connection) {
      learn({ connections: connection });
    },
    add({ connection, at, message }) {
      switch (message.type) {
        case 'event:start':
          learn({ phase: 'screening', phone: message.phone, startedAt: message.timestamp });
          break;
        case 'event:end':
          learn({ phase: 'screened', screeningMessage: message.msg });
          break;
        case 'event:callEnd':
          learn({ phase: 'ended', endedAt: message.timestamp });
          break;
        case 'transcript': {
          if (maxUtterances === 0) break;
          const { role, msg, offset } = message;
          utterances.push({ role, text: msg, offset, connection, at });
          if (utterances.length >= 2 * maxUtterances) utterances = newest();
          made = undefined;
          break;
        }
        default:
      }
    },
    snapshot() {
      made ??= { ...facts, utterances: newest() };
      return made;
    },
  };
}

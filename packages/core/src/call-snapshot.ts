import { NO_FACTS } from './call-facts.js';
import type { CallFacts } from './call-facts.js';
import type { ServerMessage } from './protocol/messages.js';
import { UtteranceLog } from './utterance-log.js';
import type { Utterance } from './utterance-log.js';

/** A call so far, as one value. */
export interface CallSnapshot extends CallFacts {
  /** What was said, in wire order: the newest `maxUtterances`. */
  readonly utterances: readonly Utterance[];
}

/** One message, and where and when it arrived. */
export interface Arrived {
  readonly connection: number;
  readonly at: number;
  readonly message: ServerMessage;
}

const PHASES: readonly CallFacts['phase'][] = ['waiting', 'screening', 'screened', 'ended'];

/** Folds what arrives into the snapshots of one call, which are made when asked for. */
export class CallLog {
  readonly #utterances: UtteranceLog;
  #facts = NO_FACTS;
  #made: CallSnapshot | undefined;

  constructor(maxUtterances: number) {
    this.#utterances = new UtteranceLog(maxUtterances);
  }

  open(connection: number): void {
    this.#learn({ connections: connection });
  }

  /** @param json the frame, where it was text */
  add({ connection, at, message }: Arrived, json?: string): void {
    switch (message.type) {
      case 'event:start':
        this.#learn({ phase: 'screening', phone: message.phone, startedAt: message.timestamp });
        break;
      case 'event:end':
        this.#learn({ phase: 'screened', screeningMessage: message.msg });
        break;
      case 'event:callEnd':
        this.#learn({ phase: 'ended', endedAt: message.timestamp });
        break;
      case 'transcript':
        this.#utterances.add({ connection, at, message }, json);
        this.#made = undefined;
        break;
      default:
    }
  }

  /** The call so far; the same object until something is added. */
  snapshot(): CallSnapshot {
    this.#made ??= { ...this.#facts, utterances: this.#utterances.newest() };
    return this.#made;
  }

  #learn(news: Partial<CallFacts>): void {
    const { phase = this.#facts.phase } = news;
    const isForward = PHASES.indexOf(phase) > PHASES.indexOf(this.#facts.phase);
    this.#facts = { ...this.#facts, ...news, phase: isForward ? phase : this.#facts.phase };
    this.#made = undefined;
  }
}

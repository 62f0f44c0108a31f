import { LIVE_CALLS_PATH, liveCallProtocol } from '@livecall/core';
import type { Asked, Command, Frame, Offset, Role } from '@livecall/core';
import { toWire } from '@livecall/core/internal';

import { rememberCallSite } from './call-site.js';
import { rememberAuthor } from './format/entry-place.js';
import { toPayload } from './format/payload.js';
import { Entry, toStamp } from './format/recording.js';
import type { Header, Recording, UnstampedEntry } from './format/recording.js';

/** When something happens in a scenario. */
export interface Timing {
  /** Milliseconds after what stands before it. @default 0 */
  readonly after?: number;
}

/** What a scenario is called, and when and where it plays. */
export interface ScenarioOptions {
  /** A sentence on what happens in it. */
  readonly title?: string;
  /** When the first dial was, ISO 8601; the messages' timestamps count from it. @default '2026-01-01T00:00:00.000Z' */
  readonly recordedAt?: string;
  /** The URL it was recorded from. @default 'wss://calls.example/ws/v1/liveCalls' */
  readonly endpoint?: string;
}

/** What the server answers a command with, and how long after it; {@link ack} makes one. */
export interface Reply extends Timing {
  readonly toFrame: (id: string, command: Asked) => Frame | object;
}

/**
 * A call written down as a screenplay: each step comes after the one before it.
 *
 * A scenario is never changed; every step makes a new one, so that a common beginning can be kept
 * and continued in several ways. The first thing that a server says after a dial opens it.
 */
export interface Scenario {
  /** Dials, and is let in. Needed only where nothing is said at first, or to tell the time it takes. */
  open(timing?: Timing): Scenario;
  /** Dials, and is answered with another status than 101. */
  refuse(status: number, options?: Timing & { readonly retryAfterMs?: number }): Scenario;
  /** Dials, and gets no answer. */
  fail(reason: 'timeout' | 'unreachable', timing?: Timing): Scenario;

  /** `event:start`: a call comes in. */
  start(options?: Timing & { readonly phone?: string }): Scenario;
  /** The assistant speaks. */
  assistant(text: string, options?: Timing & { readonly offset?: Offset }): Scenario;
  /** The caller speaks (`role: "other"`). */
  caller(text: string, options?: Timing & { readonly offset?: Offset }): Scenario;
  /** The subscriber speaks (`role: "user"`). */
  subscriber(text: string, options?: Timing & { readonly offset?: Offset }): Scenario;
  /** `event:end`: the screening phase ends. */
  screeningEnd(message: string, timing?: Timing): Scenario;
  /** `event:callEnd`: the call ends. */
  callEnd(timing?: Timing): Scenario;
  /** `error`: the server reports one. */
  error(description: string, timing?: Timing): Scenario;
  /** Any other frame of the server's: JSON, or a string or bytes as they are to cross the wire. */
  send(frame: Frame | object, timing?: Timing): Scenario;

  /** The client joins the call, and the server answers; with nothing, where there is no reply. */
  onJoin(reply?: Reply | readonly Reply[], timing?: Timing): Scenario;
  /** The client ends the call, and the server answers. */
  onEnd(reply?: Reply | readonly Reply[], timing?: Timing): Scenario;
  /** The client sends any other frame. */
  onFrame(frame: Frame | object, timing?: Timing): Scenario;

  /** The server closes the connection; a scenario that ends open is closed with 1000. */
  close(code?: number, options?: Timing & { readonly reason?: string }): Scenario;
  /** The connection is lost: cut, or closed with a code after which a client dials again. @default 1006 */
  drop(code?: number, timing?: Timing): Scenario;
  /** The client closes the connection. */
  hangUp(timing?: Timing): Scenario;
  /** A note for the reader. */
  mark(label: string, timing?: Timing): Scenario;

  /**
   * The scenario as a recording, to be replayed. Reports name the line in which a step was written;
   * under the name of a file, `call.ndjson`, the line of that file.
   */
  toRecording(name?: string): Recording;
  /** The scenario as the text of a recording's file. */
  toNdjson(): string;
}

/**
 * The command's acknowledgement; with an id, that of another command.
 *
 * @example
 * import { ack, scenario } from '@livecall/recording';
 *
 * const call = scenario().start().onJoin(ack({ after: 70 })).callEnd();
 */
export function ack({ ackId, ...timing }: Timing & { readonly ackId?: string } = {}): Reply {
  return {
    ...timing,
    toFrame: (id, command) => liveCallProtocol.acknowledge({ ...command, id: ackId ?? id }),
  };
}

/**
 * Starts to write a call down.
 *
 * @example
 * import { ack, scenario } from '@livecall/recording';
 * import { replay } from '@livecall/tools';
 *
 * const call = scenario({ title: 'asks for a delivery slot' })
 *   .start({ phone: '+12025550100' })
 *   .assistant('Who is calling, please?', { after: 400 })
 *   .caller('Harbour Couriers.', { after: 1800 })
 *   .onJoin(ack({ after: 70 }), { after: 500 })
 *   .callEnd({ after: 2000 })
 *   .close(1000);
 * const transport = replay(call.toRecording());
 *
 * @throws TypeError for a `recordedAt` that is no date; a step throws one for an `after` that is no
 *   duration, and where it dials while the connection before it is open
 */
export function scenario({
  title,
  recordedAt = '2026-01-01T00:00:00.000Z',
  endpoint = `wss://calls.example${LIVE_CALLS_PATH}`,
}: ScenarioOptions = {}): Scenario {
  const header: Header = {
    livecall: 1,
    recordedAt: toIsoDate(recordedAt),
    endpoint,
    redacted: ['credentials', 'phones'],
    ...(title !== undefined && { title }),
  };
  return continueWith({ header, entries: [], written: [], at: 0, isOpen: false, commands: 0 });
}

/** No call takes a year. */
const LONGEST_MS = 365 * 24 * 3_600_000;

const CLOSED_BY_SERVER = { event: 'close', from: 'server', code: 1000, reason: '' } as const;

/** A scenario so far. */
interface Draft {
  readonly header: Header;
  readonly entries: readonly Entry[];
  /** The steps that they are of. */
  readonly written: readonly (Step | undefined)[];
  readonly at: number;
  readonly isOpen: boolean;
  readonly commands: number;
}

/** One call of the author's. */
interface Step {
  readonly number: number;
  readonly verb: string;
  readonly toCallSite: () => string | undefined;
}

type Steps = Omit<Scenario, 'toRecording' | 'toNdjson'>;

function continueWith(draft: Draft): Scenario {
  const { header } = draft;
  /** The step that is being taken. */
  let taken: Step | undefined;

  /** Adds an entry; what needs an open connection opens one. */
  const add = (from: Draft, entry: UnstampedEntry, timing: Timing = {}): Draft => {
    if (from.isOpen && ['open', 'refused', 'failed'].includes(entry.event)) {
      throw new TypeError('A scenario dials anew only after close(), drop() or hangUp().');
    }
    const needsOpen = entry.event === 'frame' || entry.event === 'close';
    const ready = needsOpen && !from.isOpen ? add(from, { event: 'open', status: 101 }) : from;
    const at = toStamp(ready.at + toAfterMs(timing));
    return {
      ...ready,
      at,
      entries: [...ready.entries, { at, ...entry }],
      // What no step says, the close of one that ends open, belongs to the last.
      written: [...ready.written, taken ?? ready.written.at(-1)],
      isOpen: entry.event === 'open' || (ready.isOpen && entry.event !== 'close'),
    };
  };
  const then = (entry: UnstampedEntry, timing?: Timing) => continueWith(add(draft, entry, timing));
  const hear = (frame: Frame | object, timing?: Timing) =>
    then({ event: 'frame', from: 'server', ...toPayload(toWire(frame)) }, timing);
  const say = (
    role: Role,
    msg: string,
    { offset, ...timing }: Timing & { readonly offset?: Offset } = {},
  ) => hear({ type: 'transcript', msg, role, ...(offset !== undefined && { offset }) }, timing);
  const timestamp = (timing: Timing) =>
    new Date(Date.parse(header.recordedAt) + draft.at + toAfterMs(timing)).toISOString();
  const command = (type: Command['type'], reply: Reply | readonly Reply[], timing?: Timing) => {
    const id = `00000000-0000-4000-8000-${String(draft.commands + 1).padStart(12, '0')}`;
    const asked: Asked = { type, id, content: { type } };
    const frame = liveCallProtocol.encode({ type }, id);
    const sent = add(draft, { event: 'frame', from: 'client', ...toPayload(frame) }, timing);
    const answered = [reply].flat().reduce((from, { toFrame, ...later }) => {
      const payload = toPayload(toWire(toFrame(id, asked)));
      return add(from, { event: 'frame', from: 'server', ...payload }, later);
    }, sent);
    return continueWith({ ...answered, commands: draft.commands + 1 });
  };
  const finish = (): Draft => {
    const closed = draft.isOpen ? add(draft, CLOSED_BY_SERVER) : draft;
    return add(closed, { event: 'end' });
  };

  const steps: Steps = {
    open: (timing) => then({ event: 'open', status: 101 }, timing),
    refuse: (status, { retryAfterMs, ...timing } = {}) =>
      then(
        { event: 'refused', status, ...(retryAfterMs !== undefined && { retryAfterMs }) },
        timing,
      ),
    fail: (reason, timing) => then({ event: 'failed', reason }, timing),
    start: ({ phone = '+12025550100', ...timing } = {}) =>
      hear({ type: 'event:start', phone, timestamp: timestamp(timing) }, timing),
    assistant: (text, options) => say('assistant', text, options),
    caller: (text, options) => say('other', text, options),
    subscriber: (text, options) => say('user', text, options),
    screeningEnd: (msg, timing) => hear({ type: 'event:end', msg }, timing),
    callEnd: (timing = {}) => hear({ type: 'event:callEnd', timestamp: timestamp(timing) }, timing),
    error: (description, timing) => hear({ type: 'error', description }, timing),
    send: hear,
    onJoin: (reply = [], timing) => command('client:joinCall', reply, timing),
    onEnd: (reply = [], timing) => command('client:endCall', reply, timing),
    onFrame: (frame, timing) =>
      then({ event: 'frame', from: 'client', ...toPayload(toWire(frame)) }, timing),
    close: (code = 1000, { reason = '', ...timing } = {}) =>
      then({ ...CLOSED_BY_SERVER, code, reason }, timing),
    drop: (code = 1006, timing) => then({ ...CLOSED_BY_SERVER, code }, timing),
    hangUp: (timing) => then({ event: 'close', from: 'client', code: 1000, reason: '' }, timing),
    mark: (label, timing) => then({ event: 'mark', label }, timing),
  };
  const number = (draft.written.at(-1)?.number ?? 0) + 1;
  const remembering = Object.entries<(...details: never[]) => Scenario>(steps as never).map(
    ([verb, take]) => [
      verb,
      (...details: never[]) => {
        taken = { number, verb, toCallSite: rememberCallSite() };
        return take(...details);
      },
    ],
  );
  return {
    ...(Object.fromEntries(remembering) as Steps),
    toRecording: (name = header.title ?? 'scenario') => {
      const { entries, written } = finish();
      if (!name.endsWith('.ndjson')) {
        rememberAuthor(entries, (index) => {
          const step = written[index];
          return step && { step: step.number, verb: step.verb, at: step.toCallSite() };
        });
      }
      return { name, header, entries };
    },
    toNdjson: () =>
      [header, ...finish().entries.map((entry) => Entry.encode(entry))]
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
  };
}

function toAfterMs({ after = 0 }: Timing): number {
  if (after >= 0 && after < LONGEST_MS) return after;
  throw new TypeError(`after must be milliseconds from 0 to a year's, not ${after}.`);
}

function toIsoDate(text: string): string {
  if (Number.isNaN(Date.parse(text))) {
    throw new TypeError('recordedAt must be a date, 2026-01-31T12:00:00Z for one.');
  }
  return new Date(text).toISOString();
}

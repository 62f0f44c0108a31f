import { isAnswerTo, liveCallProtocol } from '@livecall/core';
import type { AnyProtocol, Asked, Frame, Heard } from '@livecall/core';
import { toFrame, toStamp } from '@livecall/recording/format';
import type {
  CloseEntry,
  FailedEntry,
  FrameEntry,
  Recording,
  RefusedEntry,
} from '@livecall/recording/format';
import * as E from 'fp-ts/lib/Either.js';

/** A frame that the recorded client sent, and the live one is to send. `index` is its entry's. */
export interface ClientFrame {
  readonly index: number;
  readonly frame: Frame;
  /** What it is: a command's type, or `invalid` for what is none. */
  readonly type: string;
  /** The command that it is. */
  readonly asked: Asked | undefined;
}

/** A frame that the server sends, once its gate has opened. */
export interface ServerFrame {
  readonly index: number;
  readonly frame: Frame;
  /** The client's frame that caused it: without it, this frame is not sent. */
  readonly gate: ClientFrame | undefined;
}

/** A dial that opened, and the connection that came of it. */
export interface RecordedConnection {
  readonly kind: 'open';
  readonly index: number;
  readonly serverFrames: readonly ServerFrame[];
  readonly clientFrames: readonly ClientFrame[];
  /** How it ended, and whose doing it was. */
  readonly close: Ending & { readonly index: number };
}

/** A dial that did not open. */
export type RecordedRefusal =
  | { readonly kind: 'refused'; readonly index: number; readonly entry: RefusedEntry }
  | {
      readonly kind: 'failed';
      readonly index: number;
      readonly entry: FailedEntry;
      /** How long it took after the entry before it, in milliseconds. */
      readonly tookMs: number;
    };

/** One dial of a recording; `index` is that of its first entry. */
export type RecordedDial = RecordedConnection | RecordedRefusal;

type Ending = Pick<CloseEntry, 'from' | 'code' | 'reason'>;

type Entries = Recording['entries'];

/** What was read of a recording stays with it: to read it takes as long as to play it. */
const dialsOf = new WeakMap<AnyProtocol, WeakMap<Entries, readonly RecordedDial[]>>();

/**
 * Gives a recording as what a server does, dial by dial; it is read once, and belongs to every
 * replay of it.
 *
 * Each server frame is given its gate, the client's frame that caused it: the command that it
 * answers. An ack waits for its own command, `event:callEnd` for the last `client:endCall` before
 * it. Nothing else waits; but frames go out in the recorded order, so whatever follows a frame that
 * waits, waits too.
 *
 * @see recordings/README.md#how-a-recording-replays
 */
export function toRecordedDials(
  { entries }: Recording,
  protocol: AnyProtocol = liveCallProtocol,
): readonly RecordedDial[] {
  const read = dialsOf.get(protocol) ?? new WeakMap<Entries, readonly RecordedDial[]>();
  dialsOf.set(protocol, read);
  const dials = read.get(entries) ?? readDials(entries, protocol);
  read.set(entries, dials);
  return dials;
}

function readDials(entries: Entries, protocol: AnyProtocol): readonly RecordedDial[] {
  const dials: RecordedDial[] = [];
  const commands: Command[] = [];
  let serverFrames: ServerFrame[] = [];
  let clientFrames: ClientFrame[] = [];
  let openIndex: number | undefined;

  const close = ({ from, code, reason }: Ending, index: number) => {
    if (openIndex === undefined) return;
    dials.push({
      kind: 'open',
      index: openIndex,
      serverFrames,
      clientFrames,
      close: { from, code, reason, index },
    });
    openIndex = undefined;
  };

  entries.forEach((entry, index) => {
    switch (entry.event) {
      case 'refused':
        dials.push({ kind: 'refused', index, entry });
        break;
      case 'failed': {
        const tookMs = toStamp(entry.at - (entries[index - 1]?.at ?? 0));
        dials.push({ kind: 'failed', index, entry, tookMs });
        break;
      }
      case 'open':
        openIndex = index;
        serverFrames = [];
        clientFrames = [];
        break;
      case 'frame': {
        const frame = toFrame(entry);
        if (entry.from === 'client') {
          const clientFrame = toClientFrame(index, frame, protocol);
          clientFrames.push(clientFrame);
          if (isCommand(clientFrame)) commands.push(clientFrame);
        } else {
          serverFrames.push({ index, frame, gate: toGate(entry, frame, commands, protocol) });
        }
        break;
      }
      case 'close':
        close(entry, index);
        break;
      default:
    }
  });
  // The recorder died: the connection that was open ends as the recorder's did.
  close({ from: 'server', code: 1006, reason: '' }, entries.length - 1);
  return dials;
}

/** Says what a client's frame is. */
export function toClientFrame(
  index: number,
  frame: Frame,
  protocol: AnyProtocol = liveCallProtocol,
): ClientFrame {
  const decoded = protocol.decodeCommand(frame);
  return E.isRight(decoded)
    ? { index, frame, type: decoded.right.type, asked: decoded.right }
    : { index, frame, type: 'invalid', asked: undefined };
}

type Command = ClientFrame & { readonly asked: Asked };

const isCommand = (frame: ClientFrame): frame is Command => frame.asked !== undefined;

/** The command that a server's frame answers, of those before it. */
function toGate(
  { json }: FrameEntry,
  frame: Frame,
  commands: readonly Command[],
  protocol: AnyProtocol,
): ClientFrame | undefined {
  // A listener's recording is not decoded at all.
  if (commands.length === 0) return undefined;
  const answers = toHeard(json, frame, protocol)?.answers;
  return answers && commands.findLast(({ asked }) => isAnswerTo(answers, asked));
}

/** The JSON is there already, and to read it anew takes a third of a first replay. */
function toHeard(json: unknown, frame: Frame, protocol: AnyProtocol): Heard<unknown> | undefined {
  if (json !== undefined && protocol.decodeJson !== undefined) return protocol.decodeJson(json);
  const heard = protocol.decode(frame);
  return E.isRight(heard) ? heard.right : undefined;
}

import type { Role } from '@livecall/core';

import type { Moment } from '@livecall/recording/format';

/** A stretch of a call. `to` is missing while it goes on. Times are milliseconds since the first dial. */
export interface Span {
  readonly from: number;
  to?: number;
}

/** Something that was said, and from when to when it is drawn. */
export interface Utterance {
  /** When its words arrived. */
  readonly at: number;
  /** Until when saying it takes, or the next words arrived. */
  until: number;
  /** Which of the rows it is. */
  readonly row: number;
}

/** Where a call stands. */
export type Phase = 'screening' | 'screened' | 'joined';

/** A command of the client's, and what became of it. */
export interface AskedCommand extends Span {
  readonly command: 'client:joinCall' | 'client:endCall';
  readonly row: number;
}

/** A connection, or the want of one. */
export interface Link extends Span {
  readonly kind: 'open' | 'gap';
  /** Counted from 1; that of the one before, for a gap. */
  readonly connection: number;
}

/** Something that went wrong, or was noted. */
export interface Flag {
  readonly at: number;
  readonly row: number;
  readonly kind: 'fault' | 'mark';
}

/** What happened in a call, sorted into lanes. */
export interface Story {
  readonly said: Readonly<Record<Role, readonly Utterance[]>>;
  readonly phases: readonly (Span & { readonly phase: Phase })[];
  readonly commands: readonly AskedCommand[];
  readonly links: readonly Link[];
  readonly flags: readonly Flag[];
}

/** So long it takes to say a letter: 15 in a second, or 180 words in a minute. */
const LETTER_MS = 1_000 / 15;

/** Makes a story that grows with each moment of one call that it is told. */
export function createStory(): {
  readonly story: Story;
  tell(moment: Moment, row: number): void;
} {
  const said: Record<Role, Utterance[]> = { assistant: [], other: [], user: [] };
  const phases: (Span & { readonly phase: Phase })[] = [];
  const commands: AskedCommand[] = [];
  const links: Link[] = [];
  const flags: Flag[] = [];
  let last: Utterance | undefined;
  let connection = 0;

  const cut = (at: number) => {
    if (last !== undefined) last.until = Math.min(last.until, at);
    last = undefined;
  };
  const enter = (phase: Phase | undefined, at: number) => {
    const before = phases.at(-1);
    if (before !== undefined) before.to ??= at;
    if (phase !== undefined && before?.phase !== phase) phases.push({ from: at, phase });
  };
  const link = (kind: Link['kind'], at: number) => {
    const before = links.at(-1);
    if (before?.kind === kind && before.to === undefined) return;
    if (before !== undefined) before.to ??= at;
    links.push({ from: at, kind, connection });
  };
  const flag = (at: number, row: number, kind: Flag['kind'] = 'fault') => {
    flags.push({ at, row, kind });
  };

  return {
    story: { said, phases, commands, links, flags },
    tell: (moment, row) => {
      const { at } = moment;
      switch (moment.what) {
        case 'connected':
          connection = moment.connection;
          link('open', at);
          break;
        case 'refused':
        case 'not connected':
          link('gap', at);
          flag(at, row);
          break;
        case 'call started':
          // One that was joined is not screened anew where the platform says again that it began.
          if (phases.length === 0) enter('screening', at);
          break;
        case 'screening ended':
          if (phases.at(-1)?.phase !== 'joined') enter('screened', at);
          break;
        case 'call ended':
          cut(at);
          enter(undefined, at);
          break;
        case 'said':
          cut(at);
          last = { at, until: at + Math.max(300, moment.text.length * LETTER_MS), row };
          said[moment.role].push(last);
          break;
        case 'asked':
          commands.push({ command: moment.command, from: at, row });
          break;
        case 'acknowledged': {
          const { command } = moment;
          const asked = commands.findLast(
            (known) => known.command === command && known.to === undefined,
          );
          if (asked !== undefined) asked.to = at;
          if (command === 'client:joinCall') enter('joined', at);
          break;
        }
        case 'closed':
          cut(at);
          if (moment.code !== 1000) flag(at, row);
          link('gap', at);
          break;
        case 'error reported':
        case 'invalid frame':
          flag(at, row);
          break;
        case 'mark':
          flag(at, row, 'mark');
          break;
        case 'unknown message':
      }
    },
  };
}

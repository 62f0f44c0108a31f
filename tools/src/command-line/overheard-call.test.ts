import { ConnectionClosedError, liveCall } from '@livecall/core';
import type { Connection, Frame } from '@livecall/core';
import { Subject, switchMap, tap } from 'rxjs';
import { expect, it } from 'vitest';

import { overheardCall } from './overheard-call.js';

/** A way of an app's that is overheard, and dials over it. */
function overheard() {
  const { tapTransport, transport } = overheardCall();
  const dial = () => {
    const accepted$ = new Subject<Connection>();
    const frames$ = new Subject<Frame>();
    const sent: Frame[] = [];
    const heard: Frame[] = [];
    let send: Connection['send'] | undefined;
    const app = tapTransport(accepted$)
      .pipe(
        tap((connection) => (send = connection.send)),
        switchMap((connection) => connection.frames$),
      )
      .subscribe({ next: (frame) => heard.push(frame), error: () => undefined });
    accepted$.next({ frames$, send: (frame) => sent.push(frame) });
    return { accepted$, frames$, sent, heard, app, send };
  };
  return { dial, transport };
}

const ack = (id: string) => JSON.stringify({ type: 'ack', ackId: id });
const idOf = (frame: Frame | undefined) => (JSON.parse(String(frame)) as { id: string }).id;

it("sends a command of ours on the app's connection, and keeps its answer from the app", () => {
  const { dial, transport } = overheard();
  const call = liveCall(transport);
  call.connect();
  const { frames$, sent, heard } = dial();
  const answers: string[] = [];
  call.joinCall().subscribe(({ confirmedBy }) => answers.push(confirmedBy));
  frames$.next(ack('of the app'));
  frames$.next(ack(idOf(sent[0])));
  frames$.next(ack(idOf(sent[0])));

  expect(sent).toHaveLength(1);
  expect(answers).toEqual(['ack']);
  // Once more, it answers nobody, and is passed on as it came.
  expect(heard).toEqual([ack('of the app'), ack(idOf(sent[0]))]);
});

it('passes on what the app sends, and what answers it, and tells us of the answer', () => {
  const { dial, transport } = overheard();
  const call = liveCall(transport);
  const types: string[] = [];
  call.messages$.subscribe(({ message }) => types.push(message.type));
  call.connect();
  const { frames$, sent, heard, send } = dial();
  send?.('{"type":"client:joinCall","id":"8f0c"}');
  frames$.next(ack('8f0c'));
  frames$.next(new Uint8Array([0]));

  expect(sent).toEqual(['{"type":"client:joinCall","id":"8f0c"}']);
  expect(heard).toEqual([ack('8f0c'), new Uint8Array([0])]);
  expect(types).toEqual(['ack']);
});

it.each(['the server ends it', 'the app leaves'])(
  "is lost where %s, and open again as the app's next dial is",
  async (how) => {
    const { dial, transport } = overheard();
    const call = liveCall(transport, { retry: { baseDelayMs: 0, classify: () => 'retry' } });
    const states: string[] = [];
    call.state$.subscribe(({ status }) => states.push(status));
    call.connect();
    const first = dial();
    if (how === 'the app leaves') first.app.unsubscribe();
    else first.accepted$.error(new ConnectionClosedError(1001));
    await new Promise((resolve) => setTimeout(resolve, 0));
    const second = dial();
    call.endCall().subscribe({ error: () => undefined });

    expect(states).toEqual(['idle', 'connecting', 'open', 'reconnecting', 'open']);
    expect([first.sent, second.sent]).toMatchObject([[], [expect.any(String)]]);
  },
);

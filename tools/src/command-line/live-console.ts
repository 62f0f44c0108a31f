import type { Command, CommandResult, LiveCall } from '@livecall/core';
import { Subject } from 'rxjs';
import type { Observable } from 'rxjs';

import { createKnownNumbers } from '../console/known-numbers.js';
import { createLiveCalls } from '../console/live-calls.js';
import { createConsoleCall } from '../console/console-call.js';
import { createRecordingList } from '../console/recording-list.js';
import { say } from './say.js';
import { startConsole } from './start-console.js';

/** A console beside a call that is recorded. */
export interface LiveConsole {
  /** What its page asks for. */
  readonly asked$: Observable<Command>;
  /** Takes a line as it was written to the recording. */
  onLine(line: string): void;
  /** Takes what became of a command. */
  onSettled(command: Command, result: CommandResult | string): void;
  /** Starts it, before the call is dialled; says the URL. */
  start(call: LiveCall): Promise<void>;
  /** Stops it once its page has all of the recording, or does not read. */
  stop(): Promise<void>;
}

/** What a page that asked too late is told. */
const OVER = 'the call is over; nothing was sent';

/** Makes the console of a call that is recorded to a file. */
export function liveConsole(
  out: string,
  { opensBrowser }: { readonly opensBrowser: boolean },
): LiveConsole {
  const recordings = createRecordingList([]);
  const id = recordings.add(out);
  const known = createKnownNumbers();
  const asked$ = new Subject<Command>();
  const waiting = new Map<Command, (result: CommandResult | string) => void>();
  let isOver = false;
  let stop: () => Promise<void> = () => Promise.resolve();

  const onSettled = (command: Command, result: CommandResult | string) => {
    // One that was given by a key is nobody's here.
    waiting.get(command)?.(result);
    waiting.delete(command);
  };
  const ask = (command: Command) =>
    new Promise<CommandResult | string>((resolve) => {
      if (isOver) {
        resolve(OVER);
        return;
      }
      waiting.set(command, resolve);
      asked$.next(command);
    });

  return {
    asked$: asked$.asObservable(),
    onLine: known.onLine,
    onSettled,
    start: async (call) => {
      call.events$.subscribe({ next: known.onEvent, error: () => undefined });
      const { state$ } = call;
      const live = createLiveCalls();
      live.add(createConsoleCall({ id, state$, command: ask, numbers: known.numbers }));
      live.seal();
      const started = await startConsole({ recordings, live, port: 0, opensBrowser });
      stop = started.stopOnceRead;
      say(`console: ${started.url}`);
    },
    stop: async () => {
      isOver = true;
      for (const command of waiting.keys()) onSettled(command, OVER);
      await stop();
    },
  };
}

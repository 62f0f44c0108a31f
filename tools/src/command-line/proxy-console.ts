import { liveCall, sendCommand } from '@livecall/core';
import { lastValueFrom, noop, of, tap } from 'rxjs';

import { createKnownNumbers } from '../console/known-numbers.js';
import { createLiveCalls } from '../console/live-calls.js';
import { createConsoleCall } from '../console/console-call.js';
import { createRecordingList } from '../console/recording-list.js';
import { createCommandGate } from './command-gate.js';
import { nameByDate } from './name-by-date.js';
import { overheardCall } from './overheard-call.js';
import type { RecordedCallListener } from './recorded-calls.js';
import { say } from './say.js';
import { startConsole } from './start-console.js';

/** A console beside a proxy: what it has recorded, and each call that goes through it. */
export interface ProxyConsole {
  /** Takes a call of which the recording begins, or that goes on without one. */
  onCall(path: string | undefined): RecordedCallListener;
  /** Starts it; says the URL. */
  start(): Promise<void>;
  /** Stops it once its pages have all of the recordings, or do not read. */
  stop(): Promise<void>;
}

/** Makes the console of a proxy that records into a folder. */
export function proxyConsole(
  outDir: string,
  { opensBrowser }: { readonly opensBrowser: boolean },
): ProxyConsole {
  const recordings = createRecordingList([outDir]);
  const live = createLiveCalls();
  let stop: () => Promise<void> = () => Promise.resolve();

  return {
    onCall: (path) => {
      const { tapTransport, transport } = overheardCall();
      // The app dials; here it is waited for, however often.
      const call = liveCall(transport, {
        retry: { baseDelayMs: 0, giveUpAfterMs: Infinity, classify: () => 'retry' },
      });
      const listed =
        path === undefined
          ? recordings.addUnrecorded(nameByDate())
          : { id: recordings.idOf(path), forget: noop };
      const known = createKnownNumbers();
      const gate = createCommandGate();
      call.events$.subscribe({ next: known.onEvent, error: () => undefined });
      const forget = live.add(
        createConsoleCall({
          id: listed.id,
          state$: call.state$,
          numbers: known.numbers,
          command: (command) => {
            const refusal = gate.refusal(command);
            if (refusal !== undefined) return Promise.resolve(refusal);
            gate.sending(command);
            return lastValueFrom(of(command).pipe(sendCommand(call), tap(gate.settled)), {
              defaultValue: 'nothing is known of it',
            });
          },
        }),
      );
      const following = call.connect();
      return {
        tapTransport,
        onLine: known.onLine,
        onEnd: () => {
          following.unsubscribe();
          forget();
          listed.forget();
        },
      };
    },
    start: async () => {
      const started = await startConsole({ recordings, live, port: 0, opensBrowser });
      stop = started.stopOnceRead;
      say(`console: ${started.url}`);
    },
    stop: async () => {
      live.seal();
      await stop();
    },
  };
}

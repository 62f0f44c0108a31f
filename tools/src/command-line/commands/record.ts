import {
  ConnectFailedError,
  endCall,
  HandshakeRefusedError,
  joinCall,
  liveCall,
  sendCommand,
  TokenUnavailableError,
} from '@livecall/core';
import type { ConnectionState, LiveCall, LiveCallError, Transport } from '@livecall/core';
import * as E from 'fp-ts/lib/Either.js';
import {
  delay,
  EMPTY,
  filter,
  lastValueFrom,
  map,
  merge,
  take,
  takeLast,
  takeUntil,
  tap,
  withLatestFrom,
} from 'rxjs';
import type { Observable } from 'rxjs';

import { dialPlatform } from '../dial-platform.js';
import { exitCodes, ExitError } from '../exit-error.js';
import { keys } from '../keys.js';
import { liveView } from '../live-view.js';
import { record as recordTo } from '../../recording/record.js';
import { recordingFile } from '../../recording/recording-file.js';
import type { RecordingFileError } from '../../recording/recording-file.js';
import { recordingSink } from '../../recording/recording-sink.js';
import type { RecordingSink } from '../../recording/recording-sink.js';
import { createSecrets } from '../../recording/secrets.js';
import { say } from '../say.js';
import { stopped } from '../stopped.js';
import type { GivenTokens } from '../take-tokens.js';
import { findToken } from '../token-source.js';

/** What `livecall record` was called with. */
export interface RecordFlags {
  readonly url: string;
  readonly out: string;
  readonly joinAfter?: number;
  readonly endAfter?: number;
  readonly title?: string;
  readonly json?: boolean;
  readonly accessTokenFile?: string;
  readonly conversationTokenFile?: string;
  readonly maskTranscripts?: boolean;
  readonly retries: number;
  readonly timeout: number;
}

/** `livecall record`: follows a call, shows it, and writes it down. */
export async function record(flags: RecordFlags, given: GivenTokens): Promise<number> {
  const { url: endpoint, out, title, json = false, maskTranscripts = false, retries } = flags;
  const secrets = createSecrets();
  const transport = toTransport(flags, given, secrets.add);

  let writeError: RecordingFileError | undefined;
  const about = { endpoint, secrets, maskTranscripts, ...(title !== undefined && { title }) };
  const print = (line: string) => void process.stdout.write(line);
  const openFile = (): RecordingSink => {
    const created = recordingFile(out, {
      ...about,
      ...(json && { onLine: print }),
      onError: (error) => {
        writeError = error;
        say(error.message);
      },
    });
    if (E.isLeft(created)) throw created.left;
    return created.right;
  };
  const isPiped = out === '-';
  const file = isPiped ? recordingSink(print, about) : openFile();
  const sinks = json || isPiped ? [file] : [file, liveView(process.stdout, about)];

  say(`dialling ${new URL(endpoint).host}`);
  const recordedTransport = sinks.reduce(
    (tappedTransport, sink) => tappedTransport.pipe(recordTo(sink)),
    transport,
  );
  const call = liveCall(recordedTransport, { retry: { maxAttempts: retries } });
  const { state, exitCode } = await follow(call, flags);
  for (const sink of sinks) sink.end();

  if (writeError !== undefined) return exitCodes.ioError;
  if (!isPiped) say(`recorded to ${out}`);
  if (state.status === 'closed' && state.reason === 'failed') throw toExitError(state.error);
  return exitCode;
}

/** Checks everything that can be wrong with the call before anything is written. */
function toTransport(
  flags: RecordFlags,
  given: GivenTokens,
  onToken: (token: string) => void,
): Transport {
  if (flags.accessTokenFile === '-' && flags.conversationTokenFile === '-') {
    throw new ExitError(
      exitCodes.usage,
      'Only one of the two tokens can come from standard input; give the other in a file or the environment.',
    );
  }
  const accessToken = findToken(
    {
      name: 'access token',
      variable: 'LIVECALL_ACCESS_TOKEN',
      flag: '--access-token-file',
      path: flags.accessTokenFile,
      given,
    },
    onToken,
  );
  const conversationToken = findToken(
    {
      name: 'conversation token',
      variable: 'LIVECALL_CONVERSATION_TOKEN',
      flag: '--conversation-token-file',
      path: flags.conversationTokenFile,
      given,
    },
    onToken,
  );
  return dialPlatform({
    url: flags.url,
    accessToken,
    conversationToken,
    handshakeTimeoutMs: flags.timeout,
  });
}

/** Follows the call until it ends or the person stops, and does what they ask meanwhile. */
async function follow(
  call: LiveCall,
  { joinAfter, endAfter }: RecordFlags,
): Promise<{ readonly state: ConnectionState; readonly exitCode: number }> {
  let exitCode: number = exitCodes.ok;
  const typed$ = keys(process.stdin);
  const opened$ = call.state$.pipe(
    filter(({ status }) => status === 'open'),
    take(1),
  );
  function on(key: string, afterMs: number | undefined): Observable<unknown> {
    return merge(
      typed$.pipe(
        filter((typed) => typed === key),
        withLatestFrom(call.state$),
        tap(([, { status }]) => {
          if (status !== 'open') say('not connected; it is sent if a connection opens within 5 s');
        }),
      ),
      afterMs === undefined ? EMPTY : opened$.pipe(delay(afterMs)),
    );
  }

  const commands$ = merge(
    on('j', joinAfter).pipe(map(() => joinCall)),
    on('e', endAfter).pipe(map(() => endCall)),
  ).pipe(
    sendCommand(call, { whenNotOpen: 'wait' }),
    tap((result) => {
      if (result.status === 'failed') say(result.error.message);
    }),
  );
  const retries$ = call.state$.pipe(
    filter((state) => state.status === 'reconnecting'),
    tap(({ delayMs, cause }) => {
      const when = delayMs < 50 ? 'at once' : `in ${(delayMs / 1_000).toFixed(1)} s`;
      say(`${toExitError(cause).message} Dialling again ${when}.`);
    }),
  );
  // The first of them stops the recording; a second Ctrl-C finds no listener and ends the process.
  const stop$ = merge(
    stopped(),
    typed$.pipe(
      filter((typed) => typed === 'q' || typed === 'C-c'),
      map(() => exitCodes.ok),
    ),
  ).pipe(
    take(1),
    tap((stopCode) => {
      exitCode = stopCode;
      say('stopping; the call itself goes on');
      following.unsubscribe();
    }),
  );

  // Once nothing more can be said of it: the end of the call settles the commands that wait.
  const over$ = call.state$.pipe(takeLast(1));
  merge(commands$, retries$, stop$).pipe(takeUntil(over$)).subscribe();
  if (process.stdin.isTTY) say('keys: j joins the call, e ends it, q stops the recording');
  const following = call.connect();
  return {
    state: await lastValueFrom(call.state$, { defaultValue: { status: 'idle' } }),
    exitCode,
  };
}

function toExitError(error: LiveCallError): ExitError {
  const { message } = error;
  if (error instanceof HandshakeRefusedError) {
    const isUnauthorized = error.status === 401 || error.status === 403;
    return new ExitError(isUnauthorized ? exitCodes.unauthorized : exitCodes.unavailable, message);
  }
  if (error instanceof TokenUnavailableError) {
    return error.providerError instanceof ExitError
      ? error.providerError
      : new ExitError(exitCodes.unauthorized, message);
  }
  // An answer that is no WebSocket's has no code of the system's, or one of the HTTP parser's.
  const isGarbage = error instanceof ConnectFailedError && /^(HPE_.*)?$/.test(error.code ?? '');
  const isProtocol = isGarbage || error._tag === 'EndedWithoutCallEndError';
  return new ExitError(isProtocol ? exitCodes.protocolError : exitCodes.unavailable, message);
}

import { liveCall } from '@livecall/core';
import type { Transport } from '@livecall/core';
import { createSecrets, record, recordingFile, recordingSink } from '@livecall/recording';
import type { RecordingFileError, RecordingSink } from '@livecall/recording';
import * as E from 'fp-ts/lib/Either.js';
import { EMPTY, from } from 'rxjs';

import { assertCountries } from '../assert-countries.js';
import { callExitError } from '../call-exit-error.js';
import { dialPlatform } from '../dial-platform.js';
import { dialRelay } from '../dial-relay.js';
import { exitCodes, ExitError } from '../exit-error.js';
import type { ProxyFlag } from '../find-proxy.js';
import { findWay } from '../find-way.js';
import type { Way } from '../find-way.js';
import { followCall } from '../follow-call.js';
import { keys } from '../keys.js';
import { liveConsole } from '../live-console.js';
import { liveView } from '../live-view.js';
import { nameByDate } from '../name-by-date.js';
import { say } from '../say.js';
import { setAside } from '../set-aside.js';
import { openStandardOutput } from '../standard-output.js';
import type { GivenTokens } from '../take-tokens.js';
import { escapeJson } from '../to-visible-json.js';
import { findToken, toDescriptor } from '../token-source.js';

/** What `livecall record` was called with. */
export interface RecordFlags {
  readonly url: string;
  /** Absent, it is named by the date. */
  readonly out?: string;
  readonly joinAfter?: number;
  readonly endAfter?: number;
  readonly title?: string;
  readonly json?: boolean;
  readonly keys: boolean;
  readonly accessTokenFile?: string;
  readonly conversationTokenFile?: string;
  /** Whether the URL is that of an app's relay. */
  readonly relay?: boolean;
  readonly cookieFile?: string;
  readonly maskTranscripts?: boolean;
  readonly defaultCountry?: string | readonly string[];
  readonly proxy?: ProxyFlag;
  readonly retries?: number;
  readonly timeout: number;
  /** Whether the call is shown in a page, too. */
  readonly console?: boolean;
  readonly open: boolean;
}

/** `livecall record`: follows a call, shows it, and writes it down. */
export async function runRecord(flags: RecordFlags, given: GivenTokens): Promise<number> {
  const { url: endpoint, title, json = false, retries } = flags;
  const { out = `${nameByDate()}.ndjson` } = flags;
  const { maskTranscripts = false, defaultCountry = 'US' } = flags;
  assertCountries(defaultCountry);
  if (flags.console === true && out === '-') {
    throw new ExitError(exitCodes.usage, '--console shows what is in a file: give one to --out.');
  }
  const secrets = createSecrets();
  const way = findWay(endpoint, flags.proxy);
  const transport =
    flags.relay === true
      ? dialRelay(endpoint, { ...flags, ...way.options, given, onSecret: secrets.add })
      : toTransport(flags, way, given, secrets.add);

  let writeError: RecordingFileError | undefined;
  const page = flags.console === true ? liveConsole(out, { opensBrowser: flags.open }) : undefined;
  const onLine = (line: string) => {
    page?.onLine(line);
    if (json) process.stdout.write(escapeJson(line));
  };
  const redactOptions = { maskTranscripts, defaultCountry };
  const about = { endpoint, secrets, ...redactOptions, ...(title !== undefined && { title }) };
  const createFile = () =>
    recordingFile(out, {
      ...about,
      onLine,
      onError: (error) => {
        writeError = error;
        say(error.message);
      },
    });
  const openFile = async (): Promise<RecordingSink> => {
    let created = createFile();
    if (E.isLeft(created) && created.left.kind === 'exists') {
      const aside = await setAside(out);
      if (aside !== undefined) {
        say(`nothing was heard in the ${out} that there was; it is ${aside} now`);
        created = createFile();
      }
    }
    if (E.isLeft(created)) throw created.left;
    return created.right;
  };
  const output = out === '-' ? openStandardOutput() : undefined;
  const file = output === undefined ? await openFile() : recordingSink(output.write, about);
  const isShown = !json && output === undefined;
  const sinks = isShown ? [file, liveView(process.stdout, about)] : [file];

  const recordedTransport = sinks.reduce(
    (tappedTransport, sink) => tappedTransport.pipe(record(sink)),
    transport,
  );
  const call = liveCall(recordedTransport, {
    retry: retries === undefined ? {} : { maxAttempts: retries },
  });
  await page?.start(call);
  say(`dialling ${new URL(endpoint).host}${way.name}`);
  if (flags.out === undefined) say(`recording to ${out}`);
  const { state, stopCode, hasOpened } = await followCall(call, {
    ...flags,
    ...(page !== undefined && { asked$: page.asked$, onSettled: page.onSettled }),
    typed$: flags.keys ? keys(process.stdin) : EMPTY,
    lost$: output === undefined ? EMPTY : from(output.lost),
  });
  for (const sink of sinks) sink.end();
  await page?.stop();
  if (output !== undefined && !(await output.flushed())) {
    throw new ExitError(
      exitCodes.ioError,
      'standard output: nobody reads it any more; the recording ends there.',
    );
  }
  if (writeError !== undefined) return exitCodes.ioError;
  if (output === undefined) say(`recorded to ${out}`);
  if (state.status === 'closed' && state.reason === 'failed') throw callExitError(state.error);
  if (stopCode === exitCodes.ok && !hasOpened) {
    throw new ExitError(
      exitCodes.unavailable,
      'No connection was opened before it was stopped: nothing of the call is in the recording.',
    );
  }
  return stopCode ?? exitCodes.ok;
}

/** Checks everything that can be wrong with the call before anything is written. */
function toTransport(
  flags: RecordFlags,
  way: Way,
  given: GivenTokens,
  onToken: (token: string) => void,
): Transport {
  const { accessTokenFile = '', conversationTokenFile = '' } = flags;
  // What is wrong with the URL is said before a token is missed.
  void dialPlatform({
    url: flags.url,
    accessToken: 'later',
    conversationToken: 'later',
    ...way.options,
  });
  const descriptor = toDescriptor(accessTokenFile);
  if (descriptor !== undefined && descriptor === toDescriptor(conversationTokenFile)) {
    const place = descriptor === 0 ? 'standard input' : accessTokenFile;
    throw new ExitError(
      exitCodes.usage,
      `Only one of the two tokens can come from ${place}; give the other in a file or the environment.`,
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
    ...way.options,
  });
}

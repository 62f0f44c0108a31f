import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

import { HandshakeRefusedError, isUsableToken } from '@livecall/core';
import type { Transport } from '@livecall/core';
import * as E from 'fp-ts/lib/Either.js';
import { asyncScheduler, defer, finalize, firstValueFrom, Subscription } from 'rxjs';

import { dialPlatform } from '../dial-platform.js';
import { exitCodes, ExitError } from '../exit-error.js';
import type { ProxyFlag } from '../find-proxy.js';
import { findWay } from '../find-way.js';
import type { Way } from '../find-way.js';
import { listen } from '../listen.js';
import { createNarrator } from '../narrate.js';
import { record } from '../../recording/record.js';
import { recordingFile } from '../../recording/recording-file.js';
import type {
  RecordingFile,
  RecordingFileError,
  RecordingFileOptions,
} from '../../recording/recording-file.js';
import { createSecrets } from '../../recording/secrets.js';
import { say } from '../say.js';
import type { ServeRequest } from '../../handshake.js';
import { stopped } from '../stopped.js';
import { systemCode } from '../../system-code.js';

/** So many calls that nobody is on may be dialled again; with more, the oldest is over. */
const MAX_RESTING = 1_000;

/** What `livecall proxy` was called with. */
export interface ProxyFlags {
  readonly url: string;
  readonly outDir: string;
  readonly host: string;
  readonly port: number;
  readonly rejoinWithin: number;
  readonly proxy?: ProxyFlag;
  readonly maskTranscripts?: boolean;
  readonly allowOrigin?: readonly string[];
}

/** `livecall proxy`: records the calls of an app on their way, until it is stopped. */
export async function proxy(flags: ProxyFlags): Promise<number> {
  const { url, outDir, host, port, allowOrigin } = flags;
  // Says now, and not at the first call, what is wrong with the URL.
  void dialPlatform({ url, accessToken: 'none', conversationToken: 'none' });
  const way = findWay(url, flags.proxy);
  const folder = statSync(outDir, { throwIfNoEntry: false });
  if (!folder?.isDirectory()) {
    const what = folder === undefined ? 'there is no such folder; create it first' : 'is a file';
    throw new ExitError(exitCodes.cannotCreate, `${outDir}: ${what}.`);
  }
  try {
    accessSync(outDir, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const problem = `cannot be written to (${systemCode(cause)}); check its permissions`;
    throw new ExitError(exitCodes.cannotCreate, `${outDir}: ${problem}.`, { cause });
  }

  // Those that are not over; two dials for one conversation at a time are two of them.
  const calls = new Set<RecordedCall>();
  const onRest = () => {
    const resting = [...calls].filter((call) => call.isResting());
    if (resting.length > MAX_RESTING) resting[0]?.end();
  };
  const server = await listen(
    (request) => {
      const transport = toPlatform(url, way, request);
      const known = [...calls].find((call) => call.isFreeFor(request));
      const call =
        known ?? createCall(flags, request, { onEnd: (ended) => calls.delete(ended), onRest });
      if (call !== undefined) calls.add(call);
      return call === undefined ? transport : call.recorded(transport, request.accessToken);
    },
    { host, port, ...(allowOrigin && { allowOrigin }) },
  );
  process.stdout.write(`${server.url}\n`);
  say(`recording calls to ${new URL(url).host}${way.name} into ${outDir}; Ctrl-C stops`);

  const exitCode = await firstValueFrom(stopped(), { defaultValue: exitCodes.ok });
  await server.close();
  for (const call of calls) call.end();
  return exitCode;
}

/** The app's own credentials, and nothing of the proxy's. */
function toPlatform(
  url: string,
  way: Way,
  { accessToken, conversationToken, productVersion, userId }: ServeRequest,
): Transport {
  // What cannot be sent on is no token; the platform would answer as much.
  if (!isUsableToken(conversationToken)) throw new HandshakeRefusedError(400);
  return dialPlatform({
    url,
    accessToken,
    conversationToken,
    ...(productVersion !== undefined && { productVersion }),
    ...(userId !== undefined && { userId }),
    ...way.options,
  });
}

/** One call of the app's, over as many dials as it takes, and its recording. */
interface RecordedCall {
  /** Whether a dial may go on with it: it is for the same conversation, and nobody is on it. */
  isFreeFor(request: ServeRequest): boolean;
  /** Whether nobody is on it. */
  isResting(): boolean;
  recorded(transport: Transport, accessToken: string): Transport;
  end(): void;
}

/** Opens the recording of a call. A call that cannot be recorded goes on unrecorded. */
function createCall(
  { url, outDir, rejoinWithin, maskTranscripts = false }: ProxyFlags,
  { accessToken, conversationToken }: ServeRequest,
  { onEnd, onRest }: { onEnd: (call: RecordedCall) => void; onRest: () => void },
): RecordedCall | undefined {
  const secrets = createSecrets([accessToken, conversationToken]);
  let isComplete = true;
  const created = createFile(outDir, {
    endpoint: url,
    secrets,
    maskTranscripts,
    onError: (error) => {
      isComplete = false;
      say(error.message);
    },
  });
  if (E.isLeft(created)) {
    say(`${created.left.message}; the call goes on unrecorded`);
    return undefined;
  }
  const file = created.right;
  const narrate = createNarrator();
  let hasCallEnded = false;
  let isOn = false;
  let isOver = false;
  let rest = Subscription.EMPTY;
  say(`recording ${file.path}`);

  const end = () => {
    if (isOver) return;
    isOver = true;
    rest.unsubscribe();
    file.end();
    if (isComplete) say(`recorded ${file.path}`);
    onEnd(call);
  };
  const watched: RecordingFile = {
    ...file,
    write(entry, frame) {
      file.write(entry, frame);
      hasCallEnded ||= narrate({ at: 0, ...entry })?.what === 'call ended';
    },
  };
  const call: RecordedCall = {
    isFreeFor: (request) => request.conversationToken === conversationToken && !isOn,
    isResting: () => !isOn,
    recorded: (transport, token) =>
      defer(() => {
        rest.unsubscribe();
        isOn = true;
        secrets.add(token);
        return transport.pipe(record(watched));
      }).pipe(
        finalize(() => {
          isOn = false;
          if (hasCallEnded || isOver) {
            end();
            return;
          }
          // Whether it is dialled again is not known: it takes no descriptor from those that are on.
          file.rest();
          rest = asyncScheduler.schedule(end, rejoinWithin);
          onRest();
        }),
      ),
    end,
  };
  return call;
}

/** Names a recording by when its call began; two that begin together are numbered. */
function createFile(
  outDir: string,
  options: RecordingFileOptions,
): E.Either<RecordingFileError, RecordingFile> {
  const name = `call-${new Date().toISOString().replace(/[-:]/g, '')}`;
  for (let number = 1; ; number += 1) {
    const path = join(outDir, `${name}${number === 1 ? '' : `-${number}`}.ndjson`);
    const created = recordingFile(path, options);
    if (E.isRight(created) || created.left.kind !== 'exists') return created;
  }
}

import { join } from 'node:path';

import { liveCallProtocol, patience } from '@livecall/core';
import type { Connection, Frame, Transport } from '@livecall/core';
import { tapFrames } from '@livecall/core/internal';
import { createSecrets, record, recordingFile } from '@livecall/recording';
import type { RecordingFile, RecordingFileError, RecordingFileOptions } from '@livecall/recording';
import type { DialledClient, ServeRequest } from '@livecall/server';
import * as E from 'fp-ts/lib/Either.js';
import {
  defaultIfEmpty,
  defer,
  filter,
  finalize,
  identity,
  map,
  merge,
  noop,
  Subscription,
  switchMap,
  take,
} from 'rxjs';
import type { MonoTypeOperatorFunction, Observable } from 'rxjs';

import { findCredentials } from './find-credentials.js';
import { nameByDate } from './name-by-date.js';
import { say } from './say.js';

/** So many calls that nobody is on may be dialled again; with more, the oldest is over. */
const MAX_RESTING = 1_000;

/**
 * How long a client has to say that it is there when another dials for its conversation. A second
 * client that is refused its own recording would be worse off than one that waits this long.
 */
const GHOST_AFTER_MS = 2_000;

/** Where and how calls are recorded. */
export interface RecordedCallsOptions {
  /** The platform's endpoint. */
  readonly url: string;
  readonly outDir: string;
  /** How long a call that nobody is on may be dialled again, in milliseconds. */
  readonly rejoinWithin: number;
  readonly maskTranscripts?: boolean;
  /** Whose national numbers are taken out, too. @default 'US' */
  readonly defaultCountry?: string | readonly string[];
  /**
   * Called when the recording of a call has begun; without a path where it cannot be recorded, for
   * each dial of it.
   */
  readonly onCall?: (path: string | undefined) => RecordedCallListener;
}

/** Whoever follows a call that is recorded. */
export interface RecordedCallListener {
  /** Stands over what is recorded, dial by dial. */
  readonly tapTransport: MonoTypeOperatorFunction<Connection>;
  /** Takes a line as it was written. */
  onLine(line: string): void;
  /** Called when the recording is complete, or the dial over that has none. */
  onEnd(): void;
}

/** The calls of apps, each over as many dials as it takes. */
export interface RecordedCalls {
  /**
   * Records a dial. It goes on with the call of its conversation that nobody is on, or whose client
   * has vanished, and else begins another: two that are there at a time are two calls.
   */
  recorded(transport: Transport, request: ServeRequest): Transport;
  /** Completes all recordings. */
  end(): void;
}

/** Records each call in a file of its own. A call that cannot be recorded goes on unrecorded. */
export function recordedCalls(options: RecordedCallsOptions): RecordedCalls {
  const calls = new Set<RecordedCall>();
  const onEnd = (call: RecordedCall) => calls.delete(call);
  const onRest = () => {
    const resting = [...calls].filter((call) => call.client() === undefined);
    if (resting.length > MAX_RESTING) resting[0]?.end();
  };
  function findVacant(request: ServeRequest): Observable<RecordedCall | undefined> {
    const own = [...calls].filter(
      ({ conversationToken }) => conversationToken === request.conversationToken,
    );
    return merge(...own.map(toVacant)).pipe(take(1), defaultIfEmpty(undefined));
  }

  const recorded: RecordedCalls = {
    recorded: (transport, request) =>
      defer(() => findVacant(request)).pipe(
        switchMap((known) => {
          // Another dial may have been faster.
          const vacant = known?.client() === undefined ? known : undefined;
          const call = vacant ?? createCall(options, request, { onEnd, onRest });
          if (call === undefined) return followed(transport, options.onCall?.(undefined));
          calls.add(call);
          return call.recorded(transport, request);
        }),
      ),
    end: () => {
      for (const call of calls) call.end();
    },
  };
  return recorded;
}

/** A dial that is not recorded, for whoever follows it all the same. */
function followed(transport: Transport, listener: RecordedCallListener | undefined): Transport {
  if (listener === undefined) return transport;
  return transport.pipe(
    listener.tapTransport,
    finalize(() => {
      listener.onEnd();
    }),
  );
}

/** Emits a call once nobody is on it; not at all where its client is there. */
function toVacant(call: RecordedCall): Observable<RecordedCall> {
  return defer(() => call.client()?.isThere(GHOST_AFTER_MS) ?? [false]).pipe(
    filter((isThere) => !isThere),
    map(() => {
      call.client()?.hangUp();
      return call;
    }),
  );
}

/** One call of an app's, and its recording. */
interface RecordedCall {
  readonly conversationToken: string;
  /** Who is on it. */
  client(): DialledClient | undefined;
  recorded(transport: Transport, request: ServeRequest): Observable<Connection>;
  end(): void;
}

function createCall(
  {
    url,
    outDir,
    rejoinWithin,
    maskTranscripts = false,
    defaultCountry = 'US',
    onCall,
  }: RecordedCallsOptions,
  { conversationToken }: ServeRequest,
  { onEnd, onRest }: { onEnd: (call: RecordedCall) => void; onRest: () => void },
): RecordedCall | undefined {
  const secrets = createSecrets();
  let isComplete = true;
  let onLine: RecordedCallListener['onLine'] = noop;
  const created = createFile(outDir, {
    endpoint: url,
    secrets,
    maskTranscripts,
    defaultCountry,
    onLine: (line) => {
      onLine(line);
    },
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
  let hasCallEnded = false;
  let client: DialledClient | undefined;
  let isOver = false;
  let rest = Subscription.EMPTY;
  say(`recording ${file.path}`);
  const listener = onCall?.(file.path);
  onLine = listener?.onLine ?? noop;

  const end = () => {
    if (isOver) return;
    isOver = true;
    rest.unsubscribe();
    file.end();
    if (isComplete) say(`recorded ${file.path}`);
    listener?.onEnd();
    onEnd(call);
  };
  const awaitRejoin = () => {
    rest = patience(rejoinWithin).subscribe(end);
  };
  const endListener = {
    hear: (frame: Frame) => {
      hasCallEnded ||= isEnd(frame);
    },
  };
  const call: RecordedCall = {
    conversationToken,
    client: () => client,
    recorded: (transport, request) =>
      defer(() => {
        rest.unsubscribe();
        client = request.client;
        for (const credential of findCredentials(request)) secrets.add(credential);
        return transport.pipe(
          record(file),
          // Not in a sink around the file: it would be given every frame as an entry, parsed.
          map((connection) => ({
            ...connection,
            frames$: tapFrames(connection.frames$, endListener),
          })),
          listener?.tapTransport ?? identity,
        );
      }).pipe(
        finalize(() => {
          client = undefined;
          if (hasCallEnded || isOver) {
            end();
            return;
          }
          // Whether it is dialled again is not known: it takes no descriptor from those that are on.
          file.rest();
          awaitRejoin();
          onRest();
        }),
      ),
    end,
  };
  return call;
}

/** Whether the server says by a frame that the call has ended. */
function isEnd(frame: Frame): boolean {
  const heard = liveCallProtocol.decode(frame);
  return E.isRight(heard) && heard.right.isEnd;
}

/** Names a recording by when its call began; two that begin together are numbered. */
function createFile(
  outDir: string,
  options: RecordingFileOptions,
): E.Either<RecordingFileError, RecordingFile> {
  const name = nameByDate();
  for (let number = 1; ; number += 1) {
    const path = join(outDir, `${name}${number === 1 ? '' : `-${number}`}.ndjson`);
    const created = recordingFile(path, options);
    if (E.isRight(created) || created.left.kind !== 'exists') return created;
  }
}

import { linkSync, mkdirSync, rmSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { ConnectionClosedError, liveCall, liveCallProtocol } from '@livecall/core';
import type { LiveCallOptions, Transport } from '@livecall/core';
import { record, recordingFile, RecordingError, toFrame } from '@livecall/recording';
import type { Entry, Header, Recording } from '@livecall/recording/format';
import { serve } from '@livecall/server';
import * as E from 'fp-ts/lib/Either.js';
import { BehaviorSubject, defer, finalize, map, merge, ReplaySubject, take } from 'rxjs';

import type { Replay } from '../replay/replay.js';
import { DivergedError } from './diverged-error.js';
import { findLeftOpen } from './find-left-open.js';
import type { OpenedReplay } from './opened-replay.js';
import { rememberServer } from './server-of.js';

/** How a recording is made that a test has not yet. */
export interface RecorderOptions {
  /** What is recorded: the real call, dialled as the app dials it. */
  readonly transport: Transport;
  readonly over: 'process' | 'socket';
  readonly waitMs: number;
  readonly call?: LiveCallOptions;
}

/**
 * Opens a recorder in the place of a replay: what the test does goes to the real thing, and when it
 * has passed the recording stands in its file. A test that failed leaves none.
 *
 * @returns rejects with a `RecordingError` in CI, where nothing is recorded
 */
export async function openRecorder(
  path: string,
  { transport, over, waitMs, call: callOptions }: RecorderOptions,
): Promise<OpenedReplay> {
  if (isCi()) {
    const problem = `no such file in ${process.cwd()}, and in CI none is recorded: run the test where you work, read what it recorded, and commit it`;
    throw new RecordingError(path, undefined, problem, { kind: 'unreadable' });
  }
  // What looks for recordings passes over it, and over what a run left that was killed.
  const partial = join(dirname(path), `.${basename(path)}.partial`);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(partial, { force: true });
  const entries: Entry[] = [];
  let header: Header = { livecall: 1, recordedAt: new Date(0).toISOString(), redacted: [] };
  let lost: Error | undefined;
  const created = recordingFile(partial, {
    onLine: (line) => {
      const read: unknown = JSON.parse(line);
      if (typeof read === 'object' && read !== null && 'livecall' in read) header = read as Header;
      else entries.push(read as Entry);
    },
    onError: (error) => (lost = error),
  });
  if (E.isLeft(created)) throw created.left;
  const file = created.right;

  const closed$ = new ReplaySubject<never>(1);
  const open$ = new BehaviorSubject(0);
  const recordedTransport: Transport = defer(() => {
    open$.next(open$.value + 1);
    return merge(closed$, transport.pipe(record(file))).pipe(
      finalize(() => {
        open$.next(open$.value - 1);
      }),
    );
  });
  const call = liveCall(recordedTransport, callOptions);
  const server: Replay = Object.assign(recordedTransport.pipe(map((connection) => connection)), {
    protocol: liveCallProtocol,
    received: () =>
      entries.flatMap((entry) =>
        entry.event === 'frame' && entry.from === 'client' ? [toFrame(entry)] : [],
      ),
    divergences: () => [],
    isOver: () => open$.value === 0,
    done: () => Promise.resolve([]),
  });
  rememberServer(call, server);
  const listening = over === 'socket' ? await serve(recordedTransport) : undefined;
  if (listening !== undefined) void Object.assign(server, { url: listening.url });

  const close = async () => {
    call.state$.pipe(take(1)).subscribe(({ status }) => {
      if (status !== 'idle') call.connect().unsubscribe();
    });
    closed$.error(new ConnectionClosedError(4000, 'the test has closed its recorder'));
    await listening?.close();
    file.end();
    rmSync(partial, { force: true });
  };
  const keep = async () => {
    const stillOpen = await findLeftOpen(call, open$, waitMs);
    if (stillOpen !== undefined) throw new DivergedError(path, [], stillOpen);
    file.end();
    if (lost !== undefined) throw lost;
    if (!entries.some(({ event }) => event === 'open')) {
      throw new Error(`${path}: not recorded, since no connection was let in.`);
    }
    // A file that came meanwhile is not overwritten.
    linkSync(partial, path);
    unlinkSync(partial);
    process.stderr.write(
      `livecall: recorded ${path}; read it before you commit it: the words of the call are in it\n`,
    );
  };
  const recording: Recording = {
    name: path,
    get header() {
      return header;
    },
    entries,
  };
  let finished: Promise<void> | undefined;
  return {
    call,
    transport: recordedTransport,
    server,
    recording,
    finish: () => (finished ??= keep().finally(close)),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function isCi(): boolean {
  return !['', '0', 'false'].includes(process.env['CI'] ?? '');
}

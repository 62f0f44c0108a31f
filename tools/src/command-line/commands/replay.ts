import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

import { HandshakeRefusedError } from '@livecall/core';
import type { Transport } from '@livecall/core';
import { defer, finalize, firstValueFrom, map, merge, NEVER, Subject, throwError } from 'rxjs';

import { toDials } from '../../replay/dial.js';
import { showDivergence } from '../../replay/divergence.js';
import type { Divergence } from '../../replay/divergence.js';
import { exitCodes, ExitError } from '../exit-error.js';
import { listen } from '../listen.js';
import { loadRecording } from '../../recording/read-recording.js';
import type { Recording } from '../../recording/recording.js';
import { replay as replayRecording } from '../../replay/replay.js';
import type { Replay, ReplayOptions } from '../../replay/replay.js';
import { say } from '../say.js';
import { stopped } from '../stopped.js';
import type { Route } from '../../serve.js';

/** What `livecall replay` was called with. */
export interface ReplayFlags {
  readonly port: number;
  readonly host: string;
  readonly pace: 'recorded' | 'instant';
  readonly speed?: number;
  readonly maxIdle?: number;
  readonly match: 'strict' | 'typed' | 'loose';
  readonly wait?: number;
  readonly once?: boolean;
}

/** `livecall replay`: recordings as a fake server, until it is stopped or one call is over. */
export async function replay(paths: readonly string[], flags: ReplayFlags): Promise<number> {
  const recordings = await load(paths);
  const over$ = new Subject<readonly Divergence[]>();
  const options: ReplayOptions = {
    pace: flags.pace,
    match: flags.match,
    // A person takes as long as they take; a test does not.
    waitMs: flags.wait ?? (flags.once === true ? 5_000 : Infinity),
    ...(flags.speed !== undefined && { speed: flags.speed }),
    ...(flags.maxIdle !== undefined && { maxIdleMs: flags.maxIdle }),
    onAwait: ({ at, expected }) => {
      say(`${at}: waiting for ${expected}`);
    },
  };
  const transports = new Map(
    recordings.map((recording) => [
      toToken(recording),
      startAnew(recording, options, (divergences) => {
        over$.next(divergences);
      }),
    ]),
  );

  const server = await listen(toRoute(transports), flags.host, flags.port);
  process.stdout.write(`${server.url}\n`);
  say(`replaying ${[...transports.keys()].join(', ')}; Ctrl-C stops`);

  over$.subscribe((divergences) => {
    for (const divergence of divergences) say(showDivergence(divergence));
    if (divergences.length === 0) say('played to the end, as recorded');
  });
  const exitCode$ = merge(
    stopped(),
    flags.once === true
      ? over$.pipe(map(({ length }) => (length === 0 ? exitCodes.ok : exitCodes.failed)))
      : NEVER,
  );
  const exitCode = await firstValueFrom(exitCode$, { defaultValue: exitCodes.ok });
  await server.close();
  return exitCode;
}

/** Reads every file, and every `*.ndjson` of every folder. */
async function load(paths: readonly string[]): Promise<readonly Recording[]> {
  const files = paths.flatMap((path) => {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
    const found = readdirSync(path).filter((name) => name.endsWith('.ndjson'));
    if (found.length > 0) return found.sort().map((name) => join(path, name));
    throw new ExitError(
      exitCodes.noInput,
      `${path}: there is no recording (*.ndjson) in this folder.`,
    );
  });
  const recordings = await Promise.all(files.map(loadRecording));
  const tokens = recordings.map(toToken);
  const twice = tokens.find((token, index) => tokens.indexOf(token) !== index);
  if (twice !== undefined) {
    throw new ExitError(
      exitCodes.usage,
      `Two recordings are called ${twice}; the conversationToken could not tell them apart.`,
    );
  }
  for (const warning of recordings.flatMap(({ warnings = [] }) => warnings)) say(warning);
  return recordings;
}

/** The conversationToken that names a recording among several. */
function toToken({ name }: Recording): string {
  return basename(name, '.ndjson');
}

function toRoute(transports: ReadonlyMap<string, Transport>): Route {
  const onlyTransport = transports.size === 1 ? [...transports.values()][0] : undefined;
  const unknown$ = defer(() => {
    say(
      `refused a conversationToken that names no recording; there are ${[...transports.keys()].join(', ')}`,
    );
    return throwError(() => new HandshakeRefusedError(404));
  });
  return ({ conversationToken }) => onlyTransport ?? transports.get(conversationToken) ?? unknown$;
}

/**
 * Replays a recording as often as clients come: a dial goes on with the call that has dials left
 * and nobody on it, or starts the recording anew.
 *
 * @param onOver hears how each call went, once it was played to its end or the client departed
 */
function startAnew(
  recording: Recording,
  options: ReplayOptions,
  onOver: (divergences: readonly Divergence[]) => void,
): Transport {
  const dials = toDials(recording).length;
  let current: { readonly transport: Replay; dialled: number; isPlaying: boolean } | undefined;

  return defer(() => {
    const isFree =
      current !== undefined &&
      !current.isPlaying &&
      current.dialled < dials &&
      current.transport.divergences().length === 0;
    const call =
      isFree && current !== undefined
        ? current
        : { transport: replayRecording(recording, options), dialled: 0, isPlaying: false };
    current = call;
    if (call.dialled === 0) void call.transport.done().then(onOver);
    call.dialled += 1;
    call.isPlaying = true;
    return call.transport.pipe(
      finalize(() => {
        call.isPlaying = false;
      }),
    );
  });
}

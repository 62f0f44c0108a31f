import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

import { HandshakeRefusedError } from '@livecall/core';
import type { Transport } from '@livecall/core';
import { defer, finalize, firstValueFrom, map, merge, NEVER, Subject, throwError } from 'rxjs';

import { parseFault } from '../../faults/parse-fault.js';
import type { Fault } from '../../faults/signal.js';
import { isUnplayed, showDivergence } from '../../replay/divergence.js';
import type { Divergence } from '../../replay/divergence.js';
import { exitCodes, ExitError } from '../exit-error.js';
import { listen } from '../listen.js';
import { loadRecording } from '../../recording/read-recording.js';
import type { Recording } from '../../recording/recording.js';
import { replay as replayRecording } from '../../replay/replay.js';
import type { ReplayOptions } from '../../replay/replay.js';
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
  readonly fault?: readonly string[];
}

/** `livecall replay`: recordings as a fake server, until it is stopped or one call is over. */
export async function replay(paths: readonly string[], flags: ReplayFlags): Promise<number> {
  const faults = (flags.fault ?? []).map(toFault);
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
      startAnew(recording, options, faults, (divergences) => {
        // Where something is made to go wrong, what was not played is no client's doing.
        over$.next(
          faults.length === 0 ? divergences : divergences.filter((found) => !isUnplayed(found)),
        );
      }),
    ]),
  );

  const server = await listen(toRoute(transports), flags.host, flags.port);
  process.stdout.write(`${server.url}\n`);
  say(`replaying ${[...transports.keys()].join(', ')}; Ctrl-C stops`);

  const sound =
    faults.length === 0 ? 'played to the end, as recorded' : 'over; the client did its part';
  over$.subscribe((divergences) => {
    for (const divergence of divergences) say(showDivergence(divergence));
    if (divergences.length === 0) say(sound);
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

function toFault(text: string): Fault {
  try {
    return parseFault(text);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ExitError(exitCodes.usage, `--fault: ${error.message}`);
  }
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
 * Replays a recording as often as clients come: a dial goes on with the call that is not over and
 * that nobody is on, or starts the recording anew.
 *
 * @param onOver hears how each call went, once it was played to its end or the client departed
 */
function startAnew(
  recording: Recording,
  options: ReplayOptions,
  faults: readonly Fault[],
  onOver: (divergences: readonly Divergence[]) => void,
): Transport {
  let current: PlayedCall | undefined;

  const start = (): PlayedCall => {
    const playedTransport = replayRecording(recording, options);
    const call: PlayedCall = {
      transport: faults.reduce<Transport>(
        (transport, fault) => transport.pipe(fault),
        playedTransport,
      ),
      isPlaying: false,
      isOver: false,
    };
    void playedTransport.done().then((divergences) => {
      call.isOver = true;
      onOver(divergences);
    });
    return call;
  };
  return defer(() => {
    const call = current === undefined || current.isPlaying || current.isOver ? start() : current;
    current = call;
    call.isPlaying = true;
    return call.transport.pipe(
      finalize(() => {
        call.isPlaying = false;
      }),
    );
  });
}

/** One call of a recording that is played again and again. */
interface PlayedCall {
  readonly transport: Transport;
  isPlaying: boolean;
  isOver: boolean;
}

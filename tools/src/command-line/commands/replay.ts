import { basename } from 'node:path';

import { HandshakeRefusedError } from '@livecall/core';
import type { Transport } from '@livecall/core';
import type { Recording } from '@livecall/recording/format';
import type { ClientClose, DialledClient, Route } from '@livecall/server';
import {
  defaultIfEmpty,
  defer,
  firstValueFrom,
  map,
  merge,
  mergeMap,
  NEVER,
  of,
  race,
  share,
  Subject,
  take,
  throwError,
  timer,
} from 'rxjs';
import type { Observable } from 'rxjs';

import type { Fault } from '../../faults/create-fault.js';
import { parseFault } from '../../faults/parse-fault.js';
import { showDivergence } from '../../replay/divergence.js';
import type { Divergence } from '../../replay/divergence.js';
import { showAround } from '../../replay/locate-divergence.js';
import type { ReplayOptions } from '../../replay/replay.js';
import { exitCodes, ExitError } from '../exit-error.js';
import { judgeClose } from '../judge-close.js';
import { listen } from '../listen.js';
import { findMeant, nameRecordings } from '../name-recordings.js';
import { loadInput } from '../read-input.js';
import { say } from '../say.js';
import { startAnew } from '../start-anew.js';
import { stopped } from '../stopped.js';
import { tellClients } from '../tell-clients.js';
import { tellUrl } from '../tell-url.js';
import { toFiles } from '../to-files.js';

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
  readonly verbose?: boolean;
  readonly fault?: readonly string[];
  readonly allowOrigin?: readonly string[];
}

/** `livecall replay`: recordings as a fake server, until it is stopped or one call is over. */
export async function runReplay(paths: readonly string[], flags: ReplayFlags): Promise<number> {
  if (flags.pace === 'instant' && (flags.speed ?? flags.maxIdle) !== undefined) {
    throw new ExitError(
      exitCodes.usage,
      'At --pace instant no time passes: --speed and --max-idle are for --pace recorded.',
    );
  }
  const faults = (flags.fault ?? []).map(toFault);
  const recordings = await load(paths);
  const over$ = new Subject<{ name: string; divergences: readonly Divergence[] }>();
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
        over$.next({ name: recording.name, divergences });
      }),
    ]),
  );

  const clients = new Map<string, DialledClient>();
  const judged$ = over$.pipe(
    mergeMap(({ name, divergences }) =>
      toClose(clients.get(name)).pipe(
        map((close) => ({ name, divergences: judgeClose(name, divergences, close) })),
      ),
    ),
    share(),
  );

  let hasRefused = false;
  const { host, port, allowOrigin } = flags;
  const chooseTransport = toRoute(transports, recordings, clients);
  const route = flags.verbose === true ? tellClients(chooseTransport) : chooseTransport;
  const server = await listen(route, {
    ...{ host, port, ...(allowOrigin && { allowOrigin }) },
    onRefused: () => {
      hasRefused = true;
    },
  });
  const exitCode$ = merge(
    stopped().pipe(
      map((exitCode) => {
        if (flags.once !== true) return exitCode;
        say(`stopped before a call was over${faults.length === 0 ? '' : '; no fault was judged'}`);
        return exitCode === exitCodes.ok ? exitCodes.failed : exitCode;
      }),
    ),
    flags.once === true
      ? judged$.pipe(
          map(({ divergences }) =>
            divergences.length === 0 && !hasRefused ? exitCodes.ok : exitCodes.failed,
          ),
        )
      : NEVER,
  );
  // Who reads the URL may stop it at once.
  const ended = firstValueFrom(exitCode$, { defaultValue: exitCodes.ok });
  tellUrl(server.url);
  say(`replaying ${nameRecordings([...transports.keys()])}; Ctrl-C stops`);

  const sound =
    faults.length === 0 ? 'played to the end, as recorded' : 'over; the client did its part';
  judged$.subscribe(({ name, divergences }) => {
    for (const divergence of divergences) say(showDivergence(divergence));
    const around = divergences.map(showAround).find((rows) => rows.length > 0) ?? [];
    process.stderr.write(around.map((row) => `  ${row}\n`).join(''));
    if (divergences.length === 0) say(`${name}: ${sound}`);
  });
  const exitCode = await ended;
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

async function load(paths: readonly string[]): Promise<readonly Recording[]> {
  const recordings = await Promise.all(toFiles(paths).map(loadInput));
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

/** How long a client has to end its connection before it is judged without that. */
const CLOSE_WITHIN_MS = 2_000;

/** How a client's connection ended; nothing where that is not to be known. */
function toClose(client: DialledClient | undefined): Observable<ClientClose | undefined> {
  if (client === undefined) return of(undefined);
  const late$ = timer(CLOSE_WITHIN_MS).pipe(map(() => undefined));
  return race(client.closed$.pipe(defaultIfEmpty(undefined)), late$).pipe(take(1));
}

/** @param clients takes who dialled each recording last, by the recording's name */
function toRoute(
  transports: ReadonlyMap<string, Transport>,
  recordings: readonly Recording[],
  clients: Map<string, DialledClient>,
): Route {
  const onlyTransport = transports.size === 1 ? [...transports.values()][0] : undefined;
  const names = [...transports.keys()];
  const byToken = new Map(recordings.map((recording) => [toToken(recording), recording]));
  function refuse(token: string): Transport {
    return defer(() => {
      const meant = findMeant(token, names);
      const hint = meant === undefined ? `there are ${nameRecordings(names)}` : `is it ${meant}?`;
      say(`refused a conversationToken that names no recording; ${hint}`);
      return throwError(() => new HandshakeRefusedError(404));
    });
  }
  return ({ conversationToken, client }) => {
    const known = recordings.length === 1 ? recordings[0] : byToken.get(conversationToken);
    if (known !== undefined) clients.set(known.name, client);
    return onlyTransport ?? transports.get(conversationToken) ?? refuse(conversationToken);
  };
}

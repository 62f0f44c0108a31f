import { LONGEST_TIMER_MS } from '@livecall/core/internal';
import { webSocketTransport } from '@livecall/core/node';
import { Subject, tap } from 'rxjs';

import { fleetWorker } from '../../fleet-worker.js';
import { toRunText } from '../../run.js';
import { assertPrivateKey, openTokens } from '../../sealed-tokens.js';
import type { WorkerNews } from '../../worker-news.js';
import { exitCodes, ExitError } from '../exit-error.js';
import { findToken, readSecretFile } from '../find-secret.js';
import type { GivenSecrets } from '../find-secret.js';
import { openBroker, toFleet } from '../open-broker.js';
import type { BrokerFlags } from '../open-broker.js';
import { print, say } from '../say.js';
import { stopping } from '../stopping.js';

/** What `livecall-fleet worker` was called with. */
export interface WorkerFlags extends BrokerFlags {
  readonly url?: string;
  readonly key?: string;
  readonly accessTokenFile?: string;
  readonly slots: number;
  readonly name?: string;
  readonly drainTimeout: number;
  readonly json?: boolean;
}

/** `livecall-fleet worker`: follows calls until it is stopped, and then gives them to others. */
export async function runWorker(flags: WorkerFlags, given: GivenSecrets): Promise<number> {
  const { url, key, name, slots, drainTimeout, json = false } = flags;
  if (key === undefined) {
    throw new ExitError(
      exitCodes.usage,
      'There is no key to open the tokens with: name one with --key (livecall-fleet keys makes them).',
    );
  }
  const privateKey = readSecretFile(key, 'private key');
  try {
    assertPrivateKey(privateKey);
  } catch (error) {
    throw new ExitError(exitCodes.usage, `${key}: ${(error as Error).message}`);
  }
  if (flags.accessTokenFile === '-') {
    throw new ExitError(
      exitCodes.usage,
      '--access-token-file is read for every dial, and standard input only once: name a file.',
    );
  }
  const findAccessToken = () =>
    findToken({
      name: 'access token',
      variable: 'LIVECALL_ACCESS_TOKEN',
      path: flags.accessTokenFile,
      given,
    });
  if (findAccessToken() === undefined) {
    say(
      'has no access token of its own: LIVECALL_ACCESS_TOKEN or --access-token-file, or each job has one',
    );
  }
  const connection = await openBroker(flags, given);
  const drain$ = new Subject<void>();

  return new Promise<number>((resolve, reject) => {
    const end = (exitCode: number) => {
      signals.unsubscribe();
      working.unsubscribe();
      void connection.close().then(() => {
        resolve(exitCode);
      });
    };
    const working = fleetWorker({
      connection,
      ...toFleet(flags),
      slots,
      drain$,
      // Nobody waits for longer.
      drainTimeoutMs: Math.min(drainTimeout, LONGEST_TIMER_MS),
      ...(name !== undefined && { name }),
      dial: (job, secrets) => {
        const { callId, sealed, userId, productVersion } = job;
        if (sealed === undefined) throw new TypeError('the job has no sealed tokens');
        const tokens = openTokens(sealed, callId, privateKey);
        const endpoint = job.url ?? url;
        if (endpoint === undefined) throw new TypeError('neither the job nor the worker has a url');
        secrets.add(tokens.conversationToken);
        return webSocketTransport({
          url: endpoint,
          conversationToken: tokens.conversationToken,
          accessToken: () => {
            const accessToken = tokens.accessToken ?? findAccessToken() ?? '';
            secrets.add(accessToken);
            return accessToken;
          },
          ...(userId !== undefined && { userId }),
          ...(productVersion !== undefined && { productVersion }),
        });
      },
    })
      .pipe(
        tap((news) => {
          if (json) print(JSON.stringify(toPlainNews(news)));
          else say(describe(news, slots));
        }),
      )
      .subscribe({
        error: (error: unknown) => {
          signals.unsubscribe();
          reject(
            new ExitError(exitCodes.unavailable, error instanceof Error ? error.message : 'failed'),
          );
        },
        complete: () => {
          say('drained');
          end(exitCodes.ok);
        },
      });
    let isStopping = false;
    const signals = stopping().subscribe((exitCode) => {
      if (isStopping) {
        end(exitCode);
        return;
      }
      isStopping = true;
      say('gives its calls to others; again stops at once');
      drain$.next();
    });
  });
}

function toPlainNews(news: WorkerNews): object {
  switch (news.kind) {
    case 'taken':
      return { ...news, run: toRunText(news.run) };
    case 'trouble':
    case 'recovered':
    case 'over':
    case 'dropped':
    case 'ready':
      return news;
  }
}

function describe(news: WorkerNews, slots: number): string {
  switch (news.kind) {
    case 'ready':
      return `takes calls, ${slots} at most`;
    case 'taken':
      return `${news.callId}: taken (run ${toRunText(news.run)})`;
    case 'over': {
      const why = news.why === undefined ? '' : `: ${news.why}`;
      return `${news.callId}: ${outcomes[news.outcome]}${why}`;
    }
    case 'dropped':
      return `a job was dropped: ${news.why}`;
    case 'trouble':
      return `${troubled[news.what]}: ${news.why}; tries again`;
    case 'recovered':
      return relieved[news.what];
  }
}

const troubled = {
  server: 'trouble with the NATS server',
  queue: 'no calls are given',
  calls: 'calls are not stored',
} as const;
const relieved = {
  server: 'the NATS server is there again',
  queue: 'calls are given again',
  calls: 'calls are stored again',
} as const;

const outcomes = {
  ended: 'ended',
  'not-followed': 'not followed any further',
  superseded: 'taken by another worker',
  'let-go': 'let go of',
} as const;

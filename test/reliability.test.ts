import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';

import { ConnectFailedError, HandshakeRefusedError, retryConnection } from '@livecall/core';
import type { Connection, LiveCallError, RetryConnectionOptions, Transport } from '@livecall/core';
import { defer, NEVER, of, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { makeApp } from './fixtures/app.js';
import { readExamples } from './fixtures/read-examples.js';

/* The examples of docs/reliability.md; that of a far-away host is dialled with in far-away.test.ts. */

const examples = readExamples(fileURLToPath(new URL('../docs/reliability.md', import.meta.url)));
const app = makeApp();
let complaint: string;

beforeAll(async () => {
  for (const [name, code] of Object.entries(examples)) app.write(`${name}.ts`, code);
  complaint = await app.compile();
});
afterAll(() => {
  app[Symbol.dispose]();
});

it('has examples that compile', () => {
  expect(complaint).toBe('');
  expect(Object.keys(examples)).toEqual(['http-proxy', 'far-away', 'portal']);
});

const connection: Connection = { frames$: NEVER, send: () => undefined };

/** Errors twice, and opens then. */
function opening(error: LiveCallError): Transport {
  let dials = 0;
  return defer(() => {
    dials += 1;
    return dials < 3 ? throwError(() => error) : of(connection);
  });
}

it('dials past the certificate of a portal, and past nothing else', async () => {
  const { pastPortals } = (await import(
    pathToFileURL(join(app.path, 'dist', 'portal.js')).href
  )) as { pastPortals: RetryConnectionOptions };

  const options = { ...pastPortals, random: () => 0 };
  new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  }).run(({ expectObservable }) => {
    for (const code of ['ERR_TLS_CERT_ALTNAME_INVALID', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE']) {
      const error = new ConnectFailedError(Object.assign(new Error('no'), { code }));
      expectObservable(opening(error).pipe(retryConnection(options))).toBe('750ms (c|)', {
        c: connection,
      });
    }
    const gone = new HandshakeRefusedError(404);
    expectObservable(opening(gone).pipe(retryConnection(options))).toBe('#', undefined, gone);
  });
});

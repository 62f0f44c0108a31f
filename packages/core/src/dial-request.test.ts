import { concat, defer, mergeMap, NEVER, of, retry, throwError, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { dialRequest, withDialRequest } from './dial-request.js';
import type * as own from './dial-request.js';
import type { DialRequest } from './dial-request.js';
import { retryConnection } from './retry-connection.js';
import { ConnectionClosedError, HandshakeRefusedError } from './transport-error.js';
import type { Connection, Transport } from './transport.js';

const connection: Connection = { frames$: NEVER, send: () => undefined };
const unauthorized: DialRequest = { reason: 'unauthorized' };

/** A transport that notes why it is dialled. */
function noting(dialled$: Observable<Connection> = of(connection)) {
  const reasons: string[] = [];
  const transport: Transport = defer(() => {
    reasons.push(dialRequest().reason);
    return dialled$;
  });
  return { reasons, transport };
}

it('is that of a first dial where nobody says otherwise', () => {
  const { reasons, transport } = noting();
  transport.subscribe();

  expect(reasons).toEqual(['connect']);
});

it('reaches the transport through the operators in between', () => {
  const { reasons, transport } = noting();
  transport
    .pipe(
      mergeMap((open) => of(open)),
      (source$) => defer(() => concat(source$, NEVER)),
      withDialRequest(unauthorized),
    )
    .subscribe();

  expect(reasons).toEqual(['unauthorized']);
});

it('is current while the transport is subscribed, and not after it', () => {
  const { reasons, transport } = noting();
  transport.pipe(withDialRequest(unauthorized)).subscribe();
  transport.subscribe();

  expect(reasons).toEqual(['unauthorized', 'connect']);
});

it.each<[when: string, transport: Transport]>([
  ['opens', of(connection)],
  ['fails', throwError(() => new HandshakeRefusedError(503))],
  ['completes', defer(() => [])],
])('is not that of another dial that is made when this one %s at once', (_when, transport) => {
  const { reasons, transport: otherTransport } = noting();
  const dialOther = () => otherTransport.subscribe();
  transport
    .pipe(withDialRequest(unauthorized))
    .subscribe({ next: dialOther, error: dialOther, complete: dialOther });

  expect(new Set(reasons)).toEqual(new Set(['connect']));
});

it('is put back when the subscription throws', () => {
  const brokenTransport = {
    subscribe: () => {
      throw new Error('broken');
    },
  } as unknown as Transport;
  const { reasons, transport } = noting();
  withDialRequest(unauthorized)(brokenTransport).subscribe({ error: () => undefined });
  transport.subscribe();

  expect(reasons).toEqual(['connect']);
});

it('is taken along by a transport that subscribes later', () => {
  const { reasons, transport } = noting(throwError(() => new HandshakeRefusedError(401)));
  const laterTransport: Transport = defer(() => {
    const request = dialRequest();
    return timer(20).pipe(mergeMap(() => transport.pipe(withDialRequest(request))));
  });
  new TestScheduler(() => undefined).run(({ flush }) => {
    laterTransport.pipe(retryConnection()).subscribe({ error: () => undefined });
    flush();
  });

  expect(reasons).toEqual(['connect', 'unauthorized']);
});

it('is the same for two copies of the package', async () => {
  const url = new URL('./dial-request.ts?copy', import.meta.url).href;
  const copy = (await import(url)) as typeof own;
  const { reasons, transport } = noting();
  transport.pipe(copy.withDialRequest(unauthorized)).subscribe();

  expect(copy.dialRequest).not.toBe(dialRequest);
  expect(reasons).toEqual(['unauthorized']);
});

it('is that of a first dial where someone else retries', () => {
  const { reasons, transport } = noting(throwError(() => new ConnectionClosedError(1006)));
  transport.pipe(retry(2)).subscribe({ error: () => undefined });

  expect(reasons).toEqual(['connect', 'connect', 'connect']);
});

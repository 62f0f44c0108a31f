import { brokerTransport, enqueue } from '@livecall/fleet';
import { Observable } from 'rxjs';
import { afterAll, it } from 'vitest';

import { hasNats, makeFleet, startWorker } from '../fixtures/fleet.js';
import { followsLife } from '../fixtures/life-cycle.js';
import { startNats } from '../fixtures/nats-server.js';
import type { NatsServer } from '../fixtures/nats-server.js';

/* The life of a call, as an app has it over a fleet. */

if (!hasNats) it.skip('is the same over a fleet');
else {
  let nats: Promise<NatsServer> | undefined;
  afterAll(async () => {
    await (await nats)?.[Symbol.asyncDispose]();
  });
  followsLife(
    async (platform) => {
      const server = await (nats ??= startNats());
      const connection = await server.connect();
      const own = await server.connect();
      const prefix = await makeFleet(connection, { maxCallsBytes: 2 ** 20, maxJobsBytes: 2 ** 16 });
      // So slow that each refusal is heard before the next dial.
      const call = { retry: { baseDelayMs: 400, maxDelayMs: 400 } };
      const worker = startWorker(own, platform.url, { prefix, call });
      await worker.news.first(1);
      const transport = brokerTransport({ connection, callId: 'call-1', prefix });
      let isEnqueued = false;
      return {
        transport: new Observable((subscriber) => {
          if (!isEnqueued) {
            // When the reader looks through the stream: what it finds there is past.
            connection.subscribe(`$JS.API.STREAM.MSG.GET.${prefix}-calls`, {
              max: 1,
              callback: () => void enqueue(connection, { callId: 'call-1' }, { prefix }),
            });
          }
          isEnqueued = true;
          return transport.subscribe(subscriber);
        }),
        close: async () => {
          worker.stop();
          await connection.close();
          await own.close();
        },
      };
    },
    { hangsUp: false },
  );
}

import { setTimeout as wait } from 'node:timers/promises';

import { CORES, start } from './child.js';
import { makeCertificate } from './make-certificate.js';
import { inTemporaryFolder } from './temporary-folder.js';
import { CALLS } from '../peers/calls.js';

/** As many dials at once as a listening socket keeps waiting. */
const AT_A_TIME = 200;

/**
 * Holds so many calls at once, hands them to `during`, and hangs all of them up.
 *
 * `hear` waits until every call on average has heard so many more messages.
 *
 * @param {(calls: { connectMs: number, before: number, heard: () => number,
 *   hear: (times: number) => Promise<void>, isInOrder: () => boolean }) => Promise<A>} during
 * @template A
 */
export async function withCalls(contender, { count, everyMs = 1_000, isTls = false }, during) {
  const certificate = isTls ? await makeCertificate() : undefined;
  const server = start('harness/calls-server.js', {
    core: CORES.server,
    args: [String(everyMs), ...(certificate ? [JSON.stringify(certificate)] : [])],
  });
  try {
    const url = `${isTls ? 'wss' : 'ws'}://127.0.0.1:${await server.next()}`;
    const tls = certificate && { ca: certificate.cert };
    return await inTemporaryFolder(async (folder) => {
      const calls = createCalls(url, await CALLS[contender](folder, tls));
      // The first one brings what all share: code, the pages of the heap.
      await calls.dial(0);
      const before = await memory();
      const startedAt = performance.now();
      for (let at = 1; at <= count; at += AT_A_TIME) {
        const many = Math.min(AT_A_TIME, count - at + 1);
        await Promise.all(Array.from({ length: many }, (_, index) => calls.dial(at + index)));
      }
      const connectMs = performance.now() - startedAt;
      const hear = (times) => calls.hearMore(times * count);
      const result = await during({ ...calls, connectMs, before, hear });
      calls.hangUp();
      await wait(0);
      return result;
    });
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

function createCalls(url, open) {
  const hangUps = [];
  let heard = 0;
  let isInOrder = true;
  let wanted = Infinity;
  let resolveWanted;
  const dial = (number) =>
    new Promise((resolve) => {
      let next = 0;
      const hear = ({ offset }) => {
        isInOrder &&= offset === next;
        next += 1;
        heard += 1;
        if (heard === wanted) resolveWanted();
      };
      hangUps.push(open(url, hear, resolve, number));
    });
  return {
    dial,
    hearMore: (messages) =>
      new Promise((resolve) => {
        wanted = heard + messages;
        resolveWanted = resolve;
      }),
    heard: () => heard,
    isInOrder: () => isInOrder,
    hangUp: () => {
      for (const hangUp of hangUps) hangUp();
    },
  };
}

/**
 * Bytes that this process has now, without what can be collected. A thread of V8's own hands back
 * the pages that a collection has emptied: until it has, they would count as a call's.
 */
export async function memory() {
  globalThis.gc?.();
  globalThis.gc?.();
  let least = process.memoryUsage.rss();
  for (let still = 0; still < 5;) {
    await wait(20);
    const now = process.memoryUsage.rss();
    still = now < least ? 0 : still + 1;
    least = Math.min(least, now);
  }
  return least;
}

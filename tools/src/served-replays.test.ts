import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { liveCallProtocol } from '@livecall/core';
import type { Connection } from '@livecall/core';
import { Observable } from 'rxjs';
import { expect, it } from 'vitest';

import type { Divergence } from './replay/divergence.js';
import type { Replay } from './replay/replay.js';
import { createServedReplays } from './served-replays.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A replay whose client has departed from it, and that is over. */
function departed(number: number): Replay {
  const divergences: readonly Divergence[] = [
    { kind: 'unexpected', at: `dial ${number}`, expected: 'nothing', actual: 'a frame' },
  ];
  return Object.assign(new Observable<Connection>(), {
    protocol: liveCallProtocol,
    received: () => [],
    divergences: () => divergences,
    isOver: () => true,
    done: () => Promise.resolve(divergences),
  });
}

it('keeps the divergences of a thousand replays that are over and that nobody has', async () => {
  const served = createServedReplays();
  const serveAndLetGo = (replay: Replay) => {
    served.add(replay);
    served.letGo(replay);
  };
  const owned = [departed(0)];
  for (let number = 1; number <= 2_500; number += 1) {
    serveAndLetGo(departed(number));
    // What a WeakRef has been asked for stays until the turn is over.
    if (number % 500 === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      collectGarbage();
    }
  }
  owned.forEach(serveAndLetGo);

  const told = (await served.done(() => Promise.resolve())).map(({ at }) => at);
  expect(told).toEqual([...Array.from({ length: 1_000 }, (_, at) => `dial ${at + 1}`), 'dial 0']);
  expect(owned).toHaveLength(1);
});

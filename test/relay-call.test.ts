import { followsLife } from './fixtures/life-cycle.js';
import { startRelay } from './fixtures/relayed.js';

/* The life of a call, as a page has it over a relay. */

followsLife(async (platform) => {
  const running = await startRelay(platform);
  return { transport: running.page(), close: () => running[Symbol.asyncDispose]() };
});

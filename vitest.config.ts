import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    // Tests run against the sources; what is built is tested through the command line and the packs.
    // They match by prefix: the longer one first.
    alias: {
      '@livecall/core/codecs': source('packages/core/src/protocol/codecs.ts'),
      '@livecall/core': source('packages/core/src/index.ts'),
      '@livecall/fleet': source('packages/fleet/src/index.ts'),
      '@livecall/tools/vitest': source('tools/src/vitest.ts'),
      '@livecall/tools': source('tools/src/index.ts'),
    },
  },
  test: {
    // Where a wait can end by itself it does, and says what it waited for: this bound is the last one,
    // for a machine that is busy with other work.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Most of what an acceptance test does is to wait for another process.
    maxWorkers: '100%',
    setupFiles: ['test/fixtures/seed-properties.ts'],
    include: ['packages/*/src/**/*.test.ts', 'tools/src/**/*.test.ts', 'test/**/*.test.ts'],
    // They fetch what they run, and wait for seconds: npm run test:proxies, test:runtimes, test:browser.
    exclude: ['**/node_modules/**', 'test/proxies/**', 'test/runtimes/**', 'test/browser/**'],
  },
});

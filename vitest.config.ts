import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const units = ['packages/*/src/**/*.test.ts', 'tools/src/**/*.test.ts'];
/**
 * What wants a process of its own: who replaces a module for the whole file (`vi.mock`), weighs the
 * heap or counts what the process holds, or has hooks of a fixture's (`fleet-command.ts`).
 */
const alone = [
  'packages/core/src/**/{web-socket-dial,web-socket-transport}.test.ts',
  'test/{canary-process,chaos,hostile-memory,long-call,web-socket-leaks}.test.ts',
  'test/fleet/**/*.test.ts',
];

/** What the tests share that are run by a script of their own: test/proxies, test/runtimes, … */
export const base = defineConfig({
  resolve: {
    // Tests run against the sources; what is built is tested through the command line and the packs.
    // They match by prefix: the longer one first.
    alias: {
      '@livecall/core/browser': source('packages/core/src/browser/index.ts'),
      '@livecall/core/codecs': source('packages/core/src/protocol/codecs.ts'),
      '@livecall/core/internal': source('packages/core/src/internal/index.ts'),
      '@livecall/core/node/internal': source('packages/core/src/node/internal.ts'),
      '@livecall/core/node': source('packages/core/src/node/index.ts'),
      '@livecall/core': source('packages/core/src/index.ts'),
      '@livecall/fleet': source('packages/fleet/src/index.ts'),
      '@livecall/opentelemetry': source('packages/opentelemetry/src/index.ts'),
      '@livecall/recording/format': source('packages/recording/src/format/index.ts'),
      '@livecall/recording/internal': source('packages/recording/src/internal.ts'),
      '@livecall/recording/reader': source('packages/recording/src/reader.ts'),
      '@livecall/recording': source('packages/recording/src/index.ts'),
      '@livecall/server': source('packages/server/src/index.ts'),
      '@livecall/tools/jest': source('tools/src/jest.ts'),
      '@livecall/tools/node-test': source('tools/src/node-test.ts'),
      '@livecall/tools/replay': source('tools/src/replay.ts'),
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
    maxWorkers: '150%',
    globalSetup: ['test/fixtures/bundle-command-line.ts', 'test/fixtures/start-compile-server.ts'],
    setupFiles: ['test/fixtures/seed-properties.ts', 'test/fixtures/end-running.ts'],
  },
});

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    // A project is set up each: what is built is the acceptance tests' matter.
    globalSetup: [],
    projects: [
      {
        extends: true,
        test: {
          name: 'units',
          include: units,
          exclude: ['**/node_modules/**', ...alone],
          // To load the same modules for each of a hundred files takes longer than most of the tests.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'acceptance',
          globalSetup: base.test?.globalSetup ?? [],
          include: ['test/**/*.test.ts'],
          // They fetch what they run, and wait for seconds: npm run test:proxies, test:runtimes,
          // test:browser, test:other-tools, test:clients.
          exclude: [
            ...['**/node_modules/**', 'test/proxies/**', 'test/runtimes/**', 'test/browser/**'],
            ...['test/other-tools/**', 'test/clients/**', ...alone],
          ],
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: 'alone', globalSetup: base.test?.globalSetup ?? [], include: alone },
      },
    ],
  },
});

import { defineConfig } from 'vitest/config';

import { base } from '../../vitest.config.js';
import { tableReporter } from '../fixtures/table-reporter.js';

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/clients/*.test.ts'],
    exclude: [],
    // What is fetched first takes its time.
    testTimeout: 600_000,
    maxWorkers: 1,
    reporters: [tableReporter()],
  },
});

import { defineConfig } from 'vitest/config';

import { base } from '../../vitest.config.js';
import { tableReporter } from '../fixtures/table-reporter.js';

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/runtimes/*.test.ts'],
    exclude: [],
    // Each is a process, and some of them compile first.
    maxConcurrency: 4,
    maxWorkers: 1,
    reporters: [tableReporter()],
  },
});

import { defineConfig } from 'vitest/config';

import { base } from '../../vitest.config.js';
import { tableReporter } from '../fixtures/table-reporter.js';

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/proxies/*.test.ts'],
    exclude: [],
    // Most of it is to wait for seconds to pass.
    maxConcurrency: 8,
    maxWorkers: 1,
    reporters: [tableReporter()],
  },
});

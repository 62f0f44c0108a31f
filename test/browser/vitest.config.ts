import { defineConfig } from 'vitest/config';

import { base } from '../../vitest.config.js';
import { tableReporter } from '../fixtures/table-reporter.js';

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/browser/*.test.ts'],
    exclude: [],
    // One Chromium at a time.
    maxConcurrency: 1,
    maxWorkers: 1,
    reporters: [tableReporter()],
  },
});

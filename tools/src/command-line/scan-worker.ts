import { parentPort, workerData } from 'node:worker_threads';

import { createScanner } from './scan-task.js';
import type { ScanTask } from './scan-task.js';

/* A thread that looks into the files it is sent, for `scanFiles`. */

const scan = createScanner(workerData as ScanTask);
parentPort?.on('message', ([index, paths]: readonly [index: number, paths: readonly string[]]) => {
  parentPort?.postMessage([index, paths.map(scan)]);
});

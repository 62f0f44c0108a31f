import type { Transport } from '@livecall/core';
import type { Secrets } from '@livecall/recording';

import type { Job } from './job.js';

/**
 * Dials the call of a job. What it throws ends the job, and its message is told to whoever reads the
 * call: it must hold no token.
 *
 * @param secrets takes every token of this call that is in use: none of them is published
 */
export type Dial = (job: Job, secrets: Secrets) => Transport;

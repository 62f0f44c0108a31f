/* The broker */
export { connectBroker } from './connect-broker.js';
export { BrokerUnfitError } from './broker-unfit-error.js';
export { setUpFleet } from './set-up-fleet.js';
export type { FleetSettings, SetUpFleetOptions } from './set-up-fleet.js';
export type { FleetOptions } from './fleet-names.js';

/* Jobs */
export { AlreadyEnqueuedError, enqueue } from './job.js';
export type { Job } from './job.js';
export { createFleetKeys, openTokens, SealedTokensError, sealTokens } from './sealed-tokens.js';
export type { CallTokens, FleetKeys } from './sealed-tokens.js';

/* Workers */
export { fleetWorker } from './fleet-worker.js';
export type { FleetWorkerOptions } from './fleet-worker.js';
export type { WorkerNews } from './worker-news.js';
export type { Dial } from './dial.js';
export type { Outcome } from './followed-call.js';
export type { Run } from './run.js';
export { fleetStatus } from './fleet-status.js';
export type { CallReport, FleetStatus, FleetStatusOptions, WorkerReport } from './fleet-status.js';

/* Readers */
export { brokerRetry, brokerTransport } from './broker-transport.js';
export type { BrokerTransportOptions } from './broker-transport.js';

/* A transport behind a real WebSocket server */
export { serve } from './serve.js';
export type { Route, ServeLimits, Server, ServeOptions } from './serve-options.js';
export type { RefusedHandshake, ServeRequest } from './read-request.js';
export type { ClientClose, DialledClient } from './dialled-client.js';
export type { FailureListeners } from './tell-failures.js';

/* The platform behind an app's own server, for pages */
export { relay } from './relay.js';
export type { Relay } from './relay.js';
export type { RelayStats } from './relay-stats.js';
export type { RelayBounds, RelayOptions } from './relay-options.js';
export type { RelayLimits } from './relay-limits.js';
export type { DialOptions, RelayedCall } from './dial-platform.js';
export type { Authorize } from './ask-call.js';
export type { UpgradeSource } from './attach-upgrade.js';

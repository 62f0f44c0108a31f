/* A transport behind a real WebSocket server */
export { serve } from './serve.js';
export type { Route, Server, ServeOptions } from './serve.js';
export type { RefusedHandshake, ServeRequest } from './read-handshake.js';
export type { ClientClose, DialledClient } from './dialled-client.js';

/* The platform behind an app's own server, for pages */
export { relay } from './relay.js';
export type {
  Authorize,
  DialOptions,
  Relay,
  RelayBounds,
  RelayedCall,
  RelayOptions,
  RelayStats,
} from './relay.js';
export type { UpgradeSource } from './attach-upgrade.js';

/* What is for a page: the platform's own WebSocket, and no Node. */
export { relayTransport } from './relay-transport.js';
export type { RelayTransportOptions, UrlRequest } from './relay-transport-options.js';
export type { PageWebSocket, PageWebSocketClass } from './page-socket.js';
export type { PageEvents, PageWindow } from './page-life.js';

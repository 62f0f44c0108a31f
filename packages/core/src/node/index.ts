/* What needs Node: the transport over `ws`, and what serves a client over it. */
export { webSocketTransport } from './web-socket-transport.js';
export type { WebSocketTransportOptions } from './web-socket-transport-options.js';
export type { SocketOptions } from './socket-options.js';
export { nodeWebSocket } from './node-web-socket.js';
export type { NodeWebSocketOptions } from './node-web-socket.js';
export { heartbeat } from './heartbeat.js';
export type { HeartbeatOptions } from './heartbeat-options.js';
export type { Pinged } from './beating.js';
export type { Heartbeat } from './heartbeat.js';
export type { UpgradeAnswer } from './passed-handshake.js';

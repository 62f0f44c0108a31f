/* For livecall's own packages, as `../internal` is, of what needs Node. */
export { checkHeartbeat } from './heartbeat-options.js';
export { passOnTransport } from './pass-on-transport.js';
export type { PassOnOptions } from './pass-on-transport.js';
export { toPassedHeaders } from './passed-handshake.js';
export type { PassedHandshake } from './passed-handshake.js';

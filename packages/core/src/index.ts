/* The call */
export { liveCall } from './live-call.js';
export type { LiveCall, LiveCallOptions } from './live-call.js';
export type { CallSnapshot, Utterance } from './call-snapshot.js';
export type {
  Closed,
  Closing,
  Connecting,
  ConnectionState,
  Idle,
  Open,
  Reconnecting,
} from './connection-state.js';
export type { Received } from './received.js';

/* Commands */
export { sendCommand } from './send-command.js';
export type { CommandResult } from './send-command.js';
export { retryUnsent } from './retry-unsent.js';
export type { RetryUnsentOptions } from './retry-unsent.js';
export type { Acknowledged, CommandOptions } from './issue-command.js';

/* Transports */
export { webSocketTransport } from './web-socket-transport.js';
export type { WebSocketTransportOptions } from './web-socket-transport.js';
export type { HeartbeatOptions } from './heartbeat.js';
export { isUsableToken } from './token.js';
export type { Token, TokenRequest } from './token.js';
export { tokenForms } from './token-forms.js';
export type { Connection, Frame, Transport } from './transport.js';
export { retryConnection } from './retry-connection.js';
export type { Retry, RetryConnectionOptions } from './retry-connection.js';
export { classify } from './classify.js';
export type { Verdict } from './classify.js';
export { monotonicNow } from './monotonic-now.js';

/* The protocol */
export {
  Ack,
  CallEnd,
  CallStart,
  ClientMessage,
  endCall,
  EndCall,
  ErrorMessage,
  isE164,
  joinCall,
  JoinCall,
  Offset,
  Role,
  ScreeningEnd,
  ServerMessage,
  toDate,
  Transcript,
  UnknownMessage,
} from './protocol.js';
export type { CallEvent, Command } from './protocol.js';
export { decodeClientFrame, decodeFrame, encodeClientMessage } from './codec.js';
export { explain } from './explain.js';
export type { Explanation } from './explain.js';

/* Errors */
export {
  AckTimeoutError,
  CallEndedError,
  ConnectFailedError,
  ConnectionClosedError,
  ConnectionLostError,
  EndedWithoutCallEndError,
  HandshakeRefusedError,
  HandshakeTimeoutError,
  InvalidFrameError,
  isLiveCallError,
  NotOpenError,
  ServerReportedError,
  TokenUnavailableError,
  TransportFailedError,
} from './errors.js';
export type { CommandError, Delivery, LiveCallError, TransportError } from './errors.js';

/* The call */
export { liveCall } from './live-call.js';
export type { Acknowledged, LiveCall, LiveCallOptions } from './live-call.js';
export { channel } from './channel.js';
export type { Channel, ChannelOptions } from './channel.js';
export type { ChannelListener } from './channel-listener.js';
export type { CallSnapshot } from './call-snapshot.js';
export { callChanges, foldChange } from './call-changes.js';
export type { CallChange, CallPatch, WholeCall } from './call-changes.js';
export type { CallFacts } from './call-facts.js';
export type { Utterance } from './utterance-log.js';
export type {
  Away,
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
export type { Commanded, CommandResult } from './send-command.js';
export { retryUnsent } from './retry-unsent.js';
export type { RetryUnsentOptions } from './retry-unsent.js';
export type { CommandOptions, Confirmed } from './issue-command.js';

/* Transports */
export type { Token } from './token.js';
export type { TokenFunction, TokenRequest } from './token-run.js';
export type { Connection, Frame, Transport } from './transport.js';
export { FrameSource } from './frame-source.js';
export { dialRequest, withDialRequest } from './dial-request.js';
export type { DialRequest } from './dial-request.js';
export { retryConnection } from './retry-connection.js';
export type { Retry, RetryConnectionOptions } from './retry-options.js';
export { classify } from './classify.js';
export type { Verdict } from './classify.js';
export { watch } from './watch.js';
export type { WatchOptions } from './watch.js';
export type { CallNews, CommandNews, NewsPlace, WhyEnded } from './call-news.js';
export { patience } from './patience.js';
export type { Progress } from './patience.js';

/* The protocol */
export { LIVE_CALLS_PATH } from './protocol/handshake.js';
export type { CallRequest } from './protocol/handshake.js';
export { liveCallProtocol } from './protocol/live-call-protocol.js';
export { decodeFrame } from './protocol/decode-frame.js';
export {
  Ack,
  CallEnd,
  CallStart,
  ErrorMessage,
  isE164,
  Offset,
  Role,
  ScreeningEnd,
  toDate,
  Transcript,
} from './protocol/messages.js';
export type {
  CallEvent,
  PublishedMessage,
  ServerMessage,
  UnknownMessage,
  UnpublishedMessage,
} from './protocol/messages.js';
export { endCall, EndCall, joinCall, JoinCall } from './protocol/commands.js';
export type { ClientMessage, Command } from './protocol/commands.js';

/* Protocols of one's own */
export { isAnswerTo } from './protocol.js';
export type {
  Answer,
  AnyProtocol,
  Asked,
  ClientProtocol,
  CommandId,
  Heard,
  Holds,
  Protocol,
} from './protocol.js';
export { explainMessage, message, toJsonSchema } from './message.js';
export type { AnyMessage, Explanation, Message } from './message.js';
export { either, notice, number, oneOf, optional, phone, text, words } from './field.js';
export type { AnyField, Field, JsonSchema } from './field.js';

/* Errors */
export { nameCloseCode } from './close-codes.js';
export {
  AckTimeoutError,
  CallEndedError,
  ConnectionLostError,
  NotOpenError,
  SendFailedError,
  ServerReportedError,
} from './command-error.js';
export { InvalidFrameError } from './invalid-frame-error.js';
export { EndedWithoutCallEndError, isLiveCallError } from './live-call-error.js';
export {
  ConnectFailedError,
  ConnectionClosedError,
  HandshakeRefusedError,
  HandshakeTimeoutError,
  TokenUnavailableError,
  TransportFailedError,
} from './transport-error.js';
export type { CommandError, Delivery } from './command-error.js';
export type { LiveCallError } from './live-call-error.js';
export type { RefusalAnswer, RefusalOptions, TransportError } from './transport-error.js';
export { fromPlainError, toPlainError } from './plain-error.js';
export type { PlainCause, PlainError } from './plain-error.js';

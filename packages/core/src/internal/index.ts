/* For livecall's own packages: it changes with them, in any version. */
export { assertDurationMs, LONGEST_TIMER_MS } from './assert-duration-ms.js';
export { assertFunctions, assertOneOf } from './assert-option.js';
export { assertWhole } from './assert-whole.js';
export { closedWhenComplete } from './closed-when-complete.js';
export { isClose, neverSaid } from '../connection-end.js';
export { cutReason, DIVERGED, isSendable } from '../close-codes.js';
export { subscribeAs } from '../dial-request.js';
export { failureName } from './failure-name.js';
export { OBEYED, OBEYED_IN_JSON, toEscape } from './obeyed.js';
export { isPromiseLike } from './is-promise-like.js';
export { isUsableToken } from './is-usable-token.js';
export { monotonicNow } from './monotonic-now.js';
export { clientMessages } from '../protocol/commands.js';
export { HANDSHAKE_NAMES, readHandshake } from '../protocol/handshake.js';
export { serverMessages } from '../protocol/messages.js';
export { sendOn } from './send-on.js';
export { systemCode } from './system-code.js';
export { tapFrames } from '../tap-frames.js';
export type { FrameListener } from '../tap-frames.js';
export { tellMessage } from '../protocol/tell-message.js';
export type { Told } from '../protocol/tell-message.js';
export { toWire } from './to-wire.js';
export { tokenForms } from './token-forms.js';
export * as RELAY_CLOSE from '../relay-close.js';
export {
  BEAT,
  isEmpty,
  readPageProtocols,
  RECEIPT,
  RELAY_PROTOCOL,
  toRelayClose,
} from '../relay-wire.js';
export type { PageName, RelayClose, Resumed } from '../relay-wire.js';

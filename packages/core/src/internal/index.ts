/* For livecall's own packages: it changes with them, in any version. */
export { assertDurationMs, LONGEST_TIMER_MS } from './assert-duration-ms.js';
export { assertFunctions, assertOneOf } from './assert-option.js';
export { assertWhole } from './assert-whole.js';
export { isClose } from '../connection-end.js';
export { DIVERGED } from '../close-codes.js';
export { failureName } from './failure-name.js';
export { OBEYED, OBEYED_IN_JSON, toEscape } from './obeyed.js';
export { isUsableToken } from './is-usable-token.js';
export { monotonicNow } from './monotonic-now.js';
export { clientMessages } from '../protocol/commands.js';
export { serverMessages } from '../protocol/messages.js';
export { systemCode } from './system-code.js';
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

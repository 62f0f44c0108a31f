/** The endpoint's path. @see PROTOCOL.md#handshake */
export const LIVE_CALLS_PATH = '/ws/v1/liveCalls';

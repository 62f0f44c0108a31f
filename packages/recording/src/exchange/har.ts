/* HAR 1.2 as far as WebSockets stand in it. @see http://www.softwareishard.com/blog/har-12-spec/ */

/** A message of a WebSocket, as Chrome writes it, and Playwright and mitmproxy after it. */
export interface HarMessage {
  readonly type: 'send' | 'receive';
  /** Since 1970: seconds of Chrome and mitmproxy, milliseconds of Playwright. */
  readonly time: number;
  /** 1 for text, 2 for bytes, which are base64 then. */
  readonly opcode: number;
  readonly data: string;
}

/** A dial. */
export interface HarEntry {
  readonly startedDateTime: string;
  readonly time?: number;
  readonly request: {
    readonly url: string;
    readonly headers?: readonly HarPair[];
    readonly queryString?: readonly HarPair[];
  };
  readonly response: {
    readonly status: number;
    readonly headers?: readonly HarPair[];
    /** Chrome's, for what got no answer. */
    readonly _error?: string | null;
  };
  readonly _resourceType?: string;
  readonly _webSocketMessages?: readonly HarMessage[];
  /** livecall's own: no HAR has a place for how a connection ended. */
  readonly _webSocketClosed?: {
    readonly from: 'server' | 'client';
    readonly code: number;
    readonly reason: string;
  };
}

export interface HarPair {
  readonly name: string;
  readonly value: string;
}

export interface Har {
  readonly log: {
    readonly creator?: { readonly name?: string; readonly version?: string };
    readonly entries: readonly HarEntry[];
    readonly pages?: readonly { readonly title?: string }[];
  };
}

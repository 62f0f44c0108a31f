import type { PageWindow } from './page-life.js';
import type { PageWebSocketClass } from './page-socket.js';

/** What a browser, Node, Deno and Bun have in common, as far as it is needed. */
export const realm = globalThis as {
  readonly WebSocket?: PageWebSocketClass;
  readonly location?: { readonly href: string };
} & Partial<PageWindow>;

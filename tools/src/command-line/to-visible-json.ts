import { OBEYED_IN_JSON, toEscape } from '@livecall/core/internal';

/**
 * Writes JSON so that a terminal can show it: what a terminal obeys, or what turns text around, is
 * written as `\uXXXX`. It is the same JSON to whoever reads it as such.
 */
export function toVisibleJson(value: unknown): string {
  return escapeJson(JSON.stringify(value));
}

/** Escapes JSON that is written already; JSON itself escapes C0. */
export function escapeJson(json: string): string {
  return json.replace(CONTROLS, toEscape);
}

const CONTROLS = new RegExp(`[${OBEYED_IN_JSON}]`, 'g');

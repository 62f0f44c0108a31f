/* Why a relay or a page closes the way between them, besides a refusal. docs/relay.md has the table. */

/** The platform's connection ended: its code and its words are the reason. */
export const ended = 4000;
/** Another page took this one's place. */
export const taken = 4001;
/** The page is being frozen or put aside, and will be back. */
export const away = 4002;
/** What the page has missed is not here, or not any more. */
export const gone = 4003;
/** The relay stops, or the app that it is part of is loaded anew. */
export const stopped = 4004;
/** The platform's connection was not open in time. */
export const late = 4005;
/** The platform could not be reached. */
export const unreached = 4006;
/** The app gave no token. */
export const tokenless = 4007;
/** The page follows no longer. A proxy's 1000 is none of its own. */
export const left = 4008;

/* For the console's page, as internal.ts is: there is no Node in it. */
export { decodeLines } from './format/decode-lines.js';
export type { RecordingLine } from './format/decode-lines.js';
export { RecordingError } from './format/recording-error.js';
export type { Entry, Header } from './format/recording.js';
export { createNarrator } from './narrator.js';
export type { Moment } from './narrator.js';

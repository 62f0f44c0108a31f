/* The format: it runs anywhere, a browser included. */

/* Recordings */
export { decodeLines } from './decode-lines.js';
export type { RecordingLine } from './decode-lines.js';
export { parseRecording } from './parse-recording.js';
export { RecordingError } from './recording-error.js';
export { toFrame, toPayload } from './payload.js';
export type { Payload } from './payload.js';
export {
  CloseEntry,
  EndEntry,
  Entry,
  FailedEntry,
  FrameEntry,
  Header,
  isComplete,
  lineOf,
  MarkEntry,
  OpenEntry,
  RefusedEntry,
  toStamp,
} from './recording.js';
export type { Recording, UnknownEntry, UnstampedEntry } from './recording.js';
export { toComparable } from '../to-comparable.js';
export type { Comparable, ComparableOptions } from '../to-comparable.js';
export { toEntryPlace, toEntrySpot } from './entry-place.js';

/* What they say, and whether it is sound */
export { createNarrator } from '../narrator.js';
export type { Moment } from '../narrator.js';
export { findWords } from '../workbench/find-words.js';
export type { WordPlace } from '../workbench/find-words.js';
export { createSoundnessCheck } from '../soundness-check.js';
export type { SoundnessOptions } from '../soundness-check.js';

/* Scenarios */
export { ack, scenario } from '../scenario.js';
export type { Reply, Scenario, ScenarioOptions, Timing } from '../scenario.js';

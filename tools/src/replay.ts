/*
 * Replays, faults and scenarios alone: they run anywhere, a browser's test runner included. The index
 * names them again, since no index hides what it has behind a star; a test holds the two alike.
 */

/* Replaying */
export { replay } from './replay/replay.js';
export type { Awaited, ManualReplay, Replay, ReplayOptions } from './replay/replay.js';
export { showDivergence } from './replay/divergence.js';
export type { Divergence, DivergenceKind } from './replay/divergence.js';
export type { MatchLevel } from './replay/match.js';
export type { Pace, TimelineOptions } from './replay/timeline.js';

/* Faults */
export { closeAfter } from './faults/close-after.js';
export type { CloseAfterOptions } from './faults/close-after.js';
export { delayFrames } from './faults/delay-frames.js';
export type { DelayFramesOptions } from './faults/delay-frames.js';
export { dropFrames } from './faults/drop-frames.js';
export { duplicateFrames } from './faults/duplicate-frames.js';
export { failDial } from './faults/fail-dial.js';
export { garbleFrames } from './faults/garble-frames.js';
export { insertFrame } from './faults/insert-frame.js';
export { parseFault } from './faults/parse-fault.js';
export { postponeFrames } from './faults/postpone-frames.js';
export { refuseDial } from './faults/refuse-dial.js';
export { reorderFrames } from './faults/reorder-frames.js';
export { replaceFrames } from './faults/replace-frames.js';
export { stallAfter } from './faults/stall-after.js';
export { maybe } from './faults/create-fault.js';
export type { Fault, FaultReport } from './faults/create-fault.js';

/* What is replayed */
export {
  ack,
  isComplete,
  parseRecording,
  RecordingError,
  scenario,
  toComparable,
  toFrame,
  toPayload,
} from '@livecall/recording/format';
export type {
  Comparable,
  ComparableOptions,
  Entry,
  Payload,
  Recording,
  RecordingLine,
  Reply,
  Scenario,
  ScenarioOptions,
  Timing,
} from '@livecall/recording/format';

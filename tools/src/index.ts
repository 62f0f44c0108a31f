/* Replaying */
export { replay } from './replay/replay.js';
export type { Awaited, ManualReplay, Replay, ReplayOptions } from './replay/replay.js';
export { serveReplays } from './serve-replays.js';
export type { ReplaysServer } from './serve-replays.js';
export { showDivergence } from './replay/divergence.js';
export type { Divergence, DivergenceKind } from './replay/divergence.js';
export type { MatchLevel } from './replay/match.js';
export type { Pace, TimelineOptions } from './replay/timeline.js';

/* Testing */
export { openReplay } from './testing/open-replay.js';
export type { OpenedReplay, OpenReplayOptions, ReplayServer } from './testing/opened-replay.js';
export { DivergedError } from './testing/diverged-error.js';
export { TimeStandsStillError } from './testing/unless-time-stands.js';
export { matchers, toHaveFollowed, toHaveSent } from './testing/matchers.js';
export type { SentFrame, Verdict } from './testing/matchers.js';

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

/*
 * A test of replays has one line to import: what it serves, reads, writes and compares is told on.
 * Its home is there; who records in production installs that alone.
 */
export { serve } from './serve.js';
export type {
  DialledClient,
  RefusedHandshake,
  Route,
  Server,
  ServeOptions,
  ServeRequest,
} from '@livecall/server';
// Not from its main entry: the phone numbers of the world are loaded by whoever records.
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
export { loadRecording, readRecording } from '@livecall/recording/reader';
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
} from '@livecall/recording';

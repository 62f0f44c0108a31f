/* Recording */
export { record } from './record.js';
export { recordingFile, RecordingFileError } from './recording-file.js';
export type { RecordingFile, RecordingFileOptions } from './recording-file.js';
export { recordingSink } from './recording-sink.js';
export type { RecordingSink, RecordingSinkOptions, UnstampedEntry } from './recording-sink.js';
export type { RedactOptions } from './redact.js';

/* Replaying */
export { replay } from './replay.js';
export type { Awaited, Replay, ReplayOptions } from './replay.js';
export { LIVE_CALLS_PATH, serve } from './serve.js';
export type { Route, Server, ServeOptions, ServeRequest } from './serve.js';
export { showDivergence } from './divergence.js';
export type { Divergence, DivergenceKind } from './divergence.js';
export type { MatchLevel } from './match.js';
export type { Pace, TimelineOptions } from './pace.js';

/* Scenarios */
export { ack, scenario } from './scenario.js';
export type { Reply, Scenario, ScenarioOptions, Timing } from './scenario.js';

/* Recordings */
export { loadRecording, parseRecording, readRecording } from './read-recording.js';
export type { RecordingLine } from './read-recording.js';
export { RecordingError } from './recording-error.js';
export { toComparable } from './to-comparable.js';
export type { Comparable } from './to-comparable.js';
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
  MarkEntry,
  OpenEntry,
  RefusedEntry,
} from './recording.js';
export type { Recording, UnknownEntry } from './recording.js';

/* Recording */
export { record } from './recording/record.js';
export { recordingFile, RecordingFileError } from './recording/recording-file.js';
export type { RecordingFile, RecordingFileOptions } from './recording/recording-file.js';
export { recordingSink } from './recording/recording-sink.js';
export type {
  RecordingSink,
  RecordingSinkOptions,
  UnstampedEntry,
} from './recording/recording-sink.js';
export type { RedactOptions } from './recording/redact.js';
export { createSecrets } from './recording/secrets.js';
export type { Secrets } from './recording/secrets.js';

/* Replaying */
export { replay } from './replay/replay.js';
export type { Awaited, ManualReplay, Replay, ReplayOptions } from './replay/replay.js';
export { LIVE_CALLS_PATH, serve } from './serve.js';
export type { Route, Server, ServeOptions, ServeRequest } from './serve.js';
export { showDivergence } from './replay/divergence.js';
export type { Divergence, DivergenceKind } from './replay/divergence.js';
export type { MatchLevel } from './replay/match.js';
export type { Pace, TimelineOptions } from './replay/pace.js';

/* Scenarios */
export { ack, scenario } from './recording/scenario.js';
export type { Reply, Scenario, ScenarioOptions, Timing } from './recording/scenario.js';

/* Recordings */
export { loadRecording, parseRecording, readRecording } from './recording/read-recording.js';
export type { RecordingLine } from './recording/read-recording.js';
export { RecordingError } from './recording/recording-error.js';
export { toComparable } from './recording/to-comparable.js';
export type { Comparable } from './recording/to-comparable.js';
export { toFrame, toPayload } from './recording/payload.js';
export type { Payload } from './recording/payload.js';
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
} from './recording/recording.js';
export type { Recording, UnknownEntry } from './recording/recording.js';

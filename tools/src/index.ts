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
export { LIVE_CALLS_PATH } from './handshake.js';
export type { DialledClient } from './dialled-client.js';
export type { RefusedHandshake, ServeRequest } from './handshake.js';
export { serve } from './serve.js';
export type { Route, Server, ServeOptions } from './serve.js';
export { serveReplays } from './serve-replays.js';
export type { ReplaysServer } from './serve-replays.js';
export { showDivergence } from './replay/divergence.js';
export type { Divergence, DivergenceKind } from './replay/divergence.js';
export type { MatchLevel } from './replay/match.js';
export type { Pace, TimelineOptions } from './replay/pace.js';

/* Testing */
export { openReplay } from './testing/open-replay.js';
export type { OpenedReplay, OpenReplayOptions, ReplayServer } from './testing/open-replay.js';
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

/* Scenarios */
export { ack, scenario } from './recording/scenario.js';
export type { Reply, Scenario, ScenarioOptions, Timing } from './recording/scenario.js';

/* Recordings */
export { loadRecording, parseRecording, readRecording } from './recording/read-recording.js';
export type { RecordingLine } from './recording/decode-lines.js';
export { RecordingError } from './recording/recording-error.js';
export { toComparable } from './recording/to-comparable.js';
export type { Comparable, ComparableOptions } from './recording/to-comparable.js';
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

/* Workbench */
export { foldText } from './recording/workbench/fold-text.js';
export type { Hit, SearchOptions } from './recording/workbench/phrase.js';
export { searchRecording } from './recording/workbench/search-recording.js';
export { summarizeRecording } from './recording/workbench/summarize-recording.js';
export type { Outcome, RecordingSummary } from './recording/workbench/summarize-recording.js';
export type { Utterance } from './recording/workbench/utterance.js';

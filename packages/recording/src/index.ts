/* Recording */
export { record } from './record.js';
export { recordingFile, RecordingFileError } from './recording-file.js';
export type { RecordingFile, RecordingFileOptions } from './recording-file.js';
export { recordingSink } from './recording-sink.js';
export type { RecordingSink, RecordingSinkOptions } from './recording-sink.js';
export type { RedactOptions } from './redaction/redactor.js';
export { createSecrets } from './redaction/secrets.js';
export type { Secrets } from './redaction/secrets.js';

/* Recordings */
export { parseRecording } from './format/parse-recording.js';
export { loadRecording, readRecording } from './format/read-recording.js';
export type { RecordingLine } from './format/decode-lines.js';
export { RecordingError } from './format/recording-error.js';
export { toFrame, toPayload } from './format/payload.js';
export type { Payload } from './format/payload.js';
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
} from './format/recording.js';
export type { Recording, UnknownEntry, UnstampedEntry } from './format/recording.js';
export { toComparable } from './to-comparable.js';
export type { Comparable, ComparableOptions } from './to-comparable.js';

/* Scenarios */
export { ack, scenario } from './scenario.js';
export type { Reply, Scenario, ScenarioOptions, Timing } from './scenario.js';

/* Workbench */
export { foldText } from './workbench/fold-text.js';
export type { Hit, SearchOptions } from './workbench/phrase.js';
export { searchRecording } from './workbench/search-recording.js';
export { summarizeRecording } from './workbench/summarize-recording.js';
export type { Outcome, RecordingSummary } from './workbench/summarize-recording.js';
export type { Utterance } from './workbench/utterance.js';
export { toStats } from './workbench/recording-stats.js';
export type {
  FrameCount,
  RecordingStats,
  Reconnect,
  Silence,
  Spread,
  StatsOptions,
  Talk,
} from './workbench/recording-stats.js';
export { cutRecording } from './workbench/cut-recording.js';
export type { Cut, CutOptions } from './workbench/cut-recording.js';
export { diffRecordings } from './workbench/diff-recordings.js';
export type {
  DiffOptions,
  DiffPlace,
  DiffRow,
  RecordingDiff,
} from './workbench/diff-recordings.js';

/* Other tools */
export { importHar } from './exchange/import-har.js';
export { importTshark } from './exchange/import-tshark.js';
export { importWebsocat } from './exchange/import-websocat.js';
export { ImportError } from './exchange/imported.js';
export type { Imported, ImportOptions } from './exchange/imported.js';
export { toCsv } from './exchange/to-csv.js';
export { toHar } from './exchange/to-har.js';
export { toSrt, toVtt } from './exchange/to-subtitles.js';

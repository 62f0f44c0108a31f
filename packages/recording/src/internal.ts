/* For livecall's own packages: it changes with them, in any version. */
export { SECOND_HEADER } from './format/second-header.js';
export { toRecording } from './format/parse-recording.js';
export { planRepair } from './format/repair.js';
export type { Repair } from './format/repair.js';
export { lineFile } from './recording-file.js';
export type { LineFile, RestingLineFile } from './recording-file.js';
export { createLeakFinder } from './redaction/leak-finder.js';
export { createRecordingLines } from './redaction/recording-lines.js';
export { createFileSearch } from './workbench/file-search.js';
export { createFileSummary } from './workbench/file-summary.js';
export { createStats } from './workbench/recording-stats.js';

/* Recordings that are files, read and no more: what a recorder needs takes a tenth of a second to load. */
export { loadRecording, readLines, readRecording } from './format/read-recording.js';

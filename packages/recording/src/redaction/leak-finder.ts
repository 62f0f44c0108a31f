import type { RecordingLine } from '../format/decode-lines.js';
import { Entry } from '../format/recording.js';
import { findCredentials } from './mask-credentials.js';
import { createPhonePseudonyms } from './phone-pseudonyms.js';
import { createRedactor } from './redactor.js';
import type { RedactOptions, Redactor } from './redactor.js';

/**
 * Makes the finder of what should not stand in one recording: credentials, and what its header says
 * was taken out. It names what it finds, and never tells the value.
 *
 * @param options whose national numbers are found, and what is said in the recording
 */
export function createLeakFinder(
  options: Pick<RedactOptions, 'defaultCountry' | 'protocol'> = {},
): (line: RecordingLine) => readonly string[] {
  // The numbers in a redacted recording are fictional, all of them.
  const phones = createPhonePseudonyms({ ...options, keepFictional: true });
  const claims: readonly Claim[] = [
    {
      claim: 'phones',
      what: 'a phone number, though the header says that they were replaced',
      redactor: createRedactor(options, phones),
    },
    {
      claim: 'transcripts',
      what: 'words, though the header says that they were masked',
      redactor: createRedactor({ ...options, keepPhones: true, maskTranscripts: true }),
    },
  ];
  let claimed: readonly Claim[] = [];

  return (line) => {
    if (line.kind === 'torn' || line.kind === 'blank') return [];
    if (line.kind === 'header') {
      const redacted = line.header.redacted ?? [];
      claimed = claims.filter(({ claim }) => redacted.includes(claim));
      const title = ({ redactor }: Claim) => redactor.header(line.header).title;
      const broken = claimed.filter((claim) => title(claim) !== line.header.title);
      return [...findCredentials(JSON.stringify(line.header)), ...broken.map(({ what }) => what)];
    }
    const { entry } = line;
    if (isFrameAlone(entry) && claimed.length > 0) {
      const text = JSON.stringify(entry.json);
      if (claimed.every(({ redactor }) => redactor.passes(text))) return NONE;
    }
    const broken = claimed.filter(({ redactor }) => redactor.entry(entry) !== entry);
    return [...findCredentials(toText(entry)), ...broken.map(({ what }) => what)];
  };
}

const NONE: readonly never[] = [];

/** Whether a frame of JSON is all that it holds: of nearly all of these, a first look is enough. */
const isFrameAlone = (entry: Entry): entry is Entry & { readonly json: unknown } =>
  'json' in entry && Object.keys(entry).length === 4;

/** Something that a header can say was taken out. */
interface Claim {
  readonly claim: string;
  readonly what: string;
  /** What it would change is there still. */
  readonly redactor: Redactor;
}

function toText(entry: Entry): string {
  const line = JSON.stringify(Entry.encode(entry));
  return entry.event === 'frame' && entry.base64 !== undefined
    ? `${line}\n${Buffer.from(entry.base64, 'base64').toString('latin1')}`
    : line;
}

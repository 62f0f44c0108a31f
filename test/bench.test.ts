import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

/*
 * Each benchmark for one tiny round: not how long anything took, but that every contender did the
 * work it is compared by. The benchmark itself holds each contender to the same counts, order and
 * content; here stands what those are.
 */

interface Measured {
  readonly table: string;
  readonly results: Readonly<Record<string, unknown>>;
  readonly rows: readonly { readonly contender: string; readonly measures: object }[];
}

const run = promisify(execFile);

async function bench(...flags: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ['test/bench/bench.js', ...flags]);
  return stdout;
}

async function measure(question: string): Promise<readonly Measured[]> {
  const said = await bench('--only', question, '--tiny', '--json');
  return (JSON.parse(said) as { readonly measured: readonly Measured[] }).measured;
}

/** What was heard of 100 frames: five of them acks, which have no stream of their own. */
const HEARD = { messages: 100, transcripts: 90, events: 4, errors: 1 };
const IN_ORDER = { isInOrder: true };
const RELAYED = { isHeard: true, lost: 0 };
const FOLLOWED = { heard: 80, acknowledged: 6 };

/** What some of the contenders of each table must have done. */
const expected: Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, object>>>>>
> = {
  deliver: {
    deliver: {
      livecall: HEARD,
      'webSocket() + zod + filters': HEARD,
      'JSON.parse + callback': { messages: 100 },
      'livecall, transcript$ alone': { messages: 0, transcripts: 90 },
      'livecall, nobody listens': { messages: 0, transcripts: 0 },
      'livecall, call$ followed': { messages: 0, transcripts: 90 },
    },
    'deliver-growth': {
      '2400 frames': { messages: 24 },
      '153600 frames': { messages: 1_536 },
    },
  },
  decode: {
    decode: { livecall: HEARD, zod: HEARD, 'io-ts': HEARD, typebox: HEARD, ajv: HEARD },
  },
  delivery: {
    delivery: {
      livecall: { messages: 300, transcripts: 270 },
      'partysocket + zod': { messages: 300 },
    },
    'delivery-paced': { livecall: { messages: 200 }, 'ws + JSON.parse': { messages: 200 } },
  },
  calls: {
    calls: { 'livecall, every stream': IN_ORDER, 'livecall, recorded': IN_ORDER },
    'calls-tls': { 'livecall, one stream': IN_ORDER },
    'calls-growth': { '10000 calls': IN_ORDER },
  },
  relay: {
    relay: { direct: RELAYED, livecall: RELAYED },
    'relay-pages': { 'livecall, ten tabs a call': RELAYED },
    'relay-slow': { 'half do not read': RELAYED },
  },
  recording: {
    recording: {
      'livecall record': { messages: 200, transcripts: 180 },
      createWriteStream: { messages: 200, transcripts: 180 },
      'sonic-boom': { messages: 200, transcripts: 180 },
    },
  },
  reading: {
    reading: { readRecording: { frames: 1_900 }, 'readline + JSON.parse': { frames: 1_900 } },
    'reading-growth': { '1000 MB': { frames: 5_700 } },
    'check-growth': { '1000 MB': {} },
  },
  folder: {
    folder: {
      'grep -c + JSON.parse': { hits: 5 },
      'livecall search': { hits: 5 },
      'livecall list': { utterances: 1_103 },
    },
  },
  replays: {
    replays: {
      livecall: FOLLOWED,
      'livecall, to a liveCall': FOLLOWED,
      'mock-socket': FOLLOWED,
      'vitest-websocket-mock': FOLLOWED,
    },
    'replays-over-a-socket': { 'livecall replay': FOLLOWED, 'ws, the same frames': FOLLOWED },
    'replays-growth': { '38400 frames': { heard: 3_840, acknowledged: 6 } },
    'replays-many': { '1000 recordings': { heard: 160 } },
  },
  fidelity: {
    fidelity: {
      'livecall replay': { frames: 40, isInOrder: true },
      'deadline loop, loop blocked': { frames: 40, isInOrder: true },
    },
  },
  'command-line': {
    'command-line': {
      'livecall --version': { exitCode: 0, isAsExpected: true },
      'livecall check': { exitCode: 0, isAsExpected: true },
    },
  },
  imports: {
    imports: { '@livecall/tools': { exitCode: 0, written: '' } },
    'test-files': { '@livecall/tools/vitest': { exitCode: 0 } },
  },
  soak: { soak: { 'livecall, every stream': IN_ORDER } },
};

/** What has little to start; with LIVECALL_BENCHES=all it is every one. */
const light = ['deliver', 'decode', 'delivery', 'recording', 'reading', 'folder'];
const asked = process.env['LIVECALL_BENCHES'] === 'all' ? Object.keys(expected) : light;

it.concurrent.each(asked)('has %s compare what does the same work', async (question) => {
  const measured = await measure(question);
  const results = Object.fromEntries(measured.map(({ table, results }) => [table, results]));

  expect(results).toMatchObject(expected[question] ?? {});
  for (const { rows } of measured) {
    for (const { measures } of rows) expect(Object.keys(measures)).not.toEqual([]);
  }
});

it('tells which questions there are', async () => {
  await expect(bench('--only', 'everything')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('delivery') as string,
  });
});

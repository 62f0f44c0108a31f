import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { liveCall } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { Entry, Header, record, recordingSink } from '@livecall/recording';
import type { RecordingSink } from '@livecall/recording';
import {
  ack,
  isComplete,
  parseRecording,
  replay,
  scenario,
  serveReplays,
  showDivergence,
  toComparable,
} from '@livecall/tools';
import type { Recording, Scenario } from '@livecall/tools';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { asyncScheduler, lastValueFrom, mergeMap, retry, throwError, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { followAsRecorded, issue, toCommands } from './fixtures/follow-as-recorded.js';

const folder = new URL('../recordings/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');

const script = fileURLToPath(new URL('write-recordings.js', folder));
const { recordings } = (await import(script)) as {
  readonly recordings: Readonly<Record<string, string>>;
};
const names = Object.keys(recordings);

const load = (name: string) => parseRecording(`${name}.ndjson`, read(`${name}.ndjson`));

/* The files */

it('has a file for every recording of its script, and no others', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ndjson'));

  expect(files.sort()).toEqual(names.map((name) => `${name}.ndjson`).sort());
});

it.each(names)('has %s as its script writes it', (name) => {
  expect(read(`${name}.ndjson`)).toBe(recordings[name]);
});

it.each(names)('reads %s, and tells of a last line that is torn', async (name) => {
  const recording = await load(name);
  const isTorn = name === 'recorder-died';

  expect(isComplete(recording)).toBe(!isTorn);
  expect(recording.warnings).toEqual(
    isTorn ? ['recorder-died.ndjson:7: the last line is torn and was dropped'] : [],
  );
});

/* The schema of a line */

const schema = JSON.parse(read('recording.schema.json')) as object;
const isRead = (value: unknown) =>
  typeof value === 'object' && value !== null && 'livecall' in value
    ? Header.is(value)
    : Entry.is(value);
const isLine = new Ajv2020({ strict: true, strictRequired: false }).compile(schema);

it.each(names)('describes every line of %s', (name) => {
  const lines = read(`${name}.ndjson`).split('\n');
  // After the last line end there is nothing, or what is torn.
  for (const line of lines.slice(0, -1))
    expect([line, isLine(JSON.parse(line))]).toEqual([line, true]);
  expect(lines.length).toBeGreaterThan(2);
});

it.each([
  '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"}',
  '{"livecall":1,"recordedAt":"","endpoint":"wss://calls.example/","redacted":[],"title":"","recorder":{}}',
  '{"at":0,"event":"open","status":101,"server":"calls-3"}',
  '{"at":0.001,"event":"refused","status":429,"retryAfterMs":0}',
  '{"at":0,"event":"failed","reason":"aborted"}',
  '{"at":0,"event":"failed","reason":"unreachable","code":"ENOTFOUND"}',
  '{"at":0,"event":"frame","from":"server","json":null}',
  '{"at":0,"event":"frame","from":"client","text":"","bytes":0}',
  '{"at":0,"event":"frame","from":"client","base64":""}',
  '{"at":0,"event":"frame","from":"client","base64":"AP/+gA=="}',
  '{"at":0,"event":"close","from":"client","code":1006,"reason":""}',
  '{"at":0,"event":"mark","label":""}',
  '{"at":0,"event":"end","entries":4}',
  '{"at":0,"event":"ping"}',
  '{"at":0,"event":"ping","from":7,"json":1,"text":2}',
])('describes %s, as the reader reads it', (line) => {
  expect(isLine(JSON.parse(line))).toBe(true);
  expect(isRead(JSON.parse(line))).toBe(true);
});

it.each([
  '{}',
  '[]',
  'null',
  '"end"',
  '{"livecall":1}',
  '{"livecall":2,"recordedAt":""}',
  '{"livecall":"1","recordedAt":""}',
  '{"livecall":1,"recordedAt":0}',
  '{"livecall":1,"recordedAt":"","endpoint":null}',
  '{"livecall":1,"recordedAt":"","redacted":"phones"}',
  '{"livecall":1,"recordedAt":"","redacted":[1]}',
  '{"livecall":1,"recordedAt":"","title":1}',
  '{"event":"end"}',
  '{"at":0}',
  '{"at":-1,"event":"end"}',
  '{"at":"0","event":"end"}',
  '{"at":null,"event":"ping"}',
  '{"at":0,"event":1}',
  '{"at":0,"event":"open"}',
  '{"at":0,"event":"open","status":200}',
  '{"at":0,"event":"refused"}',
  '{"at":0,"event":"refused","status":101}',
  '{"at":0,"event":"refused","status":"401"}',
  '{"at":0,"event":"refused","status":429,"retryAfterMs":-1}',
  '{"at":0,"event":"failed"}',
  '{"at":0,"event":"failed","reason":"lost"}',
  '{"at":0,"event":"failed","reason":"timeout","code":60}',
  '{"at":0,"event":"frame","from":"server"}',
  '{"at":0,"event":"frame","json":{}}',
  '{"at":0,"event":"frame","from":"proxy","json":{}}',
  '{"at":0,"event":"frame","from":"server","json":{},"text":"{}"}',
  '{"at":0,"event":"frame","from":"server","json":{},"text":"{}","base64":"e30="}',
  '{"at":0,"event":"frame","from":"server","text":{}}',
  '{"at":0,"event":"frame","from":"server","base64":"AP/+gA"}',
  '{"at":0,"event":"frame","from":"server","base64":"AP_-gA=="}',
  '{"at":0,"event":"close","code":1000,"reason":""}',
  '{"at":0,"event":"close","from":"server","reason":""}',
  '{"at":0,"event":"close","from":"server","code":1000}',
  '{"at":0,"event":"close","from":"server","code":99,"reason":""}',
  '{"at":0,"event":"mark"}',
  '{"at":0,"event":"mark","label":7}',
])('does not describe %s, and no reader takes it', (line) => {
  expect(isLine(JSON.parse(line))).toBe(false);
  expect(isRead(JSON.parse(line))).toBe(false);
});

it('describes what the reader takes, and nothing else', () => {
  const any = fc.constantFrom<unknown>(null, '', 'server', 0, -1, 101, 1.5, {}, []);
  const value = fc.record(
    {
      livecall: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, any),
      recordedAt: fc.oneof(fc.constant('2026-11-22T09:00:00Z'), any),
      at: fc.oneof(fc.nat(), any),
      event: fc.constantFrom('open', 'refused', 'failed', 'frame', 'close', 'mark', 'end', 'hold'),
      status: fc.oneof(fc.constantFrom(100, 101, 401, 999, 1_000), any),
      retryAfterMs: fc.oneof(fc.nat(), any),
      reason: fc.oneof(fc.constantFrom('timeout', 'unreachable', 'bye'), any),
      code: fc.oneof(fc.constantFrom(999, 1_000, 4_999, 5_000, 'ENOTFOUND'), any),
      from: fc.oneof(fc.constantFrom('server', 'client', 'proxy'), any),
      json: any,
      text: any,
      base64: fc.oneof(fc.base64String(), fc.string(), any),
      label: any,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(value, (line) => {
      expect(isRead(line)).toBe(isLine(line));
    }),
  );
});

/* Replayed, and recorded again */

/** A sink like the one that a recording was written by, and what was written. */
function toSink({ header: { title } }: Recording): {
  readonly sink: RecordingSink;
  readonly read: () => Promise<Recording>;
} {
  const lines: string[] = [];
  const sink = recordingSink((line) => lines.push(line), title === undefined ? {} : { title });
  return { sink, read: () => parseRecording('recorded', lines.join('')) };
}

/**
 * What a recording is when it was replayed: a mark plays as nothing, and the end that a dead
 * recorder could not write is a cut, after which there is no such call.
 */
function toReplayed(recording: Recording, afterCut: readonly Entry[] = []): Recording {
  const entries = recording.entries.filter(({ event }) => event !== 'mark');
  const at = entries.at(-1)?.at ?? 0;
  const cut: Entry = { at, event: 'close', from: 'server', code: 1006, reason: '' };
  const end: Entry = { at, event: 'end' };
  return {
    ...recording,
    entries: isComplete(recording) ? entries : [...entries, cut, ...afterCut, end],
  };
}

const NOT_FOUND: Entry = { at: 0, event: 'refused', status: 404 };

const inVirtualTime = (work: () => void) => {
  new TestScheduler(() => undefined).run(({ flush }) => {
    work();
    flush();
  });
};

it.each(names)(
  'is %s again, to the millisecond, when it is replayed and recorded',
  async (name) => {
    const recording = await load(name);
    const dials = recording.entries.filter(({ event }) => /^(open|refused|failed)$/.test(event));
    const { sink, read } = toSink(recording);
    const fake = replay(recording, { pace: 'recorded', match: 'strict' });

    inVirtualTime(() => {
      // When to dial again is the client's affair; here it does as the recorded one did.
      const transport = fake.pipe(
        record(sink),
        retry({
          delay: (error: unknown, count) => {
            const next = dials[count];
            return next === undefined
              ? throwError(() => error)
              : timer(next.at - asyncScheduler.now());
          },
        }),
      );
      const call = liveCall(transport, { retry: false });
      call.state$.subscribe({
        complete: () => {
          sink.end();
        },
      });
      call.connect();
      for (const { at, type } of toCommands(recording)) {
        timer(at)
          .pipe(mergeMap(() => issue(call, type)))
          .subscribe();
      }
    });

    const recorded = await read();
    const expected = toReplayed(recording);
    expect(fake.divergences()).toEqual([]);
    expect(toComparable(recorded)).toEqual(toComparable(expected));
    expect(recorded.entries.map(({ at }) => at)).toEqual(expected.entries.map(({ at }) => at));
  },
);

it.each(names)('is %s again when it is replayed at once and recorded', async (name) => {
  const recording = await load(name);
  const { sink, read } = toSink(recording);
  const fake = replay(recording, { match: 'strict' });

  const call = followAsRecorded(fake.pipe(record(sink)), recording);
  call.connect();
  await lastValueFrom(call.state$);
  sink.end();

  expect((await fake.done()).map(showDivergence)).toEqual([]);
  expect(toComparable(await read())).toEqual(toComparable(toReplayed(recording, [NOT_FOUND])));
});

it.each(names)('is %s again when it is served, and recorded over a socket', async (name) => {
  const recording = await load(name);
  const { sink, read } = toSink(recording);
  await using server = await serveReplays(replay(recording, { match: 'strict' }));
  const transport = webSocketTransport({
    url: server.url,
    accessToken: 'any-access-token',
    conversationToken: 'any-conversation',
  });

  const call = followAsRecorded(transport.pipe(record(sink)), recording);
  call.connect();
  await lastValueFrom(call.state$);
  sink.end();

  expect((await server.done()).map(showDivergence)).toEqual([]);
  expect(toComparable(await read())).toEqual(toComparable(toReplayed(recording, [NOT_FOUND])));
});

const step = fc.oneof(
  fc.string().map((text) => (call: Scenario) => call.caller(text)),
  fc.json().map((frame) => (call: Scenario) => call.send(frame)),
  fc.uint8Array().map((frame) => (call: Scenario) => call.send(frame)),
  fc.constant((call: Scenario) => call.onJoin(ack())),
  fc.constant((call: Scenario) => call.onEnd([ack(), ack()])),
  fc.constant((call: Scenario) => call.onJoin()),
);
const dial = fc.oneof(
  fc.constantFrom(503, 429).map((status) => (call: Scenario) => call.refuse(status)),
  fc
    .constantFrom<('timeout' | 'unreachable')[]>('timeout', 'unreachable')
    .map((reason) => (call: Scenario) => call.fail(reason)),
  fc.tuple(fc.array(step), fc.constantFrom(1001, 1006, 1011)).map(
    ([steps, code]) =>
      (call: Scenario) =>
        steps.reduce((soFar, add) => add(soFar), call.open()).drop(code),
  ),
);

it('is any scenario again when it is replayed at once and recorded', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(dial, { maxLength: 5 }), fc.array(step), async (dials, steps) => {
      const lost = dials.reduce((call, add) => add(call), scenario());
      const call = steps.reduce((soFar, add) => add(soFar), lost.open());
      const recording = call.callEnd().close().toRecording();
      const { sink, read } = toSink(recording);
      const fake = replay(recording, { match: 'strict' });
      inVirtualTime(() => {
        const followed = followAsRecorded(fake.pipe(record(sink)), recording);
        followed.state$.subscribe({
          complete: () => {
            sink.end();
          },
        });
        followed.connect();
      });

      expect((await fake.done()).map(showDivergence)).toEqual([]);
      expect(toComparable(await read())).toEqual(toComparable(recording));
    }),
  );
});

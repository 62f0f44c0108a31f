import fc from 'fast-check';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it, onTestFinished, vi } from 'vitest';

import { parseRecording } from './format/parse-recording.js';
import type { UnstampedEntry } from './format/recording.js';
import { recordingSink } from './recording-sink.js';
import type { RecordingSink, RecordingSinkOptions } from './recording-sink.js';
import { createSecrets } from './redaction/secrets.js';
import type { Secrets } from './redaction/secrets.js';

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

/** A sink over a list of lines. */
function toLines(options?: RecordingSinkOptions): { sink: RecordingSink; lines: string[] } {
  const lines: string[] = [];
  const sink = recordingSink((line) => lines.push(line), options);
  return { sink, lines };
}

const OPEN: UnstampedEntry = { event: 'open', status: 101 };
const CLOSE: UnstampedEntry = { event: 'close', from: 'server', code: 1000, reason: '' };
const toStart = (phone: string): UnstampedEntry => ({
  event: 'frame',
  from: 'server',
  json: { type: 'event:start', phone, timestamp: '2026-11-22T09:00:00Z' },
});

it('writes the header with the first dial, and when that was', () => {
  run((time) => {
    const { sink, lines } = toLines({
      title: 'a courier asks for a slot',
      endpoint: 'wss://calls.example/ws/v1/liveCalls',
    });
    time.cold('1500ms s 1s s').subscribe(() => {
      sink.start();
    });
    expect(lines).toEqual([]);
    time.flush();

    expect(lines).toEqual([
      '{"livecall":1,"recordedAt":"1970-01-01T00:00:01.500Z","endpoint":"wss://calls.example/ws/v1/liveCalls","redacted":["phones"],"title":"a courier asks for a slot"}\n',
    ]);
  });
});

it('writes no endpoint and no title where there are none', () => {
  run(() => {
    const { sink, lines } = toLines();
    sink.start();

    expect(lines).toEqual([
      '{"livecall":1,"recordedAt":"1970-01-01T00:00:00.000Z","redacted":["phones"]}\n',
    ]);
  });
});

it.each([
  [
    'wss://calls.example/ws/v1/liveCalls?conversationToken=s3cret',
    'wss://calls.example/ws/v1/liveCalls',
  ],
  ['wss://user:s3cret@calls.example:8443/live', 'wss://calls.example:8443/live'],
  ['ws://s3cret@[::1]:4000/#s3cret', 'ws://[::1]:4000/'],
  ['wss://calls.example', 'wss://calls.example/'],
  ['s3cret', ''],
  ['', ''],
])('writes of the endpoint %j no more than %j', (endpoint, expected) => {
  const { sink, lines } = toLines({ endpoint });
  sink.start();

  expect((JSON.parse(lines[0] ?? '') as { endpoint: string }).endpoint).toBe(expected);
});

it('stamps entries from the first dial on', () => {
  run((time) => {
    const { sink, lines } = toLines();
    const steps = {
      s: () => {
        sink.start();
      },
      o: () => {
        sink.write(OPEN);
      },
      c: () => {
        sink.write(CLOSE);
      },
      e: () => {
        sink.end();
      },
    };
    //           the first dial at 3 ms, a second one at 12 ms
    time.cold('  ---s-o---c--so-c--e', steps).subscribe((step) => {
      step();
    });
    time.flush();

    expect(lines.slice(1)).toEqual([
      '{"at":2,"event":"open","status":101}\n',
      '{"at":6,"event":"close","from":"server","code":1000,"reason":""}\n',
      '{"at":10,"event":"open","status":101}\n',
      '{"at":12,"event":"close","from":"server","code":1000,"reason":""}\n',
      '{"at":15,"event":"end"}\n',
    ]);
  });
});

it('starts the clock with the first entry where nobody else did', () => {
  run((time) => {
    const { sink, lines } = toLines();
    time.cold('-----m--m').subscribe(() => {
      sink.write({ event: 'mark', label: 'here' });
    });
    time.flush();

    expect(lines.slice(1)).toEqual([
      '{"at":0,"event":"mark","label":"here"}\n',
      '{"at":3,"event":"mark","label":"here"}\n',
    ]);
  });
});

it('stamps with three decimals at most, and never less than before', () => {
  const clock = vi.spyOn(performance, 'now');
  onTestFinished(() => {
    clock.mockRestore();
  });
  for (const now of [100, 103.4567, 101, 104.0001]) clock.mockReturnValueOnce(now);
  const { sink, lines } = toLines();
  sink.start();
  sink.write({ event: 'mark', label: 'a' });
  sink.write({ event: 'mark', label: 'b' });
  sink.write({ event: 'mark', label: 'c' });

  expect(lines.slice(1)).toEqual([
    '{"at":3.457,"event":"mark","label":"a"}\n',
    '{"at":3.457,"event":"mark","label":"b"}\n',
    '{"at":4,"event":"mark","label":"c"}\n',
  ]);
});

it('stamps what comes at any time so', () => {
  const { sink, lines } = toLines();
  for (let count = 0; count < 1_000; count += 1) sink.write({ event: 'mark', label: 'here' });
  const stamps = lines.slice(1).map((line) => (JSON.parse(line) as { at: number }).at);

  expect(stamps).toEqual(stamps.toSorted((a, b) => a - b));
  for (const stamp of stamps) expect(String(stamp)).toMatch(/^\d+(\.\d{1,3})?$/);
});

it('writes the end once, and nothing after it', () => {
  run(() => {
    const { sink, lines } = toLines();
    sink.end();
    sink.end();
    sink.write(OPEN);
    sink.start();

    expect(lines.slice(1)).toEqual(['{"at":0,"event":"end"}\n']);
  });
});

it('writes one line an entry, in the order in which they came', async () => {
  const { sink, lines } = toLines();
  sink.start();
  sink.write({ event: 'refused', status: 429, retryAfterMs: 2_000 });
  sink.write({ event: 'failed', reason: 'unreachable', code: 'ECONNREFUSED' });
  sink.write(OPEN);
  sink.write({ event: 'frame', from: 'server', text: 'two\nlines\r\nand \u2028 more' });
  sink.write({ event: 'frame', from: 'client', base64: 'AP/+gA==' });
  sink.write({ event: 'mark', label: '' });
  sink.write(CLOSE);
  sink.end();

  for (const line of lines) expect(line).toMatch(/^[^\n]+\n$/);
  const { entries } = await parseRecording('call', lines.join(''));
  expect(entries.map(({ at, ...entry }) => entry)).toEqual([
    { event: 'refused', status: 429, retryAfterMs: 2_000 },
    { event: 'failed', reason: 'unreachable', code: 'ECONNREFUSED' },
    OPEN,
    { event: 'frame', from: 'server', text: 'two\nlines\r\nand \u2028 more' },
    { event: 'frame', from: 'client', base64: 'AP/+gA==' },
    { event: 'mark', label: '' },
    CLOSE,
    { event: 'end' },
  ]);
});

it('replaces phone numbers, throughout the recording', () => {
  run(() => {
    const { sink, lines } = toLines({ title: '+14155552671 calls' });
    sink.write(toStart('+442079460958'));
    sink.write(toStart('+14155552671'));

    expect(lines).toEqual([
      '{"livecall":1,"recordedAt":"1970-01-01T00:00:00.000Z","redacted":["phones"],"title":"+12025550100 calls"}\n',
      '{"at":0,"event":"frame","from":"server","json":{"type":"event:start","phone":"+12025550101","timestamp":"2026-11-22T09:00:00Z"}}\n',
      '{"at":0,"event":"frame","from":"server","json":{"type":"event:start","phone":"+12025550100","timestamp":"2026-11-22T09:00:00Z"}}\n',
    ]);
  });
});

it('keeps phone numbers if it is told to, and says so', () => {
  run(() => {
    const { sink, lines } = toLines({ keepPhones: true });
    sink.write(toStart('+14155552671'));

    expect(lines).toEqual([
      '{"livecall":1,"recordedAt":"1970-01-01T00:00:00.000Z","redacted":[]}\n',
      '{"at":0,"event":"frame","from":"server","json":{"type":"event:start","phone":"+14155552671","timestamp":"2026-11-22T09:00:00Z"}}\n',
    ]);
  });
});

it('conceals the tokens in use in every line, the header too', () => {
  const secrets = createSecrets(['s3cret-token']);
  const { sink, lines } = toLines({
    title: 'with s3cret-token',
    endpoint: 'wss://calls.example/s3cret-token/liveCalls',
    secrets,
  });
  secrets.add('another-token');
  sink.write({ event: 'frame', from: 'server', json: { s: 's3cret-token', a: 'another-token' } });
  sink.write({ event: 'mark', label: 's3cret-token' });
  sink.write({ event: 'close', from: 'server', code: 4401, reason: 'another-token' });
  sink.end();

  expect(lines.join('')).not.toMatch(/s3cret|another/);
  expect(lines.join('').match(/\[redacted\]/g)).toHaveLength(6);
});

it('tells of tokens to whatever keeps them', () => {
  class Kept implements Secrets {
    readonly #kept = createSecrets();
    add(token: string): void {
      this.#kept.add(token);
    }
    conceal(text: string): string {
      return this.#kept.conceal(text);
    }
  }
  const lines: string[] = [];
  const sink = recordingSink((line) => lines.push(line), { secrets: new Kept() });
  sink.conceal?.(['s3cret-token']);
  sink.write({ event: 'mark', label: 'a s3cret-token' });

  expect(lines.at(-1)).toContain('a [redacted]');
});

it.each<[how: string, options: RecordingSinkOptions, tokens: readonly string[] | undefined]>([
  ['given secrets', { secrets: createSecrets() }, undefined],
  ['told of tokens', {}, ['s3cret-token']],
  ['told that there are none', {}, []],
])('says that credentials are taken out where it is %s', (_how, options, tokens) => {
  const { sink, lines } = toLines(options);
  if (tokens !== undefined) sink.conceal?.(tokens);
  sink.write({ event: 'mark', label: 'with s3cret-token' });

  expect(lines[0]).toContain('"redacted":["credentials","phones"]');
  expect(lines[1]).toContain(tokens?.length === 1 ? 'with [redacted]' : 'with s3cret-token');
});

it('closes a connection that is open when it ends', () => {
  run(() => {
    const { sink, lines } = toLines();
    sink.write({ event: 'open', status: 101 });
    sink.end();

    expect(lines.slice(1)).toEqual([
      '{"at":0,"event":"open","status":101}\n',
      '{"at":0,"event":"close","from":"client","code":1000,"reason":""}\n',
      '{"at":0,"event":"end"}\n',
    ]);
  });
});

const FRAME: UnstampedEntry = { event: 'frame', from: 'server', json: { type: 'hold' } };

it('drops a frame and a close that come after a close', () => {
  run(() => {
    const { sink, lines } = toLines();
    for (const entry of [OPEN, FRAME, CLOSE, FRAME, CLOSE]) sink.write(entry);
    sink.end();

    expect(lines.slice(1)).toEqual([
      '{"at":0,"event":"open","status":101}\n',
      '{"at":0,"event":"frame","from":"server","json":{"type":"hold"}}\n',
      '{"at":0,"event":"close","from":"server","code":1000,"reason":""}\n',
      '{"at":0,"event":"end"}\n',
    ]);
  });
});

it.each<[what: string, entry: UnstampedEntry, written: string]>([
  [
    'a close code that no WebSocket has',
    { event: 'close', from: 'server', code: 0, reason: '' },
    '{"at":0,"event":"close","from":"server","code":1006,"reason":""}\n',
  ],
  [
    'a wait that is no number of milliseconds',
    { event: 'refused', status: 503, retryAfterMs: Infinity },
    '{"at":0,"event":"refused","status":503}\n',
  ],
  [
    'a status that HTTP does not have',
    { event: 'refused', status: 0 },
    '{"at":0,"event":"mark","label":"left out: a refused that the format cannot hold"}\n',
  ],
])('writes what can be read of %s', (_what, entry, written) => {
  run(() => {
    const { sink, lines } = toLines();
    if (entry.event === 'close') sink.write(OPEN);
    sink.write(entry);

    expect(lines.at(-1)).toBe(written);
  });
});

it('writes nothing that cannot be read, whatever it is told', async () => {
  const code = fc.oneof(fc.constantFrom(1000, 1006, 4999), fc.double());
  const entry = fc.oneof(
    fc.constantFrom(OPEN, OPEN, CLOSE, FRAME, { event: 'end' } as const),
    code.map((status): UnstampedEntry => ({ event: 'refused', status, retryAfterMs: status })),
    code.map((any): UnstampedEntry => ({ event: 'close', from: 'client', code: any, reason: '' })),
    fc.constantFrom<UnstampedEntry>({ event: 'failed', reason: 'aborted' }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(entry), async (entries) => {
      const { sink, lines } = toLines();
      sink.write(OPEN);
      for (const each of entries) sink.write(each);
      sink.end();

      expect((await parseRecording('call', lines.join(''))).entries.at(-1)?.event).toBe('end');
    }),
  );
});

it('writes a frame whose line is longer than what a frame may usually be', async () => {
  const { sink, lines } = toLines();
  const bytes = Buffer.alloc(13 * 1024 * 1024, 0x7f);
  sink.write(OPEN);
  sink.write({ event: 'frame', from: 'server', base64: bytes.toString('base64') }, bytes);
  sink.end();

  const { entries } = await parseRecording('call', lines.join(''));
  expect(entries[1]).toMatchObject({ base64: bytes.toString('base64') });
});

it('leaves out a frame that is longer than a line may be, and says so', () => {
  const { sink, lines } = toLines({ keepPhones: true });
  const text = '\u0000'.repeat(45 * 1024 * 1024);
  sink.write(OPEN);
  sink.write({ event: 'frame', from: 'client', text }, text);

  expect(lines.at(-1)).toMatch(/"label":"left out: a frame from the client, longer than 256 MiB"/);
});

it('leaves out a dial beside an open connection, and says so', () => {
  run(() => {
    const { sink, lines } = toLines();
    sink.write(OPEN);
    sink.write({ event: 'refused', status: 404 });

    expect(lines.slice(2)).toEqual([
      '{"at":0,"event":"mark","label":"left out: a dial while a connection was open"}\n',
    ]);
  });
});

it('leaves out a frame that is nested deeper than it can follow, and says so', () => {
  run(() => {
    const { sink, lines } = toLines();
    const text = '['.repeat(100_000) + ']'.repeat(100_000);
    sink.write({ event: 'frame', from: 'server', text });
    sink.end();

    expect(lines.slice(1)).toEqual([
      '{"at":0,"event":"mark","label":"left out: a frame nested too deep"}\n',
      '{"at":0,"event":"end"}\n',
    ]);
  });
});

it('closes a connection once, though whoever hears of the line ends the recording', () => {
  const events: string[] = [];
  const sink = recordingSink((line) => {
    events.push(/"event":"(\w+)"/.exec(line)?.[1] ?? 'header');
    if (events.length >= 3) sink.end();
  });
  sink.write(OPEN);
  sink.write(CLOSE);

  expect(events).toEqual(['header', 'open', 'close', 'end']);
});

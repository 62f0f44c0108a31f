import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { endCall, joinCall, liveCall, sendCommand } from '@livecall/core';
import type { Command } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { createSecrets, record, recordingFile, recordingSink } from '@livecall/recording';
import {
  ack,
  loadRecording,
  parseRecording,
  replay,
  scenario,
  serve,
  toComparable,
} from '@livecall/tools';
import type { Replay, Scenario } from '@livecall/tools';
import * as E from 'fp-ts/lib/Either.js';
import { EMPTY, firstValueFrom, forkJoin, last, mergeMap, toArray } from 'rxjs';
import { afterAll, expect, it } from 'vitest';

import {
  accessToken,
  conversationToken as canaryToken,
  expectNoToken,
} from './fixtures/canary-tokens.js';
import { loadCorpus } from './fixtures/corpus.js';
import type { CorpusCall } from './fixtures/corpus.js';
import { toCount } from './fixtures/seed.js';

const whole = loadCorpus();
/** A share of it, spread over the whole. */
const share = toCount('LIVECALL_CALLS', 90) / whole.length;
const corpus = whole.filter((_call, at) => Math.floor(at * share) !== Math.floor((at + 1) * share));
const folder = mkdtempSync(join(tmpdir(), 'livecall-robocalls-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What a call does besides being listened to, by its place in the corpus. */
interface Plan {
  /** After how many transcripts the subscriber joins. */
  readonly joinAfter: number | undefined;
  /** After how many transcripts the subscriber ends the call. */
  readonly endAfter: number | undefined;
}

function toPlan(index: number, { sentences }: CorpusCall): Plan {
  const spoken = 2 * sentences.length;
  return {
    joinAfter: index % 3 === 0 ? Math.ceil(spoken / 2) : undefined,
    endAfter: index % 5 === 0 ? spoken : undefined,
  };
}

function toCallerPhone(index: number): string {
  return `+1${202 + (index % 7)}555${1000 + index}`;
}

/** The caller speaks, and a screening assistant answers between the sentences. */
function toScenario(index: number, { call, sentences }: CorpusCall, plan: Plan): Scenario {
  const phone = toCallerPhone(index);
  let screened = scenario({ title: `robocall ${call}` }).start({ phone, after: 12 });
  sentences
    .flatMap((sentence): readonly ['caller' | 'assistant', string][] => [
      ['caller', sentence],
      ['assistant', 'Please go on.'],
    ])
    .forEach(([who, text], spoken) => {
      screened = screened[who](text, { after: 700, offset: spoken });
      if (spoken + 1 === plan.joinAfter)
        screened = screened.onJoin(ack({ after: 60 }), { after: 300 });
      if (spoken + 1 === plan.endAfter)
        screened = screened.onEnd(ack({ after: 60 }), { after: 300 });
    });
  return screened.callEnd({ after: 500 }).close(1000, { after: 10 });
}

const WORD = String.raw`\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|hundred)\b`;
const NUMBER = new RegExp(String.raw`(?:\+|\b1-)?\(?(?:\d|${WORD})(?:[\d().,\s-]|${WORD})*`, 'gi');

/** What is left of an entry when numbers, in digits and in words, are not looked at. */
function withoutNumbers(entry: object): string {
  return JSON.stringify(entry).replace(NUMBER, '#');
}

function acknowledged(command: Command) {
  return { command, status: 'acknowledged', acknowledged: { confirmedBy: 'ack' } };
}

it.skipIf(corpus.length === 0)(
  `follows and records ${corpus.length} real robocalls over a real socket`,
  { timeout: 120_000 },
  async () => {
    const replays = new Map<string, Replay>();
    await using server = await serve(({ conversationToken }) => {
      return replays.get(conversationToken) ?? EMPTY;
    });

    const follow = async (index: number, corpusCall: CorpusCall) => {
      const plan = toPlan(index, corpusCall);
      const conversationToken = `${canaryToken}-${index}`;
      const source = toScenario(index, corpusCall, plan).toRecording(`robocall-${corpusCall.call}`);
      const fake = replay(source);
      replays.set(conversationToken, fake);

      const path = join(folder, `${corpusCall.call}.ndjson`);
      const { title = '' } = source.header;
      const file = recordingFile(path, {
        title,
        secrets: createSecrets([accessToken, conversationToken]),
      });
      if (E.isLeft(file)) throw file.left;
      const lines: string[] = [];
      const verbatim = recordingSink((line) => lines.push(line), { title, keepPhones: true });
      const call = liveCall(
        webSocketTransport({ url: server.url, accessToken, conversationToken }).pipe(
          record(file.right),
          record(verbatim),
        ),
      );

      const commands$ = call.transcript$.pipe(
        mergeMap((_transcript, index) => [
          ...(index + 1 === plan.joinAfter ? [joinCall] : []),
          ...(index + 1 === plan.endAfter ? [endCall] : []),
        ]),
        sendCommand(call),
      );
      const story$ = forkJoin({
        transcripts: call.transcript$.pipe(toArray()),
        results: commands$.pipe(toArray()),
        state: call.state$.pipe(last()),
      });
      const story = firstValueFrom(story$);
      call.connect();
      const { transcripts, results, state } = await story;
      file.right.end();
      verbatim.end();

      const said = transcripts.filter(({ role }) => role === 'other').map(({ msg }) => msg);
      expect(said).toEqual(corpusCall.sentences);
      expect(results).toMatchObject([
        ...(plan.joinAfter === undefined ? [] : [acknowledged(joinCall)]),
        ...(plan.endAfter === undefined ? [] : [acknowledged(endCall)]),
      ]);
      expect(state).toEqual({ status: 'closed', reason: 'call-ended' });
      expect(await fake.done()).toEqual([]);

      // As it was, where nothing is taken out of it …
      const kept = toComparable(await parseRecording(source.name, lines.join('')));
      expect(kept.entries).toEqual(toComparable(source).entries);
      expect(kept.header).toEqual({ ...toComparable(source).header, redacted: ['credentials'] });

      // … and in the file, but for the numbers.
      const written = readFileSync(path, 'utf8');
      const recorded = toComparable(await loadRecording(path));
      expect(recorded.entries.map(withoutNumbers)).toEqual(kept.entries.map(withoutNumbers));
      expect(written).not.toContain(toCallerPhone(index));
      expectNoToken(written);
    };

    for (let start = 0; start < corpus.length; start += 50) {
      const batch = corpus.slice(start, start + 50);
      await Promise.all(batch.map((corpusCall, index) => follow(start + index, corpusCall)));
    }
  },
);

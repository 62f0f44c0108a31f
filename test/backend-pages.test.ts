import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { HandshakeRefusedError, liveCall } from '@livecall/core';
import type { Connection, LiveCall, TokenFunction, Transcript, Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { instrument } from '@livecall/opentelemetry';
import { serve } from '@livecall/server';
import type { ServeRequest } from '@livecall/server';
import { ack, loadRecording, replay, scenario, serveReplays } from '@livecall/tools';
import { context, propagation, trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { firstValueFrom, lastValueFrom, noop, Subject, toArray } from 'rxjs';
import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { makeApp } from './fixtures/app.js';
import { contextStack } from './fixtures/context-stack.js';
import { readExamples } from './fixtures/read-examples.js';

/* docs/opentelemetry.md and docs/backend-recipes.md: their examples are compiled and run. */

const docs = fileURLToPath(new URL('../docs', import.meta.url));
const page = readFileSync(join(docs, 'opentelemetry.md'), 'utf8');
const app = makeApp();
let complaint: string;
/** A build that the nightly job is given: it joins, and with an argument it ends the call. */
const build = `
import { liveCall } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { filter, mergeMap } from 'rxjs';

const env = (name: string) => process.env[name] ?? '';
const transport = webSocketTransport({
  url: env('LIVECALL_URL'),
  accessToken: env('LIVECALL_ACCESS_TOKEN'),
  conversationToken: env('LIVECALL_CONVERSATION_TOKEN'),
});
const call = liveCall(transport);
call.events$
  .pipe(
    filter(({ type }) => type === 'event:end'),
    mergeMap(() => (process.argv[2] === 'end' ? call.endCall() : call.joinCall())),
  )
  .subscribe({ error: () => undefined });
call.connect();
`;

beforeAll(async () => {
  for (const name of ['opentelemetry', 'backend-recipes']) {
    const examples = readExamples(join(docs, `${name}.md`));
    for (const [example, code] of Object.entries(examples)) app.write(`${example}.ts`, code);
  }
  app.write('build.ts', build);
  complaint = await app.compile();
});
afterAll(() => {
  app[Symbol.dispose]();
});

const load = async <Module>(name: string) =>
  (await import(pathToFileURL(join(app.path, 'dist', `${name}.js`)).href)) as Module;

it('has examples that compile', () => {
  expect(complaint).toBe('');
});

it('shows what a collector gets of a call', async () => {
  const recording = await loadRecording(join(app.path, 'recordings', 'withheld-number.ndjson'));
  await using server = await serveReplays(replay(recording));
  const { stdout } = await app.run(['dist/console.js'], {
    ...{ LIVECALL_URL: server.url, LIVECALL_ACCESS_TOKEN: 'any' },
    LIVECALL_CONVERSATION_TOKEN: 'any',
  });
  const [, shown = ''] = /```\n(livecall_.*?)```/s.exec(page) ?? [];
  const lines = shown.trim().split('\n');

  expect(lines.length).toBeGreaterThan(5);
  expect(stdout.split('\n')).toEqual(expect.arrayContaining(lines));
  expect(stdout).toContain("name: 'livecall call'");
});

it('puts the span of a client into the trace that its handshake names', async () => {
  const { inTraceOf } = await load<{
    inTraceOf: (request: ServeRequest) => MonoTypeOperatorFunction<Connection>;
  }>('in-trace-of');
  const spans = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(spans)],
  });
  const telemetry = instrument({ tracerProvider });
  // As an SDK registers them.
  context.setGlobalContextManager(contextStack());
  propagation.setGlobalPropagator({
    inject: noop,
    extract: (from, carrier, { get }) => {
      const [, traceId = '', spanId = ''] = String(get(carrier, 'traceparent')).split('-');
      return trace.setSpanContext(from, { traceId, spanId, traceFlags: 1, isRemote: true });
    },
    fields: () => ['traceparent'],
  });
  const recording = await loadRecording(join(app.path, 'recordings', 'screened-spam-call.ndjson'));
  await using server = await serve((request) =>
    replay(recording).pipe(telemetry.clients, inTraceOf(request)),
  );
  const client = new WebSocket(`${server.url}?conversationToken=any`, {
    headers: {
      Authorization: 'Bearer any',
      TraceParent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    },
  });
  await once(client, 'close');
  await server.close();
  context.disable();
  propagation.disable();

  const call = spans.getFinishedSpans().find(({ name }) => name === 'livecall call');
  expect(call?.parentSpanContext).toMatchObject({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
  });
});

it('asks for one token when many calls are refused at once', async () => {
  const recipe = await load<{
    sharedToken: (issue: () => Promise<{ token: string; expiresInMs: number }>) => TokenFunction;
  }>('shared-token');
  let issued = 0;
  const accessToken = recipe.sharedToken(() => {
    issued += 1;
    return Promise.resolve({ token: `token-${issued}`, expiresInMs: 3_600_000 });
  });
  const recording = await loadRecording(join(app.path, 'recordings', 'screened-spam-call.ndjson'));
  await using server = await serve(({ accessToken: given }) => {
    if (given === 'token-1') throw new HandshakeRefusedError(401);
    return replay(recording);
  });
  const ends = Array.from({ length: 20 }, () => {
    const transport = webSocketTransport({
      url: server.url,
      accessToken,
      conversationToken: 'any',
    });
    const call = liveCall(transport);
    call.connect();
    return lastValueFrom(call.state$);
  });

  expect(new Set((await Promise.all(ends)).map((state) => JSON.stringify(state)))).toEqual(
    new Set(['{"status":"closed","reason":"call-ended"}']),
  );
  expect(issued).toBe(2);
});

type Telling<A> = (call: LiveCall) => Observable<A>;

/** Follows a scenario, and gives all that is told of it. */
async function follow<A>(transport: Transport, toTold: Telling<A>) {
  const call = liveCall(transport);
  const told = firstValueFrom(toTold(call).pipe(toArray()));
  call.connect();
  return await told;
}

it('gives an alert once, on a phrase over two utterances', async () => {
  const recipe = await load<{
    alertOn(call: LiveCall, phrases: readonly string[]): Observable<Transcript>;
  }>('alert');
  const toTransport = (...said: readonly string[]) =>
    replay(
      said
        .reduce((told, msg) => told.caller(msg), scenario().open().start())
        .assistant('A gift card?')
        .callEnd()
        .close(1000)
        .toRecording(),
    );
  const phrases = ['gift card', 'été'];
  const heard = await follow(
    toTransport('Buy me a gift', 'Card, now.', 'A gift card!'),
    (followed) => recipe.alertOn(followed, phrases),
  );

  expect(heard.map(({ msg }) => msg)).toEqual(['Card, now.']);
  expect(
    await follow(toTransport('ETE'), (followed) => recipe.alertOn(followed, phrases)),
  ).toHaveLength(1);
  expect(
    await follow(toTransport('A gift', 'voucher card'), (followed) =>
      recipe.alertOn(followed, phrases),
    ),
  ).toEqual([]);
});

it('answers in a chat what became of a command', async () => {
  const recipe = await load<{
    answerChat(call: LiveCall, said$: Observable<string>): Observable<string>;
  }>('chat');
  const call = liveCall(
    replay(scenario().open().start().onJoin(ack()).callEnd().close(1000).toRecording()),
  );
  const said$ = new Subject<string>();
  const answers: string[] = [];
  recipe.answerChat(call, said$).subscribe((answer) => answers.push(answer));
  const over = lastValueFrom(call.state$);
  call.connect();
  said$.next('hello');
  said$.next(' Join');
  await over;
  said$.next('end');

  expect(answers).toEqual([
    'You are in the call.',
    expect.stringMatching(/^Nothing was sent: The call/),
  ]);
});

it('plays every recording against a build, and says where it departs', async () => {
  const folder = join(app.path, 'some');
  mkdirSync(folder);
  for (const name of ['joined-call', 'refused-404']) {
    copyFileSync(join(app.path, 'recordings', `${name}.ndjson`), join(folder, `${name}.ndjson`));
  }
  const nightly = (...args: readonly string[]) =>
    app.node('dist/nightly.js', 'some', process.execPath, 'dist/build.js', ...args);

  const [passed, ended] = await Promise.all([nightly(), nightly('end')]);
  expect(passed).toEqual({
    ...{ exitCode: 0, stderr: '' },
    stdout: 'ok joined-call.ndjson\nok refused-404.ndjson\n',
  });
  expect(ended.exitCode).toBe(1);
  expect(ended.stdout).toMatch(/not ok joined-call\.ndjson\n {2}some\/joined-call\.ndjson:\d+: /);
});

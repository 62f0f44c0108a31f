import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ConnectionClosedError, liveCall } from '@livecall/core';
import type { Connection, Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import type { WorkerNews } from '@livecall/fleet';
import { instrument } from '@livecall/opentelemetry';
import type { InstrumentOptions } from '@livecall/opentelemetry';
import { serve } from '@livecall/server';
import { loadRecording, parseFault, replay } from '@livecall/tools';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { filter, lastValueFrom, Observable, of, Subject, switchMap, take } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { contextStack } from './fixtures/context-stack.js';
import { startPlatform } from './fixtures/platform.js';
import { startRelay } from './fixtures/relayed.js';

/* What a collector gets, by OpenTelemetry's own SDK. */

const recordings = fileURLToPath(new URL('../recordings', import.meta.url));
const load = (name: string) => loadRecording(join(recordings, `${name}.ndjson`));

/** A collector that keeps what it gets. */
function collector() {
  const spans = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(spans)],
  });
  const reader = new PeriodicExportingMetricReader({
    exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
    exportIntervalMillis: 2 ** 30,
  });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const points = async () => {
    const { resourceMetrics } = await reader.collect();
    return resourceMetrics.scopeMetrics
      .flatMap(({ metrics }) => metrics)
      .flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => ({ name: descriptor.name, attributes, value })),
      );
  };
  return {
    spans: () => spans.getFinishedSpans(),
    points,
    /** Each as `name{label=value}`, and what it comes to: a sum, or how often something was measured. */
    sums: async () =>
      Object.fromEntries(
        (await points()).map(({ name, attributes, value }) => {
          const labels = Object.entries(attributes)
            .filter(([label]) => !/^(livecall\.role|messaging\..*)$/.test(label))
            .map(([label, content]) => `${label.split('.').at(-1) ?? ''}=${String(content)}`);
          const sum = typeof value === 'object' ? value.count : value;
          return [`${name}{${labels.join()}}`, sum];
        }),
      ),
    instrument: (options?: InstrumentOptions) =>
      instrument({ meterProvider, tracerProvider, ...options }),
  };
}

type Collector = ReturnType<typeof collector>;

const joinOnceScreened = (transport: Transport) => {
  const call = liveCall(transport, { retry: { baseDelayMs: 0 } });
  call.events$
    .pipe(
      filter(({ type }) => type === 'event:end'),
      switchMap(() => call.joinCall()),
    )
    .subscribe({ error: () => undefined });
  call.connect();
  return lastValueFrom(call.state$);
};

it('measures a call and the client that a server has of it', async () => {
  const recording = await load('joined-call');
  const [near, far] = [collector(), collector()];
  const served = far.instrument();
  await using server = await serve(replay(recording).pipe(served.clients), {
    onRefused: served.refused,
  });
  const transport = webSocketTransport({ url: server.url, accessToken, conversationToken });
  await joinOnceScreened(transport.pipe(near.instrument().calls));
  await fetch(`${server.url.replace('ws:', 'http:')}?conversationToken=${conversationToken}`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  await server.close();

  const messages = {
    ...{ 'event:start': 1, transcript: 6, 'event:end': 1, ack: 1, 'event:callEnd': 1 },
  };
  const of = (name: string, counts: object) =>
    Object.fromEntries(
      Object.entries(counts).map(([type, count]) => [`${name}{type=${type}}`, count as number]),
    );
  expect(await near.sums()).toEqual({
    ...of('messaging.client.consumed.messages', messages),
    ...of('messaging.client.sent.messages', { 'client:joinCall': 1 }),
    ...of('messaging.client.operation.duration', { 'client:joinCall': 1 }),
    'livecall.calls{state=connecting}': 0,
    'livecall.calls{state=open}': 0,
    'livecall.calls{state=closing}': 0,
    'livecall.dial.duration{}': 1,
    'livecall.call.time_to_first_transcript{}': 1,
    'livecall.call.duration{outcome=ended}': 1,
    'livecall.connection.duration{type=ConnectionClosedError,code=1000,closed_by=server}': 1,
    'livecall.network.io{direction=receive}': expect.any(Number) as number,
    'livecall.network.io{direction=transmit}': 70,
  });
  expect(await far.sums()).toMatchObject({
    ...of('messaging.client.sent.messages', messages),
    ...of('messaging.client.consumed.messages', { 'client:joinCall': 1 }),
    'livecall.server.refusals{status_code=426}': 1,
    'livecall.network.io{direction=receive}': 70,
  });
});

it('traces a call, its dials and its commands, and links them', async () => {
  const collected = collector();
  const telemetry = collected.instrument({ attributes: { 'server.address': 'calls.example' } });
  const around = trace.setSpanContext(context.active(), {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: 1,
  });
  context.setGlobalContextManager(contextStack(around));
  await joinOnceScreened(
    replay(await load('joined-call')).pipe(parseFault('refuse:status=503'), telemetry.calls),
  );
  context.disable();

  const spans = collected.spans();
  const [refused, dial, join, call] = [
    'livecall dial',
    'livecall dial',
    'send client:joinCall',
    'livecall call',
  ].map((name, nth) => spans.filter((span) => span.name === name)[nth === 1 ? 1 : 0]);
  expect(spans.map(({ name }) => name)).toEqual([
    ...['livecall dial', 'livecall dial', 'send client:joinCall', 'livecall call'],
  ]);
  expect(call?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
  expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);
  for (const span of [refused, dial, join]) {
    expect(span?.parentSpanContext?.spanId).toBe(call?.spanContext().spanId);
    expect(span?.kind).toBe(SpanKind.CLIENT);
  }
  expect(refused?.status.code).toBe(SpanStatusCode.ERROR);
  expect(refused?.attributes).toMatchObject({
    ...{ 'error.type': 'HandshakeRefusedError', 'http.response.status_code': 503 },
    'server.address': 'calls.example',
  });
  expect(dial?.links.map((link) => link.context.spanId)).toEqual([refused?.spanContext().spanId]);
  expect(join?.links.map((link) => link.context.spanId)).toEqual([dial?.spanContext().spanId]);
  expect(join?.attributes).toMatchObject({ 'livecall.answered_by': 'ack' });
  expect(call?.attributes).toMatchObject({
    'livecall.call.outcome': 'ended',
    'livecall.call.dials': 2,
  });
});

it('counts reconnects by cause, what cannot be decoded, and commands that are late', async () => {
  const collected = collector();
  const telemetry = collected.instrument({ lateAfterMs: 100 });
  const recording = await load('joined-call');
  new TestScheduler(() => undefined).run(({ flush }) => {
    const faults = ['garble:type=transcript,nth=2', 'drop:type=ack', 'close:frames=8,code=1012'];
    const disturbedTransport = faults
      .map(parseFault)
      .reduce<Transport>(
        (transport, fault) => transport.pipe(fault),
        replay(recording, { pace: 'recorded' }),
      );
    void joinOnceScreened(disturbedTransport.pipe(telemetry.calls));
    flush();
  });

  expect(await collected.sums()).toMatchObject({
    'livecall.reconnects{type=ConnectionClosedError,code=1012}': 1,
    'livecall.decode.failures{}': 1,
    'livecall.commands.late{type=client:joinCall}': 1,
    'messaging.client.operation.duration{type=client:joinCall,type=unanswered}': 1,
  });
});

it('has few values for each label, whatever a server says', async () => {
  const collected = collector();
  const telemetry = collected.instrument();
  for (let code = 3000; code < 5000; code += 9) {
    const frame = `{"type":"event:${code}"}`;
    const closingTransport: Transport = new Observable<Connection>((subscriber) => {
      subscriber.next({ frames$: of(frame), send: () => undefined });
      subscriber.error(new ConnectionClosedError(code, `reason ${code}`));
    });
    closingTransport
      .pipe(
        telemetry.calls,
        switchMap(({ frames$ }) => frames$),
      )
      .subscribe({ error: () => undefined });
  }
  const points = await collected.points();

  expect(points.length).toBeLessThan(20);
  expect(Object.keys(await collected.sums())).toEqual(
    expect.arrayContaining([
      'livecall.connection.duration{type=ConnectionClosedError,code=3xxx,closed_by=server}',
      'livecall.connection.duration{type=ConnectionClosedError,code=4xxx,closed_by=server}',
      'messaging.client.consumed.messages{type=unknown}',
    ]),
  );
});

it('measures a relay, and its ways to the platform', async () => {
  const collected = collector();
  const telemetry = collected.instrument();
  await using platform = await startPlatform(() => undefined);
  await using running = await startRelay(platform, { tapTransport: telemetry.calls });
  const stop = telemetry.relay(running.relay);
  const call = liveCall(running.page());
  const following = call.connect();
  await lastValueFrom(
    call.state$.pipe(
      filter(({ status }) => status === 'open'),
      take(1),
    ),
  );

  expect(await collected.sums()).toMatchObject({
    'livecall.relay.pages{state=here}': 1,
    'livecall.relay.pages{state=away}': 0,
    'livecall.relay.connections{}': 1,
    'livecall.relay.kept{}': 0,
    'livecall.calls{state=open}': 1,
  });
  stop();
  following.unsubscribe();
});

it("counts a worker's calls, and what became of them", async () => {
  const collected = collector();
  const news$ = new Subject<WorkerNews>();
  const run = { job: 1, nth: 1 };
  const heard: WorkerNews[] = [];
  const working = news$.pipe(collected.instrument().worker()).subscribe((news) => heard.push(news));
  for (const callId of ['a', 'b', 'c']) news$.next({ kind: 'taken', callId, run });
  news$.next({ kind: 'over', callId: 'a', outcome: 'ended' });
  news$.next({ kind: 'over', callId: 'z', outcome: 'superseded' });
  news$.next({ kind: 'dropped', why: 'a secret' });
  news$.next({ kind: 'trouble', what: 'queue', why: 'a secret' });

  expect(heard).toHaveLength(7);
  expect(await collected.sums()).toEqual({
    'livecall.worker.calls{}': 2,
    'livecall.worker.jobs{outcome=ended}': 1,
    'livecall.worker.jobs{outcome=superseded}': 1,
    'livecall.worker.jobs{outcome=dropped}': 1,
    'livecall.worker.troubles{}': 1,
  });
  working.unsubscribe();
  expect(await collected.sums()).toMatchObject({ 'livecall.worker.calls{}': 0 });
});

/** Plays every recording, with and without what disturbs it, and joins where it can. */
async function playAll(collected: Collector): Promise<void> {
  const telemetry = collected.instrument();
  const names = readdirSync(recordings).filter((file) => file.endsWith('.ndjson'));
  const all = await Promise.allSettled(names.map((name) => loadRecording(join(recordings, name))));
  const played = all.flatMap((read) => (read.status === 'fulfilled' ? [read.value] : []));
  for (const recording of played) {
    for (const fault of ['duplicate', 'garble', 'close:frames=5,code=1011']) {
      const transport = replay(recording, { pace: 'recorded' });
      new TestScheduler(() => undefined).run(({ flush }) => {
        const tappedTransport = transport.pipe(
          parseFault(fault),
          telemetry.clients,
          telemetry.calls,
        );
        void joinOnceScreened(tappedTransport);
        flush();
      });
    }
  }
}

it('exports no word, number, token or id of any call', async () => {
  const collected = collector();
  await playAll(collected);
  const recording = await load('joined-call');
  await using server = await serve(replay(recording));
  const transport = webSocketTransport({ url: server.url, accessToken, conversationToken });
  await joinOnceScreened(transport.pipe(collected.instrument().calls));

  const exported = JSON.stringify([
    await collected.points(),
    collected.spans().map(({ name, attributes, links, events, status, resource }) => ({
      ...{ name, attributes, events, status, resource: resource.attributes },
      links: links.map((link) => link.attributes),
    })),
  ]);
  expect(collected.spans().length).toBeGreaterThan(50);
  const secrets = [accessToken, conversationToken, ...toSecrets()];
  expect(secrets.length).toBeGreaterThan(50);
  expect(secrets.filter((secret) => exported.includes(secret))).toEqual([]);
});

/** What people said in the recordings, their numbers, ids and times. */
function toSecrets(): readonly string[] {
  const secrets = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === 'string' && value.length > 3 && !PUBLISHED.test(value)) secrets.add(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  for (const name of readdirSync(recordings).filter((file) => file.endsWith('.ndjson'))) {
    for (const line of readFileSync(join(recordings, name), 'utf8').trim().split('\n').slice(1)) {
      const entry = /^\{.*\}$/.test(line) ? (JSON.parse(line) as Record<string, unknown>) : {};
      ['json', 'text', 'reason'].map((key) => entry[key]).forEach(collect);
    }
  }
  return [...secrets];
}

/** The words of the protocol itself. */
const PUBLISHED =
  /^(event:(start|end|callEnd)|client:(joinCall|endCall)|transcript|ack|error|assistant|other|user)$/;

it('has the names that the conventions have', async () => {
  const collected = collector();
  await playAll(collected);
  const known = new Set<unknown>(Object.values(conventions));
  const used = new Set(
    [
      ...(await collected.points()).flatMap(({ name, attributes }) => [
        name,
        ...Object.keys(attributes),
      ]),
      ...collected.spans().flatMap(({ attributes }) => Object.keys(attributes)),
    ].filter((name) => !name.startsWith('livecall.')),
  );

  expect(used.size).toBeGreaterThan(8);
  expect([...used].filter((name) => !known.has(name))).toEqual([]);
});

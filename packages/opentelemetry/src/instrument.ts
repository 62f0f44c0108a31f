import { watch } from '@livecall/core';
import type { CallNews, Transport, WatchOptions } from '@livecall/core';
import { metrics, trace } from '@opentelemetry/api';
import type { Attributes, MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { MonoTypeOperatorFunction } from 'rxjs';

import { measureCalls } from './measure-calls.js';
import { measureRelay } from './measure-relay.js';
import type { MeasuredRelay } from './measure-relay.js';
import { measureWorker } from './measure-worker.js';
import type { MeasuredNews } from './measure-worker.js';
import { SCOPE } from './scope.js';
import { traceCalls } from './trace-calls.js';

/** Where it goes to, and what is said of everything. */
export interface InstrumentOptions extends WatchOptions {
  /** Where the metrics go. @default the one that is registered with `@opentelemetry/api` */
  readonly meterProvider?: MeterProvider;
  /** Where the spans go. @default the one that is registered with `@opentelemetry/api` */
  readonly tracerProvider?: TracerProvider;
  /**
   * What stands on every metric and span, `server.address` for one. Of each combination of values a
   * collector keeps all metrics: nothing of one call belongs here. @default {}
   */
  readonly attributes?: Attributes;
}

/** What is put where something is to be measured. */
export interface Instrumentation {
  /**
   * Over a transport that dials, below `liveCall`, `retryConnection` or a relay, and over what a
   * worker of a fleet dials: metrics and spans of its calls.
   */
  calls(transport: Transport): Transport;
  /** Over a transport that `serve` puts behind a server: metrics and spans of its clients. */
  clients(transport: Transport): Transport;
  /** For `onRefused` of `serve` and `relay`: counts the handshakes that are not let in. */
  refused(refused: { readonly status: number }): void;
  /** Measures how much there is of everything in a relay, until what it returns is called. */
  relay(relay: MeasuredRelay): () => void;
  /** Over the news of a fleet's worker: counts its calls, and what became of them. */
  worker<News extends MeasuredNews>(): MonoTypeOperatorFunction<News>;
}

/**
 * Measures and traces calls, servers and workers. What is not put anywhere costs nothing; without an
 * SDK of OpenTelemetry all of it goes nowhere.
 *
 * Nothing that is said in a call, no number, no token and no id is in it, and every label has few
 * values. A call's span begins within the context that is active when it is dialled first.
 *
 * @throws TypeError for an option that cannot be
 * @see docs/opentelemetry.md, which lists the metrics and the spans
 * @example
 * import { liveCall } from '@livecall/core';
 * import { webSocketTransport } from '@livecall/core/node';
 * import { instrument } from '@livecall/opentelemetry';
 *
 * const telemetry = instrument();
 * const transport = webSocketTransport({
 *   url: 'wss://calls.example/ws/v1/liveCalls',
 *   accessToken: () => process.env['LIVECALL_ACCESS_TOKEN'] ?? '',
 *   conversationToken: 'liveConversationToken-of-the-call-log-entry',
 * });
 * const call = liveCall(transport.pipe(telemetry.calls));
 */
export function instrument({
  meterProvider = metrics,
  tracerProvider = trace,
  attributes = {},
  ...watching
}: InstrumentOptions = {}): Instrumentation {
  const meter = meterProvider.getMeter(SCOPE);
  const tracer = tracerProvider.getTracer(SCOPE);
  const toWatched = (role: 'client' | 'server') => {
    const common = { ...attributes, 'livecall.role': role };
    const measure = measureCalls(meter, common);
    const traced = traceCalls(tracer, common);
    return watch((news: CallNews) => {
      measure(news);
      traced(news);
    }, watching);
  };
  const refusals = meter.createCounter('livecall.server.refusals', {
    description: 'Handshakes that a server did not let in',
    unit: '{handshake}',
  });
  return {
    calls: toWatched('client'),
    clients: toWatched('server'),
    refused({ status }) {
      refusals.add(1, { ...attributes, 'http.response.status_code': status });
    },
    relay: (relay) => measureRelay(meter, relay, attributes),
    worker: () => measureWorker(meter, attributes),
  };
}

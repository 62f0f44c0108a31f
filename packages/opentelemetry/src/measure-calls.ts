import type { CallNews } from '@livecall/core';
import type { Attributes, Meter, MetricOptions } from '@opentelemetry/api';

import { toCause } from './to-cause.js';

/** What is kept of a call that is not over. */
interface Measured {
  state: string;
  hasWords: boolean;
  /** Why its last connection ended. */
  cause: Attributes;
}

/** Makes metrics of what happens to calls. */
export function measureCalls(meter: Meter, common: Attributes): (news: CallNews) => void {
  const isServer = common['livecall.role'] === 'server';
  const seconds = (description: string, boundaries: number[]): MetricOptions => ({
    description,
    unit: 's',
    advice: { explicitBucketBoundaries: boundaries },
  });
  const calls = meter.createUpDownCounter('livecall.calls', {
    description: 'Calls that are followed, by the state of their connection',
    unit: '{call}',
  });
  const callDuration = meter.createHistogram(
    'livecall.call.duration',
    seconds('From the first dial of a call until nothing more comes of it', LONG),
  );
  const firstWords = meter.createHistogram(
    'livecall.call.time_to_first_transcript',
    seconds('From the first dial of a call to the first words', SHORT),
  );
  const dialDuration = meter.createHistogram(
    'livecall.dial.duration',
    seconds('From a dial until the connection is open, or came to nothing', SHORT),
  );
  const connectionDuration = meter.createHistogram(
    'livecall.connection.duration',
    seconds('How long connections were open', LONG),
  );
  const reconnects = meter.createCounter('livecall.reconnects', {
    description: 'Dials of a call after the first, by what became of the one before',
    unit: '{dial}',
  });
  const io = meter.createCounter('livecall.network.io', {
    description: 'Bytes of messages, without what the WebSocket adds',
    unit: 'By',
  });
  const consumed = meter.createCounter('messaging.client.consumed.messages', {
    description: 'Messages that were delivered to the application',
    unit: '{message}',
  });
  const sent = meter.createCounter('messaging.client.sent.messages', {
    description: 'Messages that were sent',
    unit: '{message}',
  });
  const undecoded = meter.createCounter('livecall.decode.failures', {
    description: 'Frames that are no message of the protocol',
    unit: '{message}',
  });
  const commandDuration = meter.createHistogram(
    'messaging.client.operation.duration',
    seconds('From a command to its answer, or to the end of its connection', SHORT),
  );
  const late = meter.createCounter('livecall.commands.late', {
    description: 'Commands that were not answered in time',
    unit: '{command}',
  });

  const measured = new Map<number, Measured>();

  const moveTo = (call: Measured, state: string) => {
    if (call.state === state) return;
    calls.add(-1, { ...common, 'livecall.call.state': call.state });
    calls.add(1, { ...common, 'livecall.call.state': state });
    call.state = state;
  };

  /** What a transport hears, its server says: where that is us, we send it. */
  const countMessage = (direction: 'receive' | 'transmit', type: string, bytes: number) => {
    const isReceived = (direction === 'receive') !== isServer;
    (isReceived ? consumed : sent).add(1, {
      ...common,
      'messaging.system.name': SYSTEM,
      'messaging.operation.name': isReceived ? 'receive' : 'send',
      'messaging.operation.type': isReceived ? 'receive' : 'send',
      'livecall.message.type': type,
    });
    countBytes(direction, bytes);
  };

  const countBytes = (direction: 'receive' | 'transmit', bytes: number) => {
    const isReceived = (direction === 'receive') !== isServer;
    io.add(bytes, { ...common, 'network.io.direction': isReceived ? 'receive' : 'transmit' });
  };

  const begin = (call: number): Measured => {
    const begun: Measured = { state: 'connecting', hasWords: false, cause: {} };
    measured.set(call, begun);
    calls.add(1, { ...common, 'livecall.call.state': begun.state });
    return begun;
  };

  return (news) => {
    const call = measured.get(news.call) ?? begin(news.call);
    switch (news.kind) {
      case 'dial':
        if (news.dial > 1) reconnects.add(1, { ...common, ...call.cause });
        break;
      case 'open':
        moveTo(call, 'open');
        dialDuration.record(news.tookMs / 1_000, common);
        break;
      case 'failed':
        moveTo(call, 'reconnecting');
        call.cause = toCause(news);
        dialDuration.record(news.tookMs / 1_000, { ...common, ...call.cause });
        break;
      case 'received':
        countMessage('receive', news.type, news.bytes);
        if (news.isEnd) moveTo(call, 'closing');
        if (news.type === 'transcript' && !call.hasWords) {
          call.hasWords = true;
          firstWords.record(news.at / 1_000, common);
        }
        break;
      case 'undecoded':
        undecoded.add(1, common);
        countBytes('receive', news.bytes);
        break;
      case 'sent':
        countMessage('transmit', news.type, news.bytes);
        break;
      case 'answered':
      case 'unanswered':
        if (news.kind === 'unanswered' && news.why === 'late') {
          late.add(1, { ...common, 'livecall.message.type': news.type });
          break;
        }
        commandDuration.record(news.tookMs / 1_000, {
          ...common,
          'messaging.system.name': SYSTEM,
          'messaging.operation.name': 'send',
          'messaging.operation.type': 'send',
          'livecall.message.type': news.type,
          ...(news.kind === 'unanswered' && { 'error.type': 'unanswered' }),
        });
        break;
      case 'away':
        moveTo(call, 'away');
        break;
      case 'back':
        moveTo(call, 'open');
        break;
      case 'close':
        if (call.state !== 'closing') moveTo(call, 'reconnecting');
        call.cause = toCause(news, news.code);
        connectionDuration.record(news.openMs / 1_000, {
          ...common,
          ...call.cause,
          'livecall.closed_by': news.from,
        });
        break;
      case 'over':
        measured.delete(news.call);
        calls.add(-1, { ...common, 'livecall.call.state': call.state });
        callDuration.record(news.at / 1_000, {
          ...common,
          'livecall.call.outcome': news.outcome,
          ...toCause(news),
        });
        break;
    }
  };
}

const SYSTEM = 'livecall';

const SHORT = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const LONG = [1, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600];

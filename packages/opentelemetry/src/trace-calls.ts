import type { CallNews } from '@livecall/core';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api';

import { toCause } from './to-cause.js';

/** What is kept of a call that is not over. */
interface Traced {
  readonly span: Span;
  readonly within: Context;
  /** Of the last dial. */
  dial: Span | undefined;
  readonly commands: Map<number, Span>;
}

/** Makes spans of what happens to calls: one each, and in it its dials and its commands. */
export function traceCalls(tracer: Tracer, common: Attributes): (news: CallNews) => void {
  const kind = common['livecall.role'] === 'server' ? SpanKind.SERVER : SpanKind.CLIENT;
  const traced = new Map<number, Traced>();

  const begin = (number: number): Traced => {
    const outside = context.active();
    const span = tracer.startSpan('livecall call', { kind, attributes: common }, outside);
    const begun: Traced = {
      ...{ span, within: trace.setSpan(outside, span) },
      ...{ dial: undefined, commands: new Map() },
    };
    traced.set(number, begun);
    return begun;
  };

  return (news) => {
    const call = traced.get(news.call) ?? begin(news.call);
    const { span, within, commands } = call;
    const isRecording = span.isRecording();
    switch (news.kind) {
      case 'dial':
        call.dial = tracer.startSpan(
          'livecall dial',
          {
            kind,
            attributes: {
              ...common,
              'livecall.dial.number': news.dial,
              'livecall.dial.reason': news.reason,
            },
            // The one that it stands in for.
            links: call.dial === undefined ? [] : [{ context: call.dial.spanContext() }],
          },
          within,
        );
        break;
      case 'open':
        call.dial?.end();
        break;
      case 'failed':
        call.dial?.setAttributes({
          ...toCause(news),
          ...(news.system !== undefined && { 'livecall.system_code': news.system }),
        });
        if (news.error !== undefined) call.dial?.setStatus({ code: SpanStatusCode.ERROR });
        call.dial?.end();
        break;
      case 'sent':
        if (news.command === undefined) break;
        commands.set(
          news.command,
          tracer.startSpan(
            `send ${news.type}`,
            {
              kind,
              attributes: {
                ...common,
                'messaging.system.name': 'livecall',
                'messaging.operation.name': 'send',
                'messaging.operation.type': 'send',
                'livecall.message.type': news.type,
              },
              // What it crosses.
              links: call.dial === undefined ? [] : [{ context: call.dial.spanContext() }],
            },
            within,
          ),
        );
        break;
      case 'answered':
        commands.get(news.command)?.setAttribute('livecall.answered_by', news.by).end();
        commands.delete(news.command);
        break;
      case 'unanswered':
        if (news.why === 'late') {
          commands.get(news.command)?.addEvent('late');
          break;
        }
        commands
          .get(news.command)
          ?.setAttribute('error.type', 'unanswered')
          .setStatus({ code: SpanStatusCode.ERROR })
          .end();
        commands.delete(news.command);
        break;
      case 'undecoded':
        if (isRecording) span.addEvent('undecoded', { 'livecall.expected': news.expected });
        break;
      case 'away':
      case 'back':
        span.addEvent(news.kind);
        break;
      case 'close':
        span.addEvent('close', {
          ...toCause(news),
          'livecall.close.code': news.code,
          'livecall.closed_by': news.from,
        });
        break;
      case 'received':
        if (isRecording && news.isEnd) span.addEvent('end');
        break;
      case 'over':
        traced.delete(news.call);
        span.setAttributes({
          ...toCause(news),
          'livecall.call.outcome': news.outcome,
          'livecall.call.dials': news.dial,
        });
        if (news.outcome === 'lost') span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
        break;
    }
  };
}

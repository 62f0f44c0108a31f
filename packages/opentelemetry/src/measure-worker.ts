import type { Attributes, Meter } from '@opentelemetry/api';
import { Observable, tap } from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';

/** As `fleetWorker` of `@livecall/fleet` tells it. */
export interface MeasuredNews {
  readonly kind: string;
  readonly callId?: string;
  readonly outcome?: string;
}

/** Counts the calls of a worker, and what became of them. */
export function measureWorker<News extends MeasuredNews>(
  meter: Meter,
  common: Attributes,
): MonoTypeOperatorFunction<News> {
  const held = meter.createUpDownCounter('livecall.worker.calls', {
    description: 'Calls that a worker of a fleet follows',
    unit: '{call}',
  });
  const jobs = meter.createCounter('livecall.worker.jobs', {
    description: 'Jobs of a fleet that a worker is done with, by what became of them',
    unit: '{job}',
  });
  const troubles = meter.createCounter('livecall.worker.troubles', {
    description: 'Times that the queue of a fleet gave nothing, or calls were not stored',
    unit: '{time}',
  });
  return (news$) =>
    new Observable((subscriber) => {
      const taken = new Set<string>();
      const letGo = (callId: string) => {
        if (taken.delete(callId)) held.add(-1, common);
      };
      // A worker that has ended follows none.
      subscriber.add(() => {
        for (const callId of taken) letGo(callId);
      });
      const count = ({ kind, callId = '', outcome = 'other' }: News) => {
        if (kind === 'taken' && !taken.has(callId)) {
          taken.add(callId);
          held.add(1, common);
        } else if (kind === 'over') {
          letGo(callId);
          jobs.add(1, { ...common, 'livecall.job.outcome': outcome });
        } else if (kind === 'dropped') {
          jobs.add(1, { ...common, 'livecall.job.outcome': 'dropped' });
        } else if (kind === 'trouble') {
          troubles.add(1, common);
        }
      };
      subscriber.add(news$.pipe(tap(count)).subscribe(subscriber));
    });
}

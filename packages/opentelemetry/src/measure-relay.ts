import type { Attributes, Meter } from '@opentelemetry/api';

/** As `relay` of `@livecall/server` gives it. */
export interface MeasuredRelay {
  stats(): {
    readonly pages: number;
    readonly away: number;
    readonly connections: number;
    readonly keptBytes: number;
  };
}

/** Measures how much there is of everything in a relay, as often as a collector asks. */
export function measureRelay(meter: Meter, relay: MeasuredRelay, common: Attributes): () => void {
  /* eslint-disable rxjs-x/finnish -- these are observable by OpenTelemetry */
  const pages = meter.createObservableUpDownCounter('livecall.relay.pages', {
    description: 'Pages that are connected, or away and may be back',
    unit: '{page}',
  });
  const connections = meter.createObservableUpDownCounter('livecall.relay.connections', {
    description: 'Connections of a relay to the platform',
    unit: '{connection}',
  });
  const kept = meter.createObservableUpDownCounter('livecall.relay.kept', {
    description: 'What is kept of what the platform said, for pages that are away',
    unit: 'By',
  });
  /* eslint-enable rxjs-x/finnish */
  const observed = [pages, connections, kept];
  const observe: Parameters<Meter['addBatchObservableCallback']>[0] = (result) => {
    const stats = relay.stats();
    result.observe(pages, stats.pages, { ...common, 'livecall.page.state': 'here' });
    result.observe(pages, stats.away, { ...common, 'livecall.page.state': 'away' });
    result.observe(connections, stats.connections, common);
    result.observe(kept, stats.keptBytes, common);
  };
  meter.addBatchObservableCallback(observe, observed);
  return () => {
    meter.removeBatchObservableCallback(observe, observed);
  };
}

// The runner as Prometheus sees it: what is counted record by record, what is measured when it asks, and the process itself.

import { collectDefaultMetrics, Registry } from 'prom-client';
import { factMetrics } from './fact-metrics.ts';
import type { RunnerFacts } from './facts.ts';
import type { Observer } from './record.ts';
import { recordMetrics } from './record-metrics.ts';

export interface Metrics {
  /** To be called for every record, on the thread that trades: it takes about a microsecond. */
  readonly observe: Observer;
  /** Everything in Prometheus' text format. */
  text(facts: RunnerFacts): Promise<string>;
  readonly contentType: string;
}

/** Returns metrics of their own registry. Values of labels come out of closed sets, or out of this runner's own configuration. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const observe = recordMetrics(registry);
  const setFacts = factMetrics(registry);
  return {
    observe,
    text: (facts) => {
      setFacts(facts);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

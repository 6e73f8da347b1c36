// Figures for Prometheus, counted from what the domain tells.
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Events } from '../domain/events.ts';

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const events = new Counter({
    name: 'latchkey_events_total',
    help: 'What happened, by kind, channel, lane and outcome.',
    labelNames: ['type', 'channel', 'lane', 'outcome'],
    registers: [registry],
  });
  const requests = new Histogram({
    name: 'latchkey_request_seconds',
    help: 'Time to answer a request.',
    labelNames: ['method', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 10],
    registers: [registry],
  });

  const countEvents: Events = {
    emit(event) {
      const { channel = '', lane = '', outcome, why } = event as { channel?: string; lane?: string; outcome?: string; why?: string };
      events.inc({ type: event.type, channel, lane, outcome: outcome ?? why ?? '' });
    },
  };

  return {
    countEvents,
    observeRequest: (method: string, status: number, seconds: number) =>
      requests.observe({ method, status: `${Math.floor(status / 100)}xx` }, seconds),
    read: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}

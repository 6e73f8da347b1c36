// Figures for Prometheus, counted from what the domain tells.
import type { Events } from '../domain/events.ts';

export type Metrics = ReturnType<typeof createMetrics>;

type Figures = Awaited<ReturnType<typeof loadFigures>>;

/** `readable`: where nobody may read the figures, nothing is counted. */
export function createMetrics({ readable }: { readable: boolean }) {
  // With the first thing to count: the package takes as long to load as a web framework, and the start of a node needn't wait for it.
  let loading: Promise<Figures> | undefined;
  const load = () => (loading ??= loadFigures());

  function count(work: (figures: Figures) => void): void {
    if (readable) void load().then(work);
  }

  const countEvents: Events = {
    emit(event) {
      const { channel = '', lane = '', outcome, why } = event as { channel?: string; lane?: string; outcome?: string; why?: string };
      count(({ events }) => events.inc({ type: event.type, channel, lane, outcome: outcome ?? why ?? '' }));
    },
  };

  return {
    countEvents,
    observeRequest: (method: string, status: number, seconds: number) =>
      count(({ requests }) => requests.observe({ method, status: `${Math.floor(status / 100)}xx` }, seconds)),
    async read() {
      const { registry } = await load();
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}

async function loadFigures() {
  const { Counter, collectDefaultMetrics, Histogram, Registry } = await import('prom-client');
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
  return { registry, events, requests };
}

// One line and one figure for each answered request.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Log, maskPath } from './log.ts';
import type { Metrics } from './metrics.ts';

/** Watches a node response, so that it needs to know nothing of what answers it. */
export function createRequestWatch({ log, metrics }: { log: Log; metrics: Metrics }) {
  return (req: IncomingMessage, res: ServerResponse): void => {
    const start = performance.now();
    const path = (req.url ?? '').split('?', 1)[0] ?? '';
    res.once('finish', () => {
      const ms = performance.now() - start;
      metrics.observeRequest(req.method ?? '', res.statusCode, ms / 1000);
      const facts = {
        method: req.method,
        path: maskPath(path),
        status: res.statusCode,
        ms: Math.round(ms),
        requestId: res.getHeader('x-request-id'),
      };
      if (res.statusCode >= 500) log.warn(facts, 'request');
      else log.debug(facts, 'request');
    });
  };
}

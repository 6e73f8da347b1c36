// One line and one figure for each answered request.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Log, maskPath } from './log.ts';
import type { Metrics } from './metrics.ts';

/** Watches a node response, so that it needs to know nothing of what answers it. */
export function createRequestWatch({ log, metrics }: { log: Log; metrics: Metrics }) {
  return (req: IncomingMessage, res: ServerResponse): void => {
    const start = performance.now();
    const { method = '', url = '' } = req;
    res.once('finish', () => {
      const ms = performance.now() - start;
      metrics.observeRequest(method, res.statusCode, ms / 1000);
      const level = res.statusCode >= 500 ? 'warn' : 'debug';
      if (!log.isLevelEnabled(level)) return;
      const path = maskPath(url.split('?', 1)[0] ?? '');
      log[level]({ method, path, status: res.statusCode, ms: Math.round(ms), requestId: res.getHeader('x-request-id') }, 'request');
    });
  };
}

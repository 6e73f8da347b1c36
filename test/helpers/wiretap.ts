// Listens in on all that this process asks over HTTP with fetch: what was answered, when, and how long it took.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** `at`: when it was asked, by `performance.now()`, as `ms` took until the answer's head. Without a status no answer came. */
export type Heard = { method: string; path: string; at: number; ms: number; status?: number; retryAfter?: string };

type Asked = { method: string; path: string };
type Channels = { request: Asked; response?: { statusCode: number; headers: Buffer[] } };

export type Wiretap = ReturnType<typeof startWiretap>;

export function startWiretap() {
  const underWay = new Map<Asked, number>();
  const heard: Heard[] = [];

  function end({ request, response }: Channels): void {
    const at = underWay.get(request);
    if (at === undefined) return;
    underWay.delete(request);
    const entry: Heard = { method: request.method, path: request.path.split('?')[0] ?? '', at, ms: performance.now() - at };
    if (response) {
      const names = response.headers.map(String);
      const found = names.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'retry-after');
      Object.assign(entry, { status: response.statusCode, retryAfter: found < 0 ? undefined : names[found + 1] });
    }
    heard.push(entry);
  }

  const listeners: Record<string, (message: unknown) => void> = {
    'undici:request:create': (message) => void underWay.set((message as Channels).request, performance.now()),
    'undici:request:headers': (message) => end(message as Channels),
    'undici:request:error': (message) => end({ request: (message as Channels).request }),
  };
  for (const [channel, listener] of Object.entries(listeners)) subscribe(channel, listener);

  return {
    /** Everything that has ended, oldest first. */
    heard,
    /** How many that were asked before `moment` have no answer yet. */
    waitingSince: (moment: number) => [...underWay.values()].filter((at) => at < moment).length,
    stop() {
      for (const [channel, listener] of Object.entries(listeners)) unsubscribe(channel, listener);
    },
  };
}

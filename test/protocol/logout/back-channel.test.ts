// The round through the queue of apps that are to be told: it ends with the node, and a store that goes away is no end of the node.
import { expect, test } from '@jest/globals';
import type { Provider } from 'oidc-provider';
import type { LogoutNotices } from '../../../src/domain/logout-notices.ts';
import { createBackChannelLogout } from '../../../src/protocol/logout/back-channel.ts';

const pollSeconds = 0.01;
const inParallel = 20;

/** Of apps that are gone: their notices are only finished. */
function install(notices: Partial<LogoutNotices>) {
  const logout = createBackChannelLogout({
    notices: notices as LogoutNotices,
    postForm: () => Promise.resolve({ status: 200 }),
    events: { emit: () => undefined, on: () => undefined } as never,
    pollSeconds,
  });
  logout.install({ Client: { prototype: {}, find: async () => undefined } } as unknown as Provider);
  return logout;
}

test('a node that stops begins with no further notice, however many are queued', async () => {
  const full = Promise.withResolvers<void>();
  const apps = Promise.withResolvers<void>();
  let begun = 0;
  const logout = install({
    async *listDue() {
      for (let i = 0; i < 1000; i += 1) yield { client: `app${i}`, take: async () => ({ client: `app${i}` }) as never };
    },
    async finish() {
      begun += 1;
      if (begun === inParallel) full.resolve();
      await apps.promise;
      return true;
    },
  });
  await full.promise;
  const closing = logout.close();
  apps.resolve();
  await closing;
  expect(begun).toBe(inParallel);
});

test('a store that goes away while further notices are looked for rejects nothing that nobody waits for', async () => {
  const looking = Promise.withResolvers<void>();
  let rounds = 0;
  const logout = install({
    async *listDue() {
      rounds += 1;
      yield { client: 'app', take: () => Promise.reject(new Error('unavailable')) };
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (rounds > 1) looking.resolve();
      throw new Error('unavailable');
    },
  });
  await looking.promise;
  // Jest fails a test, as Node ends a process, when a rejection is nobody's.
  await expect(logout.close()).resolves.toBeUndefined();
});

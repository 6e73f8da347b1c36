// OpenID Connect Back-Channel Logout 1.0: apps hear that somebody has signed out. The library would post while the person
// waits, and once; here the session's end only queues a notice, which leaves after the answer and again until it has arrived.
import { randomUUID } from 'node:crypto';
import type { Client, Provider } from 'oidc-provider';
import type { Events } from '../../domain/events.ts';
import type { LogoutNotice, LogoutNotices, TakenNotice } from '../../domain/logout-notices.ts';
import type { PostForm } from './outgoing.ts';

type LogoutToken = { mask: object; set(name: string, value: unknown): void; issue(options: { use: 'logout' }): Promise<string> };
type IdToken = new (claims: { sub: string }, context: { client: Client; ctx: undefined }) => LogoutToken;
type ClientPrototype = { backchannelLogout(this: Client, account: string, sid: string): Promise<void> };

const inParallel = 20;
const event = 'http://schemas.openid.net/event/backchannel-logout';

type Deps = { notices: LogoutNotices; postForm: PostForm; events: Events; pollSeconds: number };

export type BackChannelLogout = ReturnType<typeof createBackChannelLogout>;

export function createBackChannelLogout({ notices, postForm, events, pollSeconds }: Deps) {
  const underWay = new Set<Promise<unknown>>();
  let provider: Provider;
  let timer: NodeJS.Timeout | undefined;
  let [polling, closed] = [false, false];

  /** A token of its own for each attempt: an app that knows a `jti` already would refuse it (2.6). */
  async function makeToken(client: Client, { account, sid }: LogoutNotice): Promise<string> {
    const token = new (provider.IdToken as unknown as IdToken)({ sub: account }, { client, ctx: undefined });
    token.mask = { sub: null };
    token.set('events', { [event]: {} });
    token.set('jti', randomUUID());
    if (client.backchannelLogoutSessionRequired) token.set('sid', sid);
    return token.issue({ use: 'logout' });
  }

  /** @returns whether the app could be reached; one that has no address by now is told nothing */
  async function deliver(notice: TakenNotice): Promise<boolean> {
    const client = await provider.Client.find(notice.client);
    const uri = client?.backchannelLogoutUri;
    if (!client || uri === undefined) {
      await notices.finish(notice);
      return true;
    }
    const answer = await postForm(uri, { logout_token: await makeToken(client, notice) });
    if ('status' in answer && [200, 204].includes(answer.status)) {
      await notices.finish(notice);
      events.emit({ type: 'logout_told', client: notice.client });
      return true;
    }
    await notices.postpone(notice);
    events.emit({ type: 'logout_failed', client: notice.client, why: 'failed' in answer ? answer.failed : 'refused' });
    return false;
  }

  /** What the store doesn't answer stays queued. */
  function track(work: Promise<unknown>): void {
    const settled = work.catch(() => {}).finally(() => underWay.delete(settled));
    underWay.add(settled);
  }

  async function deliverByKey(key: string): Promise<void> {
    const notice = await notices.take(key);
    if (notice) await deliver(notice);
  }

  /** An app that can't be reached is left alone for the rest of the round: the others don't wait for it. */
  async function deliverDue(): Promise<void> {
    const unreachable = new Set<string>();
    const batch = new Set<Promise<void>>();
    for await (const { client, take } of notices.listDue()) {
      if (closed) break;
      if (unreachable.has(client)) continue;
      const work = (async () => {
        const notice = await take();
        if (notice && !(await deliver(notice))) unreachable.add(client);
      })().finally(() => batch.delete(work));
      work.catch(() => undefined); // told where the batch is waited for
      batch.add(work);
      if (batch.size >= inParallel) await Promise.race(batch);
    }
    await Promise.all(batch);
  }

  function poll(): void {
    if (polling) return;
    polling = true;
    track(deliverDue().finally(() => (polling = false)));
  }

  return {
    /** From here on sessions' ends are queued, and what is queued leaves. */
    install(target: Provider): void {
      provider = target;
      (target.Client.prototype as unknown as ClientPrototype).backchannelLogout = async function queue(account, sid) {
        const key = await notices.add({ client: this.clientId, account, sid });
        if (underWay.size < inParallel) setImmediate(() => track(deliverByKey(key)));
      };
      timer = setInterval(poll, pollSeconds * 1000).unref();
    },

    /** Waits for what is on its way, no longer than an app may take to answer; what is still queued another node tells, or the next start. */
    async close(): Promise<void> {
      closed = true;
      clearInterval(timer);
      await Promise.all(underWay);
    },
  };
}

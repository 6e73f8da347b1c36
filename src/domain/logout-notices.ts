// Which apps are still to be told that a session has ended: a queue in the store, so that it outlives a node. Whoever takes a
// notice has it alone for a while; a node that dies with it leaves it to the next.
import type { Keys } from '../keys/keys.ts';
import type { Records, Row } from '../storage/port.ts';
import type { Events } from './events.ts';

export type LogoutNotice = { client: string; account: string; sid: string };

/** Seconds each. */
export type NoticeRules = { timeoutSeconds: number; firstRetrySeconds: number; longestRetrySeconds: number; giveUpSeconds: number };

type Contents = LogoutNotice & { since: number; failures: number };
/** In the clear only what a queue is read by. */
type Value = { client: string; dueAt: number; sealed: string };
type NoticeRow = Row<Value> & { key: string };

export type TakenNotice = Contents & { key: string; version: number };

/** What a session holds of its apps. */
export type EndedSession = { accountId?: string; authorizations?: Record<string, { sid?: string }> };

const kind = 'logout-notice';
const pageSize = 100;
const dayMs = 86_400_000;

type Deps = { records: Records; keys: Keys; events: Events; now: () => number; rules: NoticeRules };

export type LogoutNotices = ReturnType<typeof createLogoutNotices>;

export function createLogoutNotices({ records, keys, events, now, rules }: Deps) {
  const valueOf = (key: string, contents: Contents, dueAt: number): Value => ({
    client: contents.client,
    dueAt,
    sealed: keys.seal(contents, `${kind}:${key}`),
  });
  // Only clean-up: giving up is an event.
  const metaOf = ({ since }: Contents) => ({ expiresAt: since + rules.giveUpSeconds * 1000 + dayMs });

  /** One session's end is told to an app once, however often it is said. @returns its key */
  async function add(notice: LogoutNotice): Promise<string> {
    const key = keys.lookup(kind, notice.client, notice.sid);
    const contents = { ...notice, since: now(), failures: 0 };
    await records.insert(kind, key, valueOf(key, contents, now()), metaOf(contents));
    return key;
  }

  /** For every app of a session that has ended, or is just about to; who isn't told at once is within `pollSeconds`. */
  async function addAll({ accountId, authorizations = {} }: EndedSession): Promise<void> {
    if (accountId === undefined) return;
    const apps = Object.entries(authorizations).flatMap(([client, { sid }]) =>
      sid === undefined ? [] : [{ client, account: accountId, sid }],
    );
    await Promise.all(apps.map(add));
  }

  /** @returns undefined if another node was quicker, or it is given up */
  async function takeRow({ key, value, version }: NoticeRow): Promise<TakenNotice | undefined> {
    const contents = keys.open<Contents>(value.sealed, `${kind}:${key}`);
    if (now() - contents.since > rules.giveUpSeconds * 1000) {
      if (await records.remove(kind, key, version)) events.emit({ type: 'logout_given_up', client: contents.client });
      return undefined;
    }
    const leased = valueOf(key, contents, now() + (rules.timeoutSeconds + 2) * 1000);
    if (!(await records.replace(kind, key, leased, version, metaOf(contents)))) return undefined;
    return { ...contents, key, version: version + 1 };
  }

  const isDue = ({ value }: Row<Value>) => value.dueAt <= now();

  async function take(key: string): Promise<TakenNotice | undefined> {
    const row = await records.get<Value>(kind, key);
    return row && isDue(row) ? takeRow({ ...row, key }) : undefined;
  }

  async function* listDue(): AsyncGenerator<{ client: string; take: () => Promise<TakenNotice | undefined> }> {
    for (let after: string | undefined; ;) {
      const { rows, next } = await records.list<Value>(kind, 'all', { limit: pageSize, after });
      for (const row of rows.filter(isDue)) yield { client: row.value.client, take: () => takeRow(row) };
      if (next === undefined) return;
      after = next;
    }
  }

  /** It could not be told; the pauses grow. */
  async function postpone({ key, version, ...contents }: TakenNotice): Promise<void> {
    const pause = Math.min(rules.firstRetrySeconds * 4 ** contents.failures, rules.longestRetrySeconds);
    const failed = { ...contents, failures: contents.failures + 1 };
    await records.replace(kind, key, valueOf(key, failed, now() + pause * 1000), version, metaOf(failed));
  }

  return { add, addAll, take, listDue, postpone, finish: ({ key }: TakenNotice) => records.remove(kind, key) };
}

// Sessions that this node has met: under which key each lay last, and whose it was. Guesses, which save a way to the store: the row that is
// read says whether they are right.
import QuickLRU from 'quick-lru';

export type MetSessions = ReturnType<typeof createMetSessions>;

export function createMetSessions() {
  const keys = new QuickLRU<string, string>({ maxSize: 2048 });
  const accounts = new QuickLRU<string, string>({ maxSize: 2048 });

  return {
    keyOf: (uid: string) => keys.get(uid),
    noteKey: (uid: string, key: string): void => void keys.set(uid, key),
    accountOf: (key: string) => accounts.get(key),
    noteAccount: (key: string, account: string): void => void accounts.set(key, account),
  };
}

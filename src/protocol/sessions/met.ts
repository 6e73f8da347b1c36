// Sessions that this node has met: under which key each lay last, whose it was, and which app asked for it. Guesses, which save a way to
// the store: the row that is read says whether they are right.
import QuickLRU from 'quick-lru';

/** Whose session it was, and for which client. */
export type Met = { account: string; client?: string };

export type MetSessions = ReturnType<typeof createMetSessions>;

export function createMetSessions() {
  const keys = new QuickLRU<string, string>({ maxSize: 2048 });
  const last = new QuickLRU<string, Met>({ maxSize: 2048 });

  return {
    keyOf: (uid: string) => keys.get(uid),
    noteKey: (uid: string, key: string): void => void keys.set(uid, key),
    lastWith: (key: string) => last.get(key),
    noteWith: (key: string, met: Met): void => void last.set(key, met),
  };
}

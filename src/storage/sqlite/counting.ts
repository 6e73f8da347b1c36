// Durable counters: rows whose value is a whole number, added to in one statement.
import type { Rows, Target } from './writing.ts';

export function openCounting({ database, now, recent }: Rows) {
  const bump = database.prepare(
    `INSERT INTO entries (kind, key, value, version, expires_at) VALUES (?, ?, ?, 1, ?)
      ON CONFLICT (kind, key) DO UPDATE SET
        value = CASE WHEN expires_at <= ? THEN excluded.value ELSE CAST(value AS INTEGER) + CAST(excluded.value AS INTEGER) END,
        version = CASE WHEN expires_at <= ? THEN 1 ELSE version + 1 END,
        marked_at = CASE WHEN expires_at <= ? THEN NULL ELSE marked_at END,
        expires_at = CASE WHEN expires_at <= ? THEN excluded.expires_at ELSE expires_at END
      RETURNING value`,
  );

  return {
    bump({ kind, key }: Target, by: number, expiresAt: number | undefined): number {
      const time = now();
      recent.forget(kind, key);
      return Number(bump.get(kind, key, String(by), expiresAt ?? null, time, time, time, time)?.value);
    },
  };
}

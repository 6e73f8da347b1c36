// Refresh tokens of public clients rotate at each use (RFC 9700, 4.14.2). The child's id is derived from the parent's, so
// that fifty parallel refreshes get one child; while the child is unused, a parent may be retried for some seconds (a lost
// answer, two tabs). Every other reuse ends the family.
import { errors, Provider, type KoaContextWithOIDC } from 'oidc-provider';
import type { Events } from '../../domain/events.ts';
import type { Keys } from '../../keys/keys.ts';
import type { Meta, Row, Storage } from '../../storage/port.ts';
import { markOf } from './marks.ts';
import type { Revocation } from './revocation.ts';

type Rules = { retrySeconds: number; idleSeconds: number; familySeconds: number };
type Deps = { storage: Storage; keys: Keys; events: Events; revocation: Revocation; now: () => number; rules: Rules };

export type RefreshRotation = ReturnType<typeof createRefreshRotation>;

const day = 86_400;

export function createRefreshRotation({ storage, keys, events, revocation, now, rules }: Deps) {
  const { records } = storage;
  const keyOf = (id: string) => keys.lookup('RefreshToken', id);
  const childOf = (parent: string) => markOf(parent) + keys.derive('refresh-child', parent);

  async function endFamily(grant: string | undefined): Promise<never> {
    if (grant) await revocation.revokeGrant(grant);
    events.emit({ type: 'grant_revoked', why: 'refresh_reused' });
    throw new errors.InvalidGrant('refresh token already used');
  }

  /** Whether a used parent may be presented again. */
  async function mayRetry(id: string, parent: Row): Promise<boolean> {
    if (parent.markedAt === undefined || now() - parent.markedAt > rules.retrySeconds * 1000) return false;
    const child = await records.get('RefreshToken', keyOf(childOf(id)));
    return child?.markedAt === undefined;
  }

  /** The first writer makes the child; a later one finds it, and finds out if it has been used meanwhile. */
  async function insert(key: string, value: string, meta: Meta): Promise<void> {
    if (await records.insert('RefreshToken', key, value, meta)) return;
    const existing = await records.get('RefreshToken', key);
    if (!existing || existing.markedAt !== undefined) await endFamily(meta.indexes?.grant);
  }

  /** A token that its client keeps lives on from its last use: its row is dated anew, at most once a day. */
  async function extend(token: RefreshTokenFacts): Promise<void> {
    const remaining = token.exp - now() / 1000;
    const lifetime = lifetimeOf(token);
    if (lifetime - remaining < day) return;
    const key = keyOf(token.jti);
    const row = await records.get<string>('RefreshToken', key);
    if (!row) return;
    const place = `RefreshToken:${key}`;
    const payload = { ...keys.open<object>(row.value, place), exp: Math.floor(now() / 1000) + lifetime };
    await records.replace('RefreshToken', key, keys.seal(payload, place), row.version, {
      indexes: row.indexes,
      expiresAt: now() + lifetime * 1000,
    });
  }

  /** Seconds that a token of this family lives if it isn't used: idle time, within the family's absolute life. */
  function lifetimeOf(token: { iiat?: number }): number {
    const spent = token.iiat === undefined ? 0 : Math.floor(now() / 1000) - token.iiat;
    return Math.max(1, Math.min(rules.idleSeconds, rules.familySeconds - spent));
  }

  /** Public clients rotate; sender-constrained and confidential ones keep theirs. */
  async function rotates(ctx: KoaContextWithOIDC): Promise<boolean> {
    const { RefreshToken: token, Client: client } = ctx.oidc.entities;
    if (!token || !client) return false;
    if (client.clientAuthMethod === 'none' && !token.isSenderConstrained()) return true;
    await extend(token as unknown as RefreshTokenFacts);
    return false;
  }

  /** Derives children's ids: the parent is in the request's context while its child is made. */
  function install(provider: Provider): void {
    const prototype = provider.RefreshToken.prototype as unknown as { generateTokenId(): string };
    const random = prototype.generateTokenId;
    prototype.generateTokenId = function generateTokenId(this: unknown) {
      const parent = Provider.ctx?.oidc.entities.RotatedRefreshToken;
      return parent?.jti ? childOf(parent.jti) : random.call(this);
    };
  }

  return { mayRetry, insert, rotates, lifetimeOf, install };
}

type RefreshTokenFacts = { jti: string; exp: number; iiat?: number };

// What clients prove with their own keys: assertions (`private_key_jwt`, RFC 7523) and DPoP (RFC 9449).
import { errors, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import type { Keys } from '../../keys/keys.ts';

type Claims = { aud?: unknown; iat?: unknown; exp?: unknown };

/** Seconds; FAPI 2.0 Security Profile, 5.3.2.1. */
const farFuture = 60;

/** The longest that an assertion may be good for: so long it has to be remembered. */
const longestAssertion = 3600;

/** Unverified; empty where it is no JWT. */
function readClaims(jwt: string): Claims {
  try {
    return Object(JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()));
  } catch {
    return {};
  }
}

export function createClientProofs({ keys, now, rules }: { keys: Keys; now: () => number; rules: { requireNonce: boolean } }) {
  /** The library has checked signature, issuer, expiry, and that the audience is us. */
  function checkAssertion(ctx: KoaContextWithOIDC, { aud, iat, exp }: Claims): void {
    const seconds = now() / 1000;
    if (typeof iat === 'number' && iat > seconds + farFuture) throw new errors.InvalidClientAuth('client assertion issued in the future');
    if (Number(exp) > seconds + longestAssertion) throw new errors.InvalidClientAuth('client assertion lives too long');
    if (ctx.oidc.isFapi('2.0') && aud !== ctx.oidc.issuer)
      throw new errors.InvalidClientAuth('audience (aud) must equal the issuer identifier url');
  }

  /**
   * The library takes proofs of five minutes ahead. It asks whether a nonce is required before it looks at the proof: one that
   * can't be read is left for it to refuse.
   */
  function refuseFutureProof(ctx: KoaContextWithOIDC): void {
    const { iat } = readClaims(ctx.get('DPoP'));
    if (ctx.oidc.isFapi('2.0') && typeof iat === 'number' && iat > now() / 1000 + farFuture)
      throw new errors.InvalidDpopProof('DPoP proof issued in the future');
  }

  function requireNonce(ctx: KoaContextWithOIDC): boolean {
    refuseFutureProof(ctx);
    return rules.requireNonce;
  }

  // All nodes tell and take the same nonces.
  const nonceSecret = Buffer.from(keys.derive('dpop-nonce'), 'base64url');

  return {
    checkAssertion,
    dPoP: { enabled: true, nonceSecret, requireNonce } satisfies NonNullable<Configuration['features']>['dPoP'],
  };
}

export type ClientProofs = ReturnType<typeof createClientProofs>;

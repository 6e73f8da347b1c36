// JSON Web Tokens by hand, so that a test can make wrong ones, too: signed and verified with node's own cryptography.
import { constants, createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';

export type Alg = 'ES256' | 'RS256' | 'PS256' | 'EdDSA' | 'Ed25519' | 'HS256' | 'none';
export type Claims = Record<string, unknown>;
export type KeyPair = { alg: Alg; kid: string; privateKey: KeyObject; jwk: Claims };

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part = ''): Claims => JSON.parse(Buffer.from(part, 'base64url').toString());

const options = (alg: Alg, key: KeyObject) => ({
  key,
  ...(alg === 'ES256' ? { dsaEncoding: 'ieee-p1363' as const } : {}),
  ...(alg === 'PS256' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {}),
});
const digestOf = (alg: Alg) => (alg.startsWith('Ed') ? undefined : 'sha256');

let count = 0;

export function makeKeyPair(alg: Alg = 'ES256'): KeyPair {
  count += 1;
  const { privateKey, publicKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : alg.startsWith('Ed')
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = `key-${count}`;
  return { alg, kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' } };
}

/** `header` is laid over what the key says. */
export function signJwt({ alg, kid, privateKey }: KeyPair, payload: Claims, header: Claims = {}): string {
  const signed = `${encode({ alg, kid, ...header })}.${encode(payload)}`;
  return `${signed}.${sign(digestOf(alg), Buffer.from(signed), options(alg, privateKey)).toString('base64url')}`;
}

/** @throws where no key of the set made the signature */
export function verifyJwt(token: string, keys: readonly Claims[]): { header: Claims; payload: Claims } {
  const [head, body, signature = ''] = token.split('.');
  const header = decode(head);
  const jwk = keys.find(({ kid }) => kid === header.kid);
  const alg = header.alg as Alg;
  if (!jwk) throw new Error(`no key ${String(header.kid)}`);
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const signed = Buffer.from(`${head}.${body}`);
  if (!verify(digestOf(alg), signed, options(alg, key), Buffer.from(signature, 'base64url'))) throw new Error('the signature is wrong');
  return { header, payload: decode(body) };
}

/** RFC 7638, as `cnf.jkt` and `dpop_jkt` hold it. */
export function thumbprint({ kty, crv, x, y, n, e }: Claims): string {
  const required = kty === 'RSA' ? { e, kty, n } : kty === 'OKP' ? { crv, kty, x } : { crv, kty, x, y };
  return createHash('sha256').update(JSON.stringify(required)).digest('base64url');
}

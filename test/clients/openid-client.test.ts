// openid-client, unmodified, in the app of its guide; and with keys, pushed requests and bound tokens.
import { webcrypto } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type * as client from 'openid-client';
import { makeKeyPair } from '../helpers/jwt.ts';
import { decodeJwt } from '../helpers/relying-party.ts';
import { testApp } from './journey.ts';
import { openSetUp, type SetUp, startApp, visit } from './set-up.ts';

type Checks = { expectedState: string; expectedNonce: string; pkceCodeVerifier: string };
type Tokens = client.TokenEndpointResponse & client.TokenEndpointResponseHelpers;
type KeyClient = {
  start(): Promise<{ url: URL; checks: Checks }>;
  finish(callback: URL, checks: Checks): Promise<Tokens>;
  refresh(token: string): Promise<Tokens>;
  userinfo(token: string, sub: string): Promise<Record<string, unknown>>;
};

const cache = join(import.meta.dirname, '../../.cache/clients');

describe('openid-client', () => {
  let setUp: SetUp;
  let app: Awaited<ReturnType<typeof startApp>>;
  const pair = makeKeyPair('ES256');

  beforeAll(async () => {
    setUp = await openSetUp('openid-client', () => ({ 'node-keys': { jwks: { keys: [pair.jwk] } } }));
    const command = [process.execPath, '--input-type=module', '--eval', setUp.block('js')];
    app = await startApp(command, { url: setUp.app, env: setUp.environment });
  });
  afterAll(async () => {
    await app?.close();
    await setUp?.close();
  });

  testApp(() => setUp);

  test('with private_key_jwt, a pushed request and DPoP a person signs in and is refreshed, and the token is of no use to others', async () => {
    const key = await webcrypto.subtle.importKey(
      'pkcs8',
      pair.privateKey.export({ format: 'der', type: 'pkcs8' }),
      { name: 'ECDSA', namedCurve: 'P-256' },
      false,
      ['sign'],
    );
    // Where a program of ours finds its packages, and nobody else looks.
    mkdirSync(cache, { recursive: true });
    const module = join(cache, `key-client-${process.pid}.mjs`);
    writeFileSync(module, setUp.block('js', 1));
    const { openKeyClient } = (await import(module).finally(() => rmSync(module))) as {
      openKeyClient(options: object): Promise<KeyClient>;
    };
    const party = await openKeyClient({ issuer: setUp.program.issuer, key, kid: pair.kid });
    const { url, checks } = await party.start();
    expect([...url.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri']);
    const visitor = visit(setUp.program, setUp.app);
    const { location = '' } = await visitor.atProvider(url.href);
    const tokens = await party.finish(new URL(location), checks);
    const claims = tokens.claims();
    expect(claims).toMatchObject({ iss: setUp.program.issuer, aud: 'node-keys' });
    const refreshed = await party.refresh(tokens.refresh_token ?? '');
    expect(refreshed.access_token).not.toBe(tokens.access_token);
    expect(decodeJwt(refreshed.id_token ?? '')).toMatchObject({ sub: claims?.sub });
    expect(await party.userinfo(refreshed.access_token, claims?.sub ?? '')).toMatchObject({ email: visitor.person.email });
    const stolen = await fetch(`${setUp.program.issuer}/oidc/userinfo`, { headers: { authorization: `Bearer ${refreshed.access_token}` } });
    expect(stolen.status).toBe(401);
  });
});

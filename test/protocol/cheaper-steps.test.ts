// What is made cheaper in the library is still there to be found, and does what it did. A new version that names its steps otherwise fails here.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { errors, Provider } from 'oidc-provider';
// @ts-expect-error -- no types
import rejectStructuredTokens from 'oidc-provider/lib/shared/reject_structured_tokens.js';
import { withCheaperSteps } from '../../src/protocol/cheaper-steps.ts';
import { spareStacksOfRefusals } from '../../src/protocol/quiet-refusals.ts';

type Seen = { path: string; own: PropertyDescriptor | undefined; isRequest: boolean };

const credentials = { client_id: 'api', client_secret: 'secret' };
const features = { devInteractions: { enabled: false }, introspection: { enabled: true, allowedPolicy: () => true } };
const seen: Seen[] = [];

async function listenWith(provider: Provider): Promise<{ server: Server; origin: string }> {
  provider.use(async (ctx, next) => {
    await next();
    seen.push({ path: ctx.path, own: Object.getOwnPropertyDescriptor(ctx, 'oidc'), isRequest: ctx.oidc?.ctx === ctx });
  });
  const server = createServer(provider.callback());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const construct = () =>
  new Provider('http://127.0.0.1', { clients: [{ ...credentials, redirect_uris: [], grant_types: [], response_types: [] }], features });

let cheap: Awaited<ReturnType<typeof listenWith>>;
let own: Awaited<ReturnType<typeof listenWith>>;
beforeAll(async () => {
  // Of the keys and the store that nobody needs here.
  jest.spyOn(console, 'warn').mockReturnValue();
  cheap = await listenWith(withCheaperSteps(construct));
  own = await listenWith(construct());
});
afterAll(() => {
  cheap.server.close();
  own.server.close();
});

describe('a request of the library', () => {
  it('knows its context by a plain property, which lets it go', async () => {
    const paths = ['/jwks', '/me', '/.well-known/openid-configuration'];
    for (const path of paths) await fetch(cheap.origin + path);
    expect(seen.map(({ own: descriptor, isRequest }) => [descriptor?.get, isRequest])).toEqual(paths.map(() => [undefined, true]));
  });

  it('is left as it is in a provider that was made without', async () => {
    seen.length = 0;
    await fetch(`${own.origin}/jwks`);
    expect(seen).toMatchObject([{ path: '/jwks', own: { get: expect.any(Function) } }]);
  });

  it.each([
    ['an opaque token', 'lkat_of-nobody', 200],
    ['a JWT', 'eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmVk', 400],
    ['what has dots and is none', 'a.b.c', 200],
    ['nothing', '', 400],
  ])('that asks about %s is answered as by the library', async (_, token, status) => {
    const ask = async (origin: string) => {
      const answer = await fetch(`${origin}/token/introspection`, { method: 'POST', body: new URLSearchParams({ ...credentials, token }) });
      return [answer.status, await answer.text()];
    };
    const answer = await ask(cheap.origin);
    expect([answer, answer[0]]).toEqual([await ask(own.origin), status]);
  });

  it('has its token looked at by the step that is made cheaper', () => {
    expect((rejectStructuredTokens as () => unknown).name).toBe('rejectStructuredTokens');
  });
});

describe('an error', () => {
  beforeAll(spareStacksOfRefusals);
  const framesOf = (error: Error) => error.stack?.split('\n').filter((line) => /^\s+at /.test(line)).length ?? 0;

  it('that refuses a token says what it said, without the way there', () => {
    const error = new errors.InvalidToken('access token not found');
    expect([framesOf(error), error.message, error.error_detail, error.status]).toEqual([0, 'invalid_token', 'access token not found', 401]);
    expect(error instanceof errors.OIDCProviderError && error instanceof Error).toBe(true);
  });

  it.each([new TypeError('a bug'), new errors.InvalidRequest('a mistake'), new errors.InvalidGrant('a grant')])(
    'that is none keeps it: %p',
    (error) => {
      expect(framesOf(error)).toBeGreaterThan(1);
    },
  );

  it('is none the worse for it being asked for twice', () => {
    spareStacksOfRefusals();
    const { stack } = new Error('later');
    expect([framesOf(new errors.InvalidToken('again')), framesOf({ stack } as Error) > 1]).toEqual([0, true]);
  });
});

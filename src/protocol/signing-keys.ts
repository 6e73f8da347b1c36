// Lets the library sign and publish with keys that change while it runs.
import type { Provider } from 'oidc-provider';
// @ts-expect-error -- no types: it is the function with which the library's constructor reads `jwks`.
import readJwks from 'oidc-provider/lib/helpers/initialize_keystore.js';
import type { Jwks, LiveSigningKeys } from '../keys/signing/live.ts';

type Reader = (this: Provider, jwks: Jwks) => void;

/**
 * The library makes its key store once, when it is constructed, and has no word for another one. Its own reader is called again: it
 * checks the keys, and replaces the key store and the published set, each as a whole. A request takes the key, its id and its algorithm
 * from one of them in one turn of the event loop, so that none gets half of each. A new Provider behind a mount that delegates would do,
 * too, but everything that holds on to a provider (pages, listeners, patched models) would have to learn to let go of it.
 */
export function followSigningKeys(provider: Provider, signingKeys: LiveSigningKeys, cacheSeconds: number): void {
  signingKeys.follow((jwks) => (readJwks as Reader).call(provider, jwks));
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.oidc?.route === 'jwks' && ctx.status === 200) ctx.set('Cache-Control', `public, max-age=${cacheSeconds}`);
  });
}

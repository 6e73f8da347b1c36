// Everything this app says to Latchkey: begin a sign-in, finish it, refresh its tokens, sign out.
import * as client from 'openid-client';
import { Refusal } from './problems.ts';
import type { SignInRequest } from './requests.ts';

/** Kept between sending the person away and their coming back. */
export type PendingSignIn = { codeVerifier: string; nonce: string; startedAt: number; fresh: boolean };

export type SignedIn = {
  idToken: string;
  claims: client.IDToken;
  userinfo: client.UserInfoResponse;
  refreshToken?: string;
  /** Seconds since the epoch. */
  accessTokenExpiresAt: number;
};

export type OpenIdSettings = { issuer: string; clientId: string; clientSecret: string; redirectUri: string; postLogoutRedirectUri: string };

export function createOpenId(settings: OpenIdSettings) {
  const issuer = new URL(settings.issuer);
  let discovered: Promise<client.Configuration> | undefined;

  /** Asked for when first needed, as the provider may start after this app. A failure is not kept, so the next use tries again. */
  function configuration(): Promise<client.Configuration> {
    discovered ??= client
      .discovery(issuer, settings.clientId, undefined, client.ClientSecretBasic(settings.clientSecret), {
        timeout: 5,
        // OpenID Connect lets TLS vouch for an ID token from the token endpoint; its signature is checked here all the same.
        execute: isLoopback(issuer)
          ? [client.enableNonRepudiationChecks, client.allowInsecureRequests]
          : [client.enableNonRepudiationChecks],
      })
      .catch((error: unknown) => {
        discovered = undefined;
        throw new Refusal('unreachable', { cause: error });
      });
    return discovered;
  }

  /** Tokens are worth nothing until userinfo answers for the same person; `subject` also ties a refresh to the first sign-in. */
  async function describe(config: client.Configuration, tokens: Tokens, before?: SignedIn): Promise<SignedIn> {
    const claims = tokens.claims() ?? before?.claims;
    const idToken = tokens.id_token ?? before?.idToken;
    if (!claims || !idToken || (before && before.claims.sub !== claims.sub)) throw new Refusal('untrusted_answer');
    return {
      idToken,
      claims,
      userinfo: await client.fetchUserInfo(config, tokens.access_token, claims.sub),
      refreshToken: tokens.refresh_token ?? before?.refreshToken,
      accessTokenExpiresAt: Math.floor(Date.now() / 1000) + (tokens.expiresIn() ?? 0),
    };
  }

  return {
    async begin({ parameters }: SignInRequest): Promise<{ state: string; pending: PendingSignIn; location: URL }> {
      const config = await configuration();
      const state = client.randomState();
      const nonce = client.randomNonce();
      const codeVerifier = client.randomPKCECodeVerifier();
      const location = client.buildAuthorizationUrl(config, {
        ...parameters,
        redirect_uri: settings.redirectUri,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      });
      return { state, location, pending: { codeVerifier, nonce, startedAt: Date.now() / 1000, fresh: parameters.prompt === 'login' } };
    },

    /** Checks `iss`, `state`, `nonce`, PKCE and the ID token, and trades the code for tokens. */
    async finish(currentUrl: URL, state: string, pending: PendingSignIn): Promise<SignedIn> {
      const config = await configuration();
      const tokens = await client.authorizationCodeGrant(config, currentUrl, {
        expectedState: state,
        expectedNonce: pending.nonce,
        pkceCodeVerifier: pending.codeVerifier,
        idTokenExpected: true,
      });
      // The request went through the person's browser, where `prompt=login` can be taken out of it. 60 s for clocks that differ.
      if (pending.fresh && (tokens.claims()?.auth_time ?? 0) < pending.startedAt - 60) throw new Refusal('not_fresh');
      return describe(config, tokens);
    },

    async refresh(signedIn: SignedIn): Promise<SignedIn> {
      const config = await configuration();
      return describe(config, await client.refreshTokenGrant(config, signedIn.refreshToken ?? ''), signedIn);
    },

    /** Where to send the browser so that the session at Latchkey ends too; it comes back with `state`. */
    async signOutUrl({ idToken }: SignedIn, state: string): Promise<URL> {
      return client.buildEndSessionUrl(await configuration(), {
        id_token_hint: idToken,
        post_logout_redirect_uri: settings.postLogoutRedirectUri,
        state,
      });
    },
  };
}

type Tokens = Awaited<ReturnType<typeof client.authorizationCodeGrant>>;

/** Plain http is for a provider on this very machine, and for nothing else. */
function isLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

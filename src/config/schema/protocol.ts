// Sign-in rules, sessions, tokens and clients.
import { z } from 'zod';
import { count, flag, group, seconds, setting } from './setting.ts';

export const signIn = group({
  phoneAlone: flag(true, 'Whether a phone code alone signs in where nothing beyond `openid phone` is asked.'),
  declineAgainDays: count(30, 'How long "Not now" holds before a client may make us ask again.'),
  deviceDays: count(400, 'How long a browser that has signed in stays known.'),
});

export const protocol = group({
  profile: setting(
    z.enum(['standard', 'fapi2']).default('standard'),
    '`fapi2`: the FAPI 2.0 Security Profile for every client; `PROFILE=fapi2` sets all that belongs to it ([fapi.md](relying-parties/fapi.md)).',
  ),
  jarm: flag(false, 'Whether clients may ask for signed authorization responses (`response_mode=jwt`, JARM).'),
  requestCharacters: count(
    8192,
    'How long the parameters of one authorization request may be that has to be kept: while somebody signs in, pushed, or a device’s.',
  ),
  dpopNonceRequired: flag(false, 'Whether DPoP proofs must carry a nonce of ours (RFC 9449, 8). They may anyway.'),
});

export const lifetimes = group({
  sessionSeconds: seconds(1_209_600, 'A session, absolute (14 days).'),
  sharedComputerSeconds: seconds(3600, 'A session on a shared computer, at most; it also ends with the browser.'),
  interactionSeconds: seconds(1800, 'A sign-in under way.'),
  authorizationCodeSeconds: seconds(60, 'An authorization code.'),
  accessTokenSeconds: seconds(3600, 'An opaque access token; its grant is loaded at each use.'),
  jwtAccessTokenSeconds: seconds(600, 'A JWT access token, which nothing can take back (10 minutes); a resource may say otherwise.'),
  idTokenSeconds: seconds(600, 'An ID token.'),
  refreshTokenIdleSeconds: seconds(2_592_000, 'A refresh token that is not used (30 days).'),
  refreshTokenSeconds: seconds(31_536_000, 'A family of refresh tokens, absolute (1 year).'),
  refreshRetrySeconds: seconds(10, 'How long a rotated refresh token may be retried while its child is unused.'),
});

export const clients = group({
  file: setting(
    z.string().min(1).optional(),
    'A JSON array of client metadata (OpenID Connect Registration names); `client_secret` plain, or `client_secret_sha256` (hex).',
    { env: 'CLIENTS_FILE', path: true },
  ),
});

export const registration = group({
  enabled: flag(false, 'Whether clients may register themselves, and manage what they registered (RFC 7591, RFC 7592).'),
  invited: flag(true, 'Whether a registration needs an initial access token, as `npm run latchkey -- clients invite` prints them.'),
  maxClients: count(1000, 'How many clients may have registered themselves, at most.'),
  perHour: count(60, 'How many clients may register themselves within an hour, in the whole deployment.'),
});

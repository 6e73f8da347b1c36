// What a request leaves in the store before anybody has signed in: no longer than it has to be, and no longer kept than somebody
// is at it. A stranger may begin as many as they like.
import { type AdapterPayload, errors, Provider } from 'oidc-provider';
import type { Expiring } from '../../storage/port.ts';

const pushed = 'PushedAuthorizationRequest';

/** Models that keep the parameters of a request. */
const keeping = new Set(['Interaction', pushed, 'DeviceCode']);

/** The library keeps what was pushed as a request object, also where it came as parameters: what counts is what it says. */
const lengthOf = ({ request, params }: AdapterPayload): number =>
  typeof request === 'string' ? Math.floor(((request.split('.')[1] ?? '').length * 3) / 4) : JSON.stringify(params ?? {}).length;

/**
 * @param characters how long the parameters may be, as JSON
 * @throws invalid_request
 */
export function refuseLongRequest(model: string, payload: AdapterPayload, characters: number): void {
  if (keeping.has(model) && lengthOf(payload) > characters)
    throw new errors.InvalidRequest(`the request is too long: more than ${characters} characters`);
}

/**
 * What could only be refused after the browser has come, or the person has typed the device's code, is refused at once (RFC 9126,
 * 2.1; RFC 8628, 3.2).
 * @throws invalid_scope
 */
export function refuseWithoutOpenid(): void {
  const { route = '', params } = Provider.ctx?.oidc ?? {};
  if (!['pushed_authorization_request', 'device_authorization'].includes(route)) return;
  const scopes = typeof params?.scope === 'string' ? params.scope.split(' ') : [];
  if (!scopes.includes('openid')) throw new errors.InvalidScope('openid is required', 'openid');
}

/**
 * A pushed request is consumed when the sign-in that it began has ended, and has to be there until then; one that nobody opens
 * goes with its minute.
 * @param until milliseconds since the epoch; `now` as well
 */
export async function keepPushedRequest(expiring: Expiring, key: string, { until, now }: { until: number; now: number }): Promise<void> {
  for (;;) {
    const row = await expiring.get<string>(pushed, key);
    // Another browser that has opened it, too, may need it for longer.
    if (!row || (row.expiresAt ?? 0) >= until) return;
    if (await expiring.replace(pushed, key, row.value, row.version, Math.ceil((until - now) / 1000))) return;
  }
}

/** What a sign-in finds whose pushed request is not there any more: nobody knows whether it was used, so it was. */
export function takeForUsed(model: string, id: string, now: number): AdapterPayload | undefined {
  const resumed = (Provider.ctx?.oidc.entities.Interaction as { parJti?: string } | undefined)?.parJti;
  return model === pushed && resumed === id ? { jti: id, kind: pushed, consumed: Math.floor(now / 1000) } : undefined;
}

// What a request leaves in the store before anybody has signed in: no longer than it has to be, and no longer kept than somebody
// is at it. A stranger may begin as many as they like.
import { type AdapterPayload, errors } from 'oidc-provider';
import type { Expiring } from '../../storage/port.ts';

/** Models that keep the parameters of a request. */
const keeping = new Set(['Interaction', 'PushedAuthorizationRequest', 'DeviceCode']);

/**
 * @param characters how long the parameters may be, as JSON or as a request object
 * @throws invalid_request
 */
export function refuseLongRequest(model: string, { request, params }: AdapterPayload, characters: number): void {
  if (!keeping.has(model)) return;
  const said = typeof request === 'string' ? request : JSON.stringify(params ?? {});
  if (said.length > characters) throw new errors.InvalidRequest(`the request is too long: more than ${characters} characters`);
}

/**
 * A pushed request is consumed when the sign-in that it began has ended, and has to be there until then; one that nobody opens
 * goes with its minute.
 * @param seconds from now on
 */
export async function keepPushedRequest(expiring: Expiring, key: string, seconds: number): Promise<void> {
  const kind = 'PushedAuthorizationRequest';
  const row = await expiring.get<string>(kind, key);
  // Another browser that has opened it, too, was quicker: it is kept.
  if (row) await expiring.replace(kind, key, row.value, row.version, seconds);
}

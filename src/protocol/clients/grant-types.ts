// A client that asks for a grant of a type that it isn't registered for is unauthorized_client (RFC 6749, 5.2); the library says only
// that its request is invalid.
import { errors, Provider } from 'oidc-provider';
import { deviceGrant } from './client.ts';

type Prototype = { grantTypeAllowed(type: string): boolean };

/** The type that the request under way asks for. */
function askedType(): unknown {
  const { route, params } = Provider.ctx?.oidc ?? {};
  if (route === 'device_authorization') return deviceGrant;
  return route === 'token' ? params?.grant_type : undefined;
}

export function refuseOtherGrants(provider: Provider): void {
  const prototype = provider.Client.prototype as unknown as Prototype;
  const isAllowed = prototype.grantTypeAllowed;
  prototype.grantTypeAllowed = function grantTypeAllowed(type) {
    const allowed = isAllowed.call(this, type);
    // Asked about other types, too, which is no refusal.
    if (!allowed && type === askedType()) throw new errors.UnauthorizedClient('requested grant type is not allowed for this client');
    return allowed;
  };
}

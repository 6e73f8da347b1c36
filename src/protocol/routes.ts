// Where the protocol's endpoints are. Discovery names them, so clients never need to know.
import { devicePath } from './device-flow.ts';

export const routes = {
  authorization: '/oidc/authorize',
  token: '/oidc/token',
  userinfo: '/oidc/userinfo',
  jwks: '/oidc/jwks',
  introspection: '/oidc/introspect',
  revocation: '/oidc/revoke',
  pushed_authorization_request: '/oidc/par',
  end_session: '/oidc/sign-out',
  registration: '/oidc/register',
  device_authorization: '/oidc/device-authorization',
  code_verification: devicePath,
} as const;

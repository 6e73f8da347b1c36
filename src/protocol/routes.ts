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

const forPrograms = [
  routes.token,
  routes.userinfo,
  routes.introspection,
  routes.revocation,
  routes.pushed_authorization_request,
  routes.registration,
  routes.device_authorization,
];

/** What people never see: JSON is all that is read there, whatever a program's library says that it accepts. */
export const isForPrograms = (path: string): boolean => forPrograms.some((each) => path === each || path.startsWith(`${each}/`));

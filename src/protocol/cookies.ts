// Names and attributes of the protocol's cookies. `__Host-` only where the path is `/`: browsers drop it with another one.

export function cookieSettings(issuer: string) {
  const secure = issuer.startsWith('https:');
  const options = { httpOnly: true, sameSite: 'lax', secure, signed: true, overwrite: true } as const;
  return {
    names: {
      session: secure ? '__Host-session' : 'session',
      interaction: secure ? '__Secure-interaction' : 'interaction',
      resume: secure ? '__Secure-resume' : 'resume',
    },
    long: { ...options, path: '/' },
    short: options,
  };
}

/** The known-browser cookie, on every page of the sign-in. */
export function deviceCookie(issuer: string, days: number) {
  const secure = issuer.startsWith('https:');
  return {
    name: secure ? '__Host-device' : 'device',
    options: { httpOnly: true, sameSite: 'lax', secure, signed: false, path: '/', maxAge: days * 86_400_000 } as const,
  };
}

/** Which app a sign-in was for, kept longer than the sign-in itself: its dead ends lead back there. The path is the interaction's. */
export function appCookie(issuer: string) {
  const secure = issuer.startsWith('https:');
  return {
    name: secure ? '__Secure-app' : 'app',
    options: { httpOnly: true, sameSite: 'lax', secure, signed: false, maxAge: 7_200_000 } as const,
  };
}

// What tells one person's rows from another's: ids that are drawn, and the keys that hang on them.
import { createHash } from 'node:crypto';
import type { Keys } from '../../src/keys/keys.ts';
import { clients } from '../site.ts';

export type Ids = { account: string; email: string; session: string; uid: string; sid: string; grant: string };
export type Names = Ids & { emailKey: string; sessionKey: string; uidKey: string; grantKey: string; consentKey: string };

/** As src hangs them: a person whose rows lie elsewhere is not found, and the bench stops at the first sign-in. */
export function nameKeys(keys: Keys, ids: Ids): Names {
  return {
    ...ids,
    emailKey: keys.lookup('email', ids.email),
    sessionKey: keys.lookup('Session', ids.session),
    uidKey: keys.lookup('uid', ids.uid),
    grantKey: keys.lookup('Grant', ids.grant),
    consentKey: keys.lookup('consent', ids.account, clients.web.client_id),
  };
}

/** The nth person; the same in every store. Ids look like drawn ones, and are as long. */
export function inventIds(nth: number, like: Ids): Ids {
  const draw = (what: 'account' | 'session' | 'uid' | 'sid' | 'grant') =>
    createHash('sha512').update(`${what} ${nth}`).digest('base64url').slice(0, like[what].length);
  return {
    email: emailOf(nth),
    account: draw('account'),
    session: draw('session'),
    uid: draw('uid'),
    sid: draw('sid'),
    grant: draw('grant'),
  };
}

export const emailOf = (nth: number): string => `resident-${nth}@example.com`;

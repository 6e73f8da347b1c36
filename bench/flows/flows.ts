// Everything that is measured. A flow is opened once per connection (people sign in who are needed) and then run again and again.
import { openBrowser } from '../load/browser.ts';
import type { Connection } from '../load/connection.ts';
import { api, clients, type Site } from '../site.ts';
import { askToken, askUserinfo, basic, expectJson, signIn, type Tokens } from './relying-party.ts';

export type Flow = {
  name: string;
  title: string;
  /**
   * @param people who take turns, where the flow is of people who are signed in
   * @returns what is measured
   * @throws {NotSupported} where the contender can't do it
   */
  open(site: Site, connection: Connection, people: number): Promise<() => Promise<void>>;
};

/** Expected: the row says so. */
export class NotSupported extends Error {}

/** Expected: there is nobody left to run the flow, which ends what is measured. */
export class Exhausted extends Error {}

let met = 0;
const meetPerson = () => `person-${process.pid}-${(met += 1)}@example.com`;

type Party = { site: Site; connection: Connection; params?: Record<string, string> };

/** People take turns. */
function inTurn<T>(list: readonly T[], run: (one: T) => Promise<void>): () => Promise<void> {
  let turn = 0;
  return () => run(list[(turn += 1) % list.length]!);
}

async function signInPeople(people: number, { site, connection, params = {} }: Party) {
  const signedIn: Awaited<ReturnType<typeof signIn>>[] = [];
  while (signedIn.length < people) signedIn.push(await signIn(site, connection, { person: meetPerson(), params }));
  return signedIn;
}

const fullSignIn: Flow = {
  name: 'sign-in',
  title: 'full sign-in of a new person',
  open: async (site, connection) => async () => {
    await signIn(site, connection, { person: meetPerson() });
  },
};

const liveSession: Flow = {
  name: 'live-session',
  title: 'sign-in on a live session',
  async open(site, connection, people) {
    return inTurn(await signInPeople(people, { site, connection }), async ({ browser }) => {
      await signIn(site, connection, { browser });
    });
  },
};

const refresh: Flow = {
  name: 'refresh',
  title: 'refresh',
  async open(site, connection, people) {
    const signedIn = await signInPeople(people, { site, connection, params: { scope: 'openid email offline_access', prompt: 'consent' } });
    const families = signedIn.map(({ tokens }) => ({ current: tokens.refresh_token ?? '' }));
    return inTurn(families, async (family) => {
      const fields = { grant_type: 'refresh_token', refresh_token: family.current };
      const answer = await askToken(site, connection, { as: clients.web, fields });
      family.current = expectJson<Tokens>(answer, 'id_token').refresh_token ?? family.current;
    });
  },
};

const clientCredentials: Flow = {
  name: 'client-credentials',
  title: 'client credentials, JWT',
  async open(site, connection) {
    const fields = { grant_type: 'client_credentials', resource: api.resource, scope: api.scope };
    const ask = async () => askToken(site, connection, { as: clients.machine, fields });
    if ((await ask()).status !== 200) throw new NotSupported();
    return async () => {
      const token = expectJson<Tokens>(await ask(), 'access_token').access_token;
      if (token.split('.').length !== 3) throw new Error('an access token that is no JWT');
    };
  },
};

const userinfo: Flow = {
  name: 'userinfo',
  title: 'userinfo',
  async open(site, connection, people) {
    return inTurn(await signInPeople(people, { site, connection }), ({ tokens }) => askUserinfo(site, connection, tokens.access_token));
  },
};

const introspection: Flow = {
  name: 'introspection',
  title: 'introspection',
  async open(site, connection, people) {
    return inTurn(await signInPeople(people, { site, connection }), async ({ tokens }) => {
      const body = new URLSearchParams({ token: tokens.access_token }).toString();
      const headers = { Accept: 'application/json', ...basic(clients.web) };
      const answer = await connection.send({ method: 'POST', path: site.endpoints.introspection, headers, body });
      expectJson(answer, 'sub');
    });
  },
};

const comeBack: Flow = {
  name: 'return',
  title: 'sign-in of somebody who has an account, on a new browser',
  open: async (site, connection) => async () => {
    const person = site.residents?.drawEmail();
    if (person === undefined) throw new Exhausted();
    await signIn(site, connection, { person });
  },
};

const residentSession: Flow = {
  name: 'any-session',
  title: "sign-in on anybody's live session",
  open: async (site, connection) => async () => {
    const browser = openBrowser(connection, site.origin, site.residents?.drawSession());
    await signIn(site, connection, { browser });
  },
};

/** What shows how cost grows with accounts: people are picked at random, so that no cache knows them. */
export const growthFlows: readonly Flow[] = [fullSignIn, comeBack, residentSession];

export const flows: readonly Flow[] = [fullSignIn, liveSession, refresh, clientCredentials, userinfo, introspection];

// Whether a request needs the consent page, and the Grant that is built anew from the consent record at each sign-in.
import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import { type Account, findAddress } from '../../domain/accounts/account.ts';
import type { Consent, Consents } from '../../domain/consents/consents.ts';
import { type Item, itemClaims, itemNames, listItems } from '../../domain/consents/items.ts';
import { isPermission, readPermission, type Resources } from '../../domain/resources.ts';
import { recordOf } from '../account.ts';
import { generationHere } from '../sessions/generations.ts';
import { perRequest } from '../per-request.ts';
import type { NewGrants } from '../tokens/new-grants.ts';
import { readRequest } from './request.ts';

export type ConsentCheck = ReturnType<typeof createConsentCheck>;

/** What the consent page leaves in the interaction's result. */
export type ConsentResult = { account: string };

/** What a grant says. */
type Content = { scope: string; claims: string[]; permissions: { resource: string; scope: string }[] };

type Standing = { consent?: Consent; mustAsk: boolean };

type Deps = { consents: Consents; resources: Resources; saveNew: NewGrants; now: () => number; rules: { familySeconds: number } };

export function createConsentCheck({ consents, resources, saveNew, now, rules }: Deps) {
  /** First-party clients skip the page: the operator has agreed on everybody's behalf, but for what a person has declined. */
  async function grantImplicitly(account: Account, client: string, items: readonly Item[]): Promise<Consent> {
    const consent = await consents.find(account.id, client);
    const missing = consents.listOpen(consent, items, account);
    if (consent?.since !== undefined && missing.length === 0) return consent;
    const pin = (channel: 'email' | 'phone') =>
      (findAddress(account, channel, consent?.addresses[channel] ?? 'none') ?? findAddress(account, channel))?.key;
    const addresses = { email: pin('email'), phone: pin('phone') };
    const subject = { account: account.id, client, seen: consent ?? ('none' as const) };
    return consents.decide(subject, { granted: missing.map(({ name }) => name), declined: {}, addresses });
  }

  async function judge({ oidc }: KoaContextWithOIDC): Promise<Standing> {
    const account = recordOf(oidc.account);
    const client = oidc.client;
    if (!account || !client) return { mustAsk: false };
    const request = readRequest(oidc.params ?? {}, now());
    const items = [...listItems(request), ...resources.listPermissions(request)];
    if (client.consent === 'implicit') return { mustAsk: false, consent: await grantImplicitly(account, client.clientId, items) };
    const consent = await consents.find(account.id, client.clientId);
    // What one person agreed to says nothing about another who signed in later in the same request.
    if ((oidc.result?.consent as ConsentResult | undefined)?.account === account.id) return { mustAsk: false, consent };
    if (consent?.since === undefined || oidc.prompts.has('consent')) return { mustAsk: true, consent };
    // A number that isn't there can't be shared: what the person declined to prove is not asked on the consent page.
    const shareable = consents
      .listOpen(consent, items, account)
      .filter(({ name, essential }) => essential || !['phone', 'phone_pseudonym'].includes(name) || findAddress(account, 'phone'));
    const silent = oidc.prompts.has('none');
    return { mustAsk: shareable.some(({ essential }) => essential || !silent), consent };
  }

  const standingOf = perRequest(judge);

  /** A grant says what the consent says, whatever this request asks: tokens are cut to their own scope anyway. */
  function contentOf({ granted }: Consent): Content {
    const own = itemNames.filter((name) => granted.includes(name));
    return {
      scope: ['openid', ...own].join(' '),
      claims: own.flatMap((name) => itemClaims[name]),
      permissions: granted.filter(isPermission).map(readPermission),
    };
  }

  /** The resources' scopes are compared one by one: a permission that was added later needs a grant of its own. */
  const says = (grant: Grant, { scope, permissions }: Content) =>
    grant.getOIDCScope() === scope &&
    permissions.every((each) => grant.getResourceScope(each.resource).split(' ').includes(each.scope)) &&
    Object.values(grant.resources ?? {}).flatMap((scopes) => scopes.split(' ')).length === permissions.length;

  async function loadGrant(ctx: KoaContextWithOIDC) {
    const { oidc } = ctx;
    const { consent, mustAsk } = await standingOf(ctx);
    if (!consent || mustAsk || !oidc.account || !oidc.client || !oidc.session) return undefined;
    const content = contentOf(consent);
    const grantId = oidc.session.grantIdFor(oidc.client.clientId);
    const alive = grantId === undefined ? undefined : await oidc.provider.Grant.find(grantId);
    // A family of refresh tokens may begin late in a session: its grant has to last as long as it.
    const seconds = oidc.requestParamScopes.has('offline_access') ? rules.familySeconds : 0;
    const lasts = alive !== undefined && alive.remainingTTL >= seconds;
    if (lasts && alive.accountId === oidc.account.accountId && says(alive, content)) return alive;
    const grant = new oidc.provider.Grant({ accountId: oidc.account.accountId, clientId: oidc.client.clientId });
    Object.assign(grant, { generation: generationHere(ctx) });
    grant.addOIDCScope(content.scope);
    grant.addOIDCClaims(content.claims);
    for (const { resource, scope } of content.permissions) grant.addResourceScope(resource, scope);
    return saveNew(ctx, grant, grantId);
  }

  return {
    mustAsk: async (ctx: KoaContextWithOIDC) => (await standingOf(ctx)).mustAsk,
    loadGrant,
  };
}

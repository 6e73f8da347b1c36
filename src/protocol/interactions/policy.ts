// When the library has to ask the person: our own checks in place of those that would loop or forget (see architecture).
import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { chooseAcr, listAmr } from '../../domain/assurance.ts';
import type { SignInFlow } from '../../domain/sign-in/sign-ins.ts';
import { recordOf } from '../account.ts';
import type { ConsentCheck } from './consent-check.ts';
import { dropForeignProofs, forgetAccount, proofsOf, takeOverProofs } from '../sessions/proofs.ts';
import { readRequest } from './request.ts';

const { Check, Prompt, base } = interactionPolicy;

type Deps = { flow: SignInFlow; consentCheck: ConsentCheck; now: () => number };

/** `acr` and `amr` of this very answer, from the session's proofs. */
function assure(ctx: KoaContextWithOIDC, asked: readonly string[]): void {
  const proofs = proofsOf(ctx.oidc.session);
  Object.defineProperties(ctx.oidc, {
    acr: { value: chooseAcr(proofs, asked), configurable: true },
    amr: { value: listAmr(proofs), configurable: true },
  });
}

/** Asks for a sign-in once; what it could not bring is an error for the client, never a loop. */
function createProofCheck({ flow, now }: Deps) {
  return new Check('proofs_missing', 'the session has not proven what is asked', 'login_required', async (ctx) => {
    const { oidc } = ctx;
    const request = readRequest(oidc.params ?? {}, now());
    if (!request.scopes.includes('openid')) throw new errors.InvalidScope('openid is required', 'openid');
    if (flow.isUnmeetable(request)) throw new errors.UnmetAuthenticationRequirements('none of the requested acr values can be reached');
    takeOverProofs(ctx);
    const account = recordOf(oidc.account);
    if (account) dropForeignProofs(oidc.session, account);
    assure(ctx, request.acrValues);
    if (!oidc.session?.accountId) return Check.NO_NEED_TO_PROMPT; // the library's own check asks
    if (!account) {
      // Gone, disabled or signed out since the session, or this very sign-in, began: whoever comes next begins with nothing.
      forgetAccount(oidc.session);
      return Check.REQUEST_PROMPT;
    }
    if (oidc.result?.login) {
      if (request.acrEssential && !request.acrValues.includes(oidc.acr)) {
        throw new errors.UnmetAuthenticationRequirements('the requested acr was not reached');
      }
      return Check.NO_NEED_TO_PROMPT;
    }
    const silent = oidc.prompts.has('none');
    const satisfied = await flow.isSatisfied(request, { account, proofs: proofsOf(oidc.session) }, silent);
    return satisfied ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
  });
}

/**
 * Any program of the device can say that it is a native app without a secret, and hear at the app's own scheme, or at a port of
 * loopback: nothing is handed over there unless the person has done something on the way (RFC 8252, 8.6). At an https address
 * the system has made sure of the app.
 */
function createNativeAppCheck() {
  return new Check(
    'native_client_prompt',
    'anybody can be this app: the person has to go on by hand',
    'interaction_required',
    ({ oidc }) => {
      const { client, params, session, result } = oidc;
      const isSure = client?.applicationType !== 'native' || client.clientAuthMethod !== 'none';
      const outward = typeof params?.redirect_uri === 'string' && !params.redirect_uri.startsWith('https:');
      return !isSure && outward && session?.accountId && !result ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT;
    },
  );
}

/** The library reads the hint (and verifies it) when a request begins, and has forgotten it once the person has signed in. */
function recallHint({ oidc }: KoaContextWithOIDC): void {
  const hint = oidc.params?.id_token_hint;
  if (typeof hint !== 'string' || oidc.entities.IdTokenHint) return;
  const [header = {}, payload = {}] = hint.split('.', 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  oidc.entity('IdTokenHint', { header, payload });
}

/** The library would ask again and again while somebody else than the hinted person signs in. */
function askOnlyOnce(check: InstanceType<typeof Check>): void {
  const inner = check.check;
  check.check = async (ctx) => {
    recallHint(ctx);
    const failed = await inner(ctx);
    if (failed && ctx.oidc.result?.login) throw new errors.LoginRequired(check.description);
    return failed;
  };
}

export function createPolicy(deps: Deps) {
  const policy = base();
  const login = policy.get('login');
  const consent = policy.get('consent');
  if (!login || !consent) throw new Error('the protocol library has lost its login or consent prompt');

  login.checks.remove('essential_acrs');
  login.checks.remove('essential_acr');
  login.checks.add(createProofCheck(deps));
  for (const reason of ['id_token_hint', 'claims_id_token_sub_value']) {
    const check = login.checks.get(reason);
    if (check) askOnlyOnce(check);
  }

  for (const reason of ['native_client_prompt', 'op_scopes_missing', 'op_claims_missing', 'rs_scopes_missing'])
    consent.checks.remove(reason);
  consent.checks.add(
    new Check('consent_missing', 'the person has not agreed to what is asked', 'consent_required', async (ctx) => {
      return (await deps.consentCheck.mustAsk(ctx)) ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT;
    }),
  );

  policy.add(new Prompt({ name: 'select_account', requestable: true }), 0);
  // Initiating User Registration 1.0: whoever proves an address has an account, so it is a sign-in in other words.
  policy.add(new Prompt({ name: 'create', requestable: true }), 1);
  // The last one: where anything else was asked, the person has gone on by hand.
  policy.add(new Prompt({ name: 'native_app', requestable: false }, createNativeAppCheck()));
  return policy;
}

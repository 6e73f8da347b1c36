// The seam between the library's interactions and our pages: read one, finish it, or give it up.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Client, errors, type InteractionResults, type Provider } from 'oidc-provider';
import { AppError } from '../errors.ts';
import { generationOf } from '../domain/accounts/account.ts';
import type { Proof } from '../domain/proofs.ts';
import type { SignInRequest } from '../domain/sign-in/needs.ts';
import type { Settled } from '../domain/sign-in/settle.ts';
import { type App, describeApp } from './clients.ts';
import type { ConsentResult } from './consent-check.ts';
import { generationIn } from './generations.ts';
import { type LoginResult, proofsOf } from './proofs.ts';
import { type Params, readRequest } from './request.ts';

export type LiveSession = { account: string; generation: number; proofs: Proof[]; loginTs: number; sharedComputer: boolean };

export type Interaction = {
  uid: string;
  /** What its pages' addresses are made with. */
  name: string;
  prompt: 'login' | 'consent' | 'select_account' | 'create';
  params: Params;
  request: SignInRequest;
  client: Client;
  app: App;
  /** Milliseconds since the epoch. */
  startedAt: number;
  expiresAt: number;
  session?: LiveSession;
};

/** Reasons to ask although somebody is signed in: the client means another person, whose sign-in can't begin with this session. */
const meansAnother = ['id_token_hint', 'claims_id_token_sub_value', 'create_prompt'];

/** The node request and response that carry the interaction's cookie. */
export type Exchange = { req: IncomingMessage; res: ServerResponse };

/**
 * The library begins a new interaction for each prompt. All of one request share the first one's pages' addresses, and with
 * them its cookie's path, so that "back" and other tabs find the prompt that the request has come to.
 */
export function nameOf({ uid, lastSubmission }: { uid: string; lastSubmission?: InteractionResults }): string {
  return typeof lastSubmission?.name === 'string' ? lastSubmission.name : uid;
}

export type Interactions = ReturnType<typeof createInteractions>;

export function createInteractions({ provider }: { provider: Provider }) {
  async function read({ req, res }: Exchange) {
    try {
      return await provider.interactionDetails(req, res);
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) throw error;
      const foreign = error.error_description === 'interaction session id cookie not found';
      throw new AppError(foreign ? 'interaction_foreign' : 'interaction_gone', {}, { cause: error });
    }
  }

  async function findSession(uid: string | undefined): Promise<LiveSession | undefined> {
    const session = uid === undefined ? undefined : await provider.Session.findByUid(uid);
    if (!session?.accountId) return undefined;
    return {
      account: session.accountId,
      generation: generationIn(session),
      proofs: proofsOf(session),
      loginTs: session.loginTs ?? 0,
      sharedComputer: Boolean((session as { transient?: boolean }).transient),
    };
  }

  /** @throws {AppError} interaction_foreign (no cookie of it in this browser), interaction_gone */
  async function find(exchange: Exchange, name: string): Promise<Interaction> {
    const details = await read(exchange);
    if (nameOf(details) !== name) throw new AppError('interaction_foreign');
    const { params } = details;
    const client = await provider.Client.find(String(params.client_id));
    if (!client) throw new AppError('interaction_gone');
    const startedAt = details.iat * 1000;
    return {
      uid: details.uid,
      name,
      prompt: details.prompt.name as Interaction['prompt'],
      params,
      request: readRequest(params, startedAt),
      client,
      app: describeApp(client, provider.issuer),
      startedAt,
      expiresAt: details.exp * 1000,
      session: details.prompt.reasons.some((reason) => meansAnother.includes(reason)) ? undefined : await findSession(details.session?.uid),
    };
  }

  /** The app of a sign-in that this browser can't go on with: all that a stranger with the link may learn of it. */
  async function findApp(uid: string, clientId: string | undefined): Promise<App | undefined> {
    const id = clientId ?? (await provider.Interaction.find(uid))?.params.client_id;
    const client = typeof id === 'string' ? await provider.Client.find(id) : undefined;
    return client && describeApp(client, provider.issuer);
  }

  /** A phone step added to a live session keeps the time of its sign-in, unless a new sign-in was asked for. */
  function loginOf({ session, request }: Interaction, { account, proofs, sharedComputer }: Settled): LoginResult {
    const goesOn = session?.account === account.id && request.freshSince === undefined && session.proofs.length > 0;
    return {
      accountId: account.id,
      ts: goesOn ? session.loginTs : Math.floor(Math.max(...proofs.map(({ at }) => at)) / 1000),
      remember: !sharedComputer,
      proofs,
      generation: generationOf(account),
      since: request.freshSince,
    };
  }

  /** @returns where the browser goes next */
  function finish({ req, res }: Exchange, { name, prompt }: Interaction, result: InteractionResults): Promise<string> {
    const mergeWithLastSubmission = !(prompt === 'consent' && result.login);
    return provider.interactionResult(req, res, { ...result, name }, { mergeWithLastSubmission });
  }

  function finishSignIn(exchange: Exchange, interaction: Interaction, settled: Settled): Promise<string> {
    // A prompt of its own is answered by the sign-in that it has led to.
    const choice = ['select_account', 'create'].includes(interaction.prompt) ? { [interaction.prompt]: {} } : {};
    return finish(exchange, interaction, { login: loginOf(interaction, settled), ...choice });
  }

  const finishConsent = (exchange: Exchange, interaction: Interaction, account: string) => {
    const consent: ConsentResult = { account };
    return finish(exchange, interaction, { consent });
  };
  const finishChoice = (exchange: Exchange, interaction: Interaction) => finish(exchange, interaction, { select_account: {} });

  /** "Don't allow", "Cancel": the app hears `access_denied` (RFC 6749, 4.1.2.1). */
  function deny({ req, res }: Exchange, description: string): Promise<string> {
    return provider.interactionResult(req, res, { error: 'access_denied', error_description: description });
  }

  return { find, findApp, finishSignIn, finishConsent, finishChoice, deny };
}

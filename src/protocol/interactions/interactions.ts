// The seam between the library's interactions and our pages: read one, finish it, or give it up.
import type { Context } from 'koa';
import type { Client, InteractionResults, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { AppError } from '../../errors.ts';
import { generationOf } from '../../domain/accounts/account.ts';
import type { Proof } from '../../domain/proofs.ts';
import type { SignInRequest } from '../../domain/sign-in/needs.ts';
import type { SignInFlow } from '../../domain/sign-in/sign-ins.ts';
import type { Settled } from '../../domain/sign-in/settle.ts';
import { createInteractionReader, type Exchange, type StoredInteraction } from './reader.ts';
import { type App, describeApp } from '../clients/client.ts';
import type { ConsentResult } from './consent-check.ts';
import { generationIn } from '../sessions/generations.ts';
import { type LoginResult, proofsOf } from '../sessions/proofs.ts';
import { type Params, readRequest } from './request.ts';

export type LiveSession = { account: string; generation: number; proofs: Proof[]; loginTs: number; sharedComputer: boolean };

export type Interaction = {
  uid: string;
  /** What its pages' addresses are made with. */
  name: string;
  prompt: 'login' | 'consent' | 'select_account' | 'create' | 'native_app';
  params: Params;
  request: SignInRequest;
  client: Client;
  app: App;
  /** Milliseconds since the epoch. */
  startedAt: number;
  expiresAt: number;
  session?: LiveSession;
  /** Where the browser goes on, once the prompt was answered: a second click finds it so. */
  answered?: string;
  /** The library's. */
  stored: StoredInteraction;
};

/** Reasons to ask although somebody is signed in: the client means another person, whose sign-in can't begin with this session. */
const meansAnother = ['id_token_hint', 'claims_id_token_sub_value', 'create_prompt'];

/**
 * The library begins a new interaction for each prompt. All of one request share the first one's pages' addresses, and with
 * them its cookie's path, so that "back" and other tabs find the prompt that the request has come to.
 */
export function nameOf({ uid, lastSubmission }: { uid: string; lastSubmission?: InteractionResults }): string {
  return typeof lastSubmission?.name === 'string' ? lastSubmission.name : uid;
}

export const urlOf = (interaction: { uid: string; lastSubmission?: InteractionResults }) => `/interaction/${nameOf(interaction)}`;

/**
 * What a consent begins with, or a sign-in where nobody is signed in, is known here: the browser goes there at once. The
 * library takes the path of the interaction's cookie from `urlOf`, which all pages share.
 */
export function skipDispatcher(ctx: Context, entryOf: SignInFlow['entryOf']): void {
  const interaction = (ctx as Partial<KoaContextWithOIDC>).oidc?.entities.Interaction;
  if (!interaction || ctx.response.get('Location') !== urlOf(interaction)) return;
  const { prompt, session, params, iat } = interaction;
  if (prompt.name === 'consent') ctx.set('Location', `${urlOf(interaction)}/consent`);
  else if (isSignIn(prompt.name) && !session?.uid) {
    ctx.set('Location', `${urlOf(interaction)}/${entryOf(readRequest(params, iat * 1000))}`);
  }
}

/** A prompt that nothing but a sign-in can answer. */
export const isSignIn = (prompt: string) => prompt === 'login' || prompt === 'create';

/** One that whoever is signed in answers by going on as they are. */
export const isChoice = (prompt: string) => prompt === 'select_account' || prompt === 'native_app';

export type Interactions = ReturnType<typeof createInteractions>;

export function createInteractions({ provider }: { provider: Provider }) {
  const read = createInteractionReader(provider);

  const asLive = (session: InstanceType<Provider['Session']>): LiveSession => ({
    account: session.accountId ?? '',
    generation: generationIn(session),
    proofs: proofsOf(session),
    loginTs: session.loginTs ?? 0,
    sharedComputer: Boolean((session as { transient?: boolean }).transient),
  });

  /** @throws {AppError} interaction_foreign (no cookie of it in this browser), interaction_gone */
  async function find(exchange: Exchange, name: string): Promise<Interaction> {
    const { stored, session } = await read(exchange);
    if (nameOf(stored) !== name) throw new AppError('interaction_foreign');
    const { params, prompt } = stored;
    const client = await provider.Client.find(String(params.client_id));
    if (!client) throw new AppError('interaction_gone');
    const startedAt = stored.iat * 1000;
    return {
      uid: stored.uid,
      name,
      prompt: prompt.name as Interaction['prompt'],
      params,
      request: readRequest(params, startedAt),
      client,
      app: describeApp(client, provider.issuer),
      startedAt,
      expiresAt: stored.exp * 1000,
      session: session && !prompt.reasons.some((reason) => meansAnother.includes(reason)) ? asLive(session) : undefined,
      answered: stored.result && stored.returnTo,
      stored,
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
  async function answer({ stored }: Interaction, result: InteractionResults): Promise<string> {
    stored.result = result;
    await stored.persist();
    return stored.returnTo;
  }

  /** What the request's earlier prompts have come to goes along, unless somebody else has signed in since. */
  function finish(interaction: Interaction, result: InteractionResults): Promise<string> {
    const { name, prompt, stored } = interaction;
    const earlier = prompt === 'consent' && result.login ? {} : stored.lastSubmission;
    return answer(interaction, { ...earlier, ...result, name });
  }

  function finishSignIn(interaction: Interaction, settled: Settled): Promise<string> {
    // A prompt of its own is answered by the sign-in that it has led to.
    const choice = isChoice(interaction.prompt) || interaction.prompt === 'create' ? { [interaction.prompt]: {} } : {};
    return finish(interaction, { login: loginOf(interaction, settled), ...choice });
  }

  const finishConsent = (interaction: Interaction, account: string) => {
    const consent: ConsentResult = { account };
    return finish(interaction, { consent });
  };
  const finishChoice = (interaction: Interaction) => finish(interaction, { [interaction.prompt]: {} });

  /** "Don't allow", "Cancel": the app hears `access_denied` (RFC 6749, 4.1.2.1). */
  const deny = (interaction: Interaction, description: string) =>
    answer(interaction, { error: 'access_denied', error_description: description });

  return { find, findApp, finishSignIn, finishConsent, finishChoice, deny };
}

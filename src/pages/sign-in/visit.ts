// A visit: one request to a page of a sign-in, with the interaction, the stored state and the browser it comes from.
import type { Context, Middleware } from 'koa';
import type { Device, Devices } from '../../domain/devices.ts';
import type { Browser } from '../../domain/sign-in/addresses.ts';
import type { SignIn } from '../../domain/sign-in/sign-in.ts';
import type { SignInFlow, SignInStep } from '../../domain/sign-in/sign-ins.ts';
import { AppError } from '../../errors.ts';
import type { Keys } from '../../keys/keys.ts';
import { formatClock, type Translate, translator } from '../../locales/index.ts';
import { type Interaction, type Interactions, isSignIn } from '../../protocol/interactions/interactions.ts';
import { guardForm, seeOther } from '../form.ts';
import type { Renderer, Setting } from '../render.ts';

export type Visit = {
  ctx: Context;
  interaction: Interaction;
  /** `/interaction/<name>`: all prompts of one request share it. */
  base: string;
  browser: Browser;
  t: Translate;
  /** The language's variant for dates and times. */
  regional: string;
  /** What a page of this visit is rendered with. */
  setting: Setting;
};

export type SignInVisit = Visit & { signIn: SignIn; step: SignInStep };

export type VisitDeps = {
  interactions: Interactions;
  flow: SignInFlow;
  devices: Devices;
  renderer: Renderer;
  keys: Keys;
  issuer: string;
  cookie: { name: string; options: object };
  appCookie: { name: string; options: object };
};

export type Visits = ReturnType<typeof createVisits>;

export function createVisits({ interactions, flow, devices, renderer, keys, issuer, cookie, appCookie }: VisitDeps) {
  function readDevice(ctx: Context): Device {
    const given = ctx.cookies.get(cookie.name, { signed: false });
    const device = devices.read(given);
    if (devices.write(device) !== given) keepDevice(ctx, device);
    return device;
  }

  function keepDevice(ctx: Context, device: Device): void {
    ctx.cookies.set(cookie.name, devices.write(device), cookie.options);
  }

  /** A dead end of a sign-in leads back to its app: this browser's cookie remembers it, or the sign-in is still there. */
  async function findInteraction(ctx: Context, name: string): Promise<Interaction> {
    const remembered = ctx.cookies.get(appCookie.name, { signed: false });
    try {
      const interaction = await interactions.find(ctx, name);
      const { clientId } = interaction.client;
      if (remembered !== clientId) ctx.cookies.set(appCookie.name, clientId, { ...appCookie.options, path: `/interaction/${name}` });
      return interaction;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      ctx.state.app = await interactions.findApp(name, remembered);
      // Its own cookie ends with the sign-in; the other one, or coming back from its end, tells that it was this browser's.
      const ended = error.code === 'interaction_foreign' && (remembered !== undefined || ctx.query.resumed !== undefined);
      throw ended ? new AppError('interaction_gone', {}, { cause: error }) : error;
    }
  }

  const nameIn = (ctx: Context) => String((ctx as { params?: { uid?: string } }).params?.uid);

  async function open(ctx: Context): Promise<Visit> {
    const name = nameIn(ctx);
    const interaction = await findInteraction(ctx, name);
    ctx.state.app = interaction.app;
    ctx.state.uiLocales = interaction.params.ui_locales;
    if (ctx.method === 'POST') guardForm(ctx, { issuer, keys, token: renderer.formToken(name) });
    const locale = renderer.localeOf(ctx, interaction.params.ui_locales);
    const base = `/interaction/${name}`;
    const client = interaction.app;
    return {
      ctx,
      interaction,
      base,
      browser: { device: readDevice(ctx), wording: { locale, clientName: client.name } },
      t: translator(locale),
      regional: renderer.regionalOf(ctx, locale, interaction.params.ui_locales),
      setting: { locale, formOf: name, base, client, appElsewhere: interaction.stored.deviceCode !== undefined },
    };
  }

  const toDispatcher = ({ ctx, base }: Visit) => seeOther(ctx, base);

  /** A page that needs no sign-in under way: consent, the account chooser, cancel. */
  function onVisit(handle: (visit: Visit) => Promise<void>): Middleware {
    return async (ctx) => handle(await open(ctx));
  }

  /** A request's first prompt has its name, and nearly every sign-in belongs to one: it is asked for while the interaction is. */
  async function openWithSignIn(ctx: Context): Promise<{ visit: Visit; underWay?: SignIn }> {
    const name = nameIn(ctx);
    const early = flow.find(name);
    early.catch(() => undefined); // told where it is waited for
    const visit = await open(ctx);
    const { uid } = visit.interaction;
    return { visit, underWay: await (uid === name ? early : flow.find(uid)) };
  }

  type Begin = (visit: Visit, underWay: SignIn | undefined) => SignIn | undefined;
  const goOn: Begin = (_, underWay) => underWay;

  /** Where nobody is signed in, the protocol sends the browser to the first page without asking the dispatcher. */
  const begin: Begin = ({ interaction }, underWay) => {
    const { uid, request, expiresAt, prompt, session, answered } = interaction;
    if (underWay || session || answered !== undefined || !isSignIn(prompt)) return underWay;
    return flow.draft({ interaction: uid, request, expiresAt });
  };

  /** A page of one step: whoever comes at another time goes to the dispatcher, which knows the next step. */
  function onStep(isMine: (visit: SignInVisit) => boolean, handle: (visit: SignInVisit) => Promise<void>, start = goOn): Middleware {
    return async (ctx) => {
      const { visit, underWay } = await openWithSignIn(ctx);
      const signIn = start(visit, underWay);
      if (!signIn) return toDispatcher(visit);
      const step = await flow.stepOf(signIn);
      const signInVisit = { ...visit, signIn, step };
      if (!isMine(signInVisit)) return toDispatcher(visit);
      try {
        await handle(signInVisit);
      } catch (error) {
        // The other of two clicks has ended it meanwhile, or it is really gone: the dispatcher can tell.
        if (!(error instanceof AppError) || error.code !== 'interaction_gone') throw error;
        toDispatcher(visit);
      }
    };
  }

  /** A page that a sign-in may begin with. */
  const onEntry: typeof onStep = (isMine, handle) => onStep(isMine, handle, begin);

  return { onVisit, onStep, onEntry, toDispatcher, keepDevice };
}

/** The words for what was wrong with a field, for the page that is shown again; what isn't the person's to mend is thrown on. */
export function explain({ t, regional }: Visit, error: unknown, field: string) {
  if (!(error instanceof AppError) || ![422, 429].includes(error.status)) throw error;
  const { channel, retryAt } = error.details;
  const time = retryAt === undefined ? '' : formatClock(regional, retryAt);
  return {
    status: error.status,
    error: { code: error.code, field, message: t(`errors.${error.code}`, { ...error.details, time, context: channel }) },
  };
}

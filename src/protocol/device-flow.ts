// Device flow (RFC 8628): somebody signs in here for a device that has no browser. The library speaks the protocol; what it
// leaves open is decided here: guessing user codes is limited, one browser claims a code, and a device polls no faster than told.
import { type DeviceCode, errors, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { type Item, listItems } from '../domain/consents/items.ts';
import type { Resources } from '../domain/resources.ts';
import { formatUserCode, tidyUserCode, userCodeMask, type UserCodeTries } from '../domain/user-codes.ts';
import type { Proof } from '../domain/proofs.ts';
import { AppError } from '../errors.ts';
import type { Keys } from '../keys/keys.ts';
import type { Expiring } from '../storage/port.ts';
import { proofsOf } from './sessions/proofs.ts';
import { readRequest } from './interactions/request.ts';

/** Typed by hand, so short. */
export const devicePath = '/device';

/** Who is signed in in the browser, and by what. */
type SignedIn = { account: string; proofs: Proof[] };

type Form = { action: string; xsrf: string; userCode: string };

/** The pages of a code's way; `linked`: the code came with the link that the device showed. */
export type DevicePages = {
  enterUserCode(ctx: KoaContextWithOIDC, form: Form & { linked: boolean }, error?: AppError): Promise<void>;
  confirmDevice(ctx: KoaContextWithOIDC, form: Form & { items: Item[]; uiLocales: unknown; session?: SignedIn }): Promise<void>;
  deviceStopped(ctx: KoaContextWithOIDC): Promise<void>;
  deviceConnected(ctx: KoaContextWithOIDC): Promise<void>;
};

type ShowError = (ctx: KoaContextWithOIDC, out: { error: string; error_description?: string }, error: Error) => Promise<void>;

export type DeviceFlowRules = { pollSeconds: number; codeSeconds: number };

type Deps = {
  expiring: Expiring;
  keys: Keys;
  resources: Pick<Resources, 'listPermissions'>;
  tries: UserCodeTries;
  rules: DeviceFlowRules;
  pages: DevicePages & { error: ShowError };
};

/** The request, the library's own form, and what was wrong. */
type LibraryForm = [ctx: KoaContextWithOIDC, form: string, out?: { error: string }, error?: Error];

type Code = InstanceType<typeof DeviceCode> & { userCode: string; inFlight?: boolean; error?: string; consumed?: unknown };
type Find<A extends unknown[]> = (...args: A) => Promise<Code | undefined>;
type Statics = { findByUserCode: Find<[string, object?]>; find: Find<[string, object?]> };

export type DeviceFlow = ReturnType<typeof createDeviceFlow>;

/** What the library found wrong with a code, in our words; undefined: something else went wrong. */
function explain(error: Error & { userCode?: string }): AppError | undefined {
  if (error instanceof AppError && error.code === 'user_code_tries_spent') return error;
  // While signing in took longer than the code lives, its row may have gone altogether.
  if (error.name === 'NotFoundError') return new AppError(error.userCode === undefined ? 'user_code_expired' : 'user_code_wrong');
  if (error.name === 'NoCodeError') return new AppError('user_code_missing');
  if (error.name === 'ExpiredError') return new AppError('user_code_expired');
  return error.name === 'AlreadyUsedError' ? new AppError('user_code_used') : undefined;
}

/** The form token is the only thing that a form of ours can have wrong. */
const isStale = (ctx: KoaContextWithOIDC, error: Error) => ctx.oidc.route === 'code_verification' && error instanceof errors.InvalidRequest;

export function createDeviceFlow({ expiring, keys, resources, tries, rules, pages }: Deps) {
  const secretOf = (ctx: KoaContextWithOIDC) => String(ctx.oidc.session?.state?.secret);

  const feature = {
    enabled: true,
    mask: userCodeMask,
    // Whose device it is, is not ours to keep.
    deviceInfo: () => ({}),

    async userCodeInputSource(...[ctx, , out, error]: LibraryForm): Promise<void> {
      // Of a browser that had no session none is begun by what went wrong; the library would trip over it.
      if (error && ctx.oidc.session && ctx.oidc.session.exp === undefined) Object.assign(ctx.oidc.session, { touched: false });
      if (error?.name === 'AbortedError') return pages.deviceStopped(ctx);
      const wrong = error && explain(error);
      if (error && out && !wrong) return pages.error(ctx, out, isStale(ctx, error) ? new AppError('form_stale') : error);
      const linked = ctx.state.userCode as string | undefined;
      const userCode =
        linked ?? (wrong?.code === 'user_code_expired' ? '' : ((error as { userCode?: string } | undefined)?.userCode ?? ''));
      await pages.enterUserCode(ctx, { action: devicePath, xsrf: secretOf(ctx), userCode, linked: linked !== undefined }, wrong);
    },

    async userCodeConfirmSource(ctx: KoaContextWithOIDC): Promise<void> {
      const { userCode, params = {} } = ctx.oidc.entities.DeviceCode as unknown as { userCode: string; params?: Record<string, unknown> };
      const request = readRequest(params, 0);
      const items = [...listItems(request), ...resources.listPermissions(request)];
      const form = { action: devicePath, xsrf: secretOf(ctx), userCode: formatUserCode(userCode) };
      const { accountId: account } = ctx.oidc.session ?? {};
      const session = account === undefined ? undefined : { account, proofs: proofsOf(ctx.oidc.session) };
      await pages.confirmDevice(ctx, { ...form, items, uiLocales: params.ui_locales, session });
    },

    successSource: (ctx: KoaContextWithOIDC) => pages.deviceConnected(ctx),
  };

  /** One browser answers for a code, once: of two that confirm or stop it at the same time, the first. It may come back to it. */
  async function claim(code: Code, session: string): Promise<boolean> {
    const key = keys.lookup('device-claim', code.jti);
    const holder = keys.lookup('uid', session);
    if (await expiring.add('device-claim', key, holder, rules.codeSeconds)) return true;
    return (await expiring.get<string>('device-claim', key))?.value === holder;
  }

  /** @throws {AppError} user_code_tries_spent */
  async function findByUserCode(find: Find<[string]>, typed: string): Promise<Code | undefined> {
    const { session, params } = Provider.ctx?.oidc ?? {};
    const account = session?.accountId;
    await tries.spend(account);
    // As it was typed: the library has dropped whatever it doesn't know.
    const code = await find(tidyUserCode(typeof params?.user_code === 'string' ? params.user_code : typed));
    if (!code) return undefined;
    await tries.refund(account);
    if (code.inFlight || params?.confirm || params?.abort) code.inFlight = !(await claim(code, session?.uid ?? ''));
    return code;
  }

  /** `slow_down` (RFC 8628, 3.5). A second of grace: what left in time may arrive in a bunch. */
  async function limitPolling(code: Code): Promise<void> {
    const gaps = [Math.max(1, rules.pollSeconds - 1)];
    const partition = `device-poll:${keys.lookup('DeviceCode', code.jti)}`;
    const spent = await expiring.spend(partition, [{ name: 'polls', rules: [{ gaps, resetSeconds: rules.codeSeconds }] }]);
    if (!spent.ok) throw new errors.SlowDown();
  }

  function install(provider: Provider): void {
    const statics = provider.DeviceCode as unknown as Statics;
    const { findByUserCode: findByCode, find } = statics;
    statics.findByUserCode = (typed, options) => findByUserCode((code) => findByCode.call(statics, code, options), typed);
    statics.find = async (id, options) => {
      const code = await find.call(statics, id, options);
      const { route, client } = Provider.ctx?.oidc ?? {};
      const polls = route === 'token' && code?.clientId === client?.clientId;
      if (code && polls && !code.isExpired && !code.consumed) await limitPolling(code);
      return code;
    };
    provider.on('device_authorization.success', (_, body) => Object.assign(body, { interval: rules.pollSeconds }));
    // The library would post the code of a link by itself; here the person looks at it first (RFC 8628, 3.3.1).
    provider.use(async (ctx, next) => {
      if (['GET', 'HEAD'].includes(ctx.method) && [devicePath, `${devicePath}/`].includes(ctx.path)) {
        const { user_code: userCode } = ctx.query;
        if (typeof userCode === 'string') ctx.state.userCode = userCode.slice(0, 40);
        ctx.querystring = '';
      }
      await next();
    });
  }

  return { feature, install };
}

// What the views are given in these tests: for each view the shapes that a real sign-in shows, and a hostile variant of each.
import { direction, formatClock, formatDate, translator } from '../../src/locales/index.ts';
import type { Frame, ViewName, Views } from '../../src/pages/views.ts';

export const views: readonly ViewName[] = [
  'sign-in/email',
  'sign-in/identifier',
  'sign-in/phone',
  'sign-in/code',
  'sign-in/locked',
  'sign-in/number-used',
  'sign-in/choose-account',
  'sign-in/consent',
  'hand-over/submit',
  'sign-out/confirm',
  'sign-out/done',
  'device/enter',
  'device/confirm',
  'device/connected',
  'device/stopped',
  'errors/error',
  'home/welcome',
  'dev/outbox',
];

export const hostile = `"'><script>alert(1)</script>&amp;<%= 1 %>`;
export const longEmail = `${'a-very-long-mailbox-name.'.repeat(9)}x@example-of-a-long-domain.example`;

type Locals<V extends ViewName> = Frame & Views[V];

/** Everything but the view's own locals. */
export function frame(locale = 'en', over: Partial<Frame> = {}): Frame {
  return {
    t: translator(locale),
    locale,
    dir: direction(locale),
    title: 'A title',
    brand: { name: 'Latchkey', supportUrl: 'https://help.example/', privacyUrl: 'https://id.example/privacy', termsUrl: 'https://id.example/terms' },
    asset: (file) => `/assets/0123456789/${file}`,
    csrf: 'form-token',
    base: '/interaction/abc',
    appElsewhere: false,
    client: {
      name: 'Northwind',
      uri: 'https://northwind.example/',
      policyUri: 'https://northwind.example/privacy',
      tosUri: 'https://northwind.example/terms',
    },
    ...over,
  };
}

const countries = [
  { code: 'EG', name: 'Egypt', callingCode: '20' },
  { code: 'ES', name: 'Spain', callingCode: '34' },
  { code: 'GB', name: 'United Kingdom', callingCode: '44' },
];
const later = Date.UTC(2025, 10, 21, 10, 42, 5);

/** An ordinary person's page, before anything went wrong. */
export function ordinary(locale: string): { [V in ViewName]: Views[V] } {
  const clock = { clock: formatClock(locale, later, 'UTC'), iso: new Date(later).toISOString() };
  const verified = formatDate(locale, later);
  return {
    'sign-in/email': { cancel: true, email: '', shared: false, reason: 'sign_in' },
    'sign-in/identifier': { cancel: true, reason: 'sign_in', identifier: '', country: 'ES', countries, shared: false },
    'sign-in/phone': { cancel: true, phone: '', country: 'ES', countries, optional: true, reason: 'share' },
    'sign-in/code': {
      cancel: true,
      channel: 'email',
      destination: 'jane.doe@example.com',
      digits: 6,
      minutesLeft: 10,
      unsure: false,
      resendAt: { ...clock, seconds: 30 },
      dead: false,
      renews: false,
      changeable: true,
      optional: false,
      emailInstead: false,
      lastTry: false,
      host: 'id.example',
    },
    'sign-in/locked': { cancel: true, channel: 'phone', until: clock, emailInstead: true, optional: true },
    'sign-in/number-used': { cancel: true, phone: '+34 600 000 001', optional: true },
    'sign-in/choose-account': { cancel: true, account: 'jane.doe@example.com' },
    'sign-in/consent': {
      account: 'jane.doe@example.com',
      clientHost: 'northwind.example',
      awayDays: 365,
      items: [
        { name: 'email', value: 'jane.doe@example.com', verified, optional: false },
        { name: 'phone', value: '+34 600 000 001', verified, optional: true },
        { name: 'offline_access', optional: true },
      ],
    },
    'hand-over/submit': { action: 'https://northwind.example/callback', fields: [['code', 'abc']], outward: true },
    'sign-out/confirm': { action: '/session/end/confirm', xsrf: 'xsrf-token' },
    'sign-out/done': { clientUri: 'https://northwind.example/', stays: false },
    'device/enter': { action: '/device', xsrf: 'xsrf-token', userCode: 'BCDF-GHJK', linked: true },
    'device/confirm': { action: '/device', xsrf: 'xsrf-token', userCode: 'BCDF-GHJK', items: [{ name: 'email' }, { name: 'https://api.example read', label: 'Read your files', about: 'Files' }], account: 'jane.doe@example.com' },
    'device/connected': {},
    'device/stopped': {},
    'errors/error': {
      status: 400,
      code: 'invalid_redirect_uri',
      heading: translator(locale)('dead_ends.invalid_redirect_uri.heading'),
      explanation: translator(locale)('dead_ends.invalid_redirect_uri.explanation'),
      requestId: '0198f2b1-7c1a',
      action: { label: translator(locale)('dead_ends.invalid_redirect_uri.action'), href: 'https://help.example/' },
      technical: { error: 'invalid_redirect_uri', description: 'redirect_uri did not match any of the client’s registered redirect_uris' },
    },
    'home/welcome': { apps: [{ name: 'Northwind', url: 'https://northwind.example/' }], outbox: true },
    'dev/outbox': {
      messages: [
        { id: '2', channel: 'sms', to: '+34600000001', text: '428193 is your Latchkey code.\n\n@id.example #428193', sentAt: clock.iso },
        { id: '1', channel: 'email', to: 'jane.doe@example.com', subject: '042 193 7785 is your code', text: 'Your code: 042 193 7785', sentAt: clock.iso },
      ],
    },
  };
}

export function localsOf<V extends ViewName>(view: V, locale = 'en', over: Partial<Locals<V>> = {}): Locals<V> {
  const own = ordinary(locale)[view];
  const ofView = translator(locale)(`pages.${view}.title`, { client: 'Northwind', brand: 'Latchkey', context: 'channel' in own ? own.channel : undefined });
  const title = 'heading' in own ? own.heading : ofView;
  return { ...frame(locale, { title }), ...own, ...over };
}

/** The same shape with every text that comes from outside replaced. */
export function poison<T>(value: T, key = ''): T {
  if (typeof value === 'string') return (keepsItsWords.has(key) ? value : hostile) as T;
  if (Array.isArray(value)) return value.map((each) => poison(each, key)) as T;
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, poison(each, name)])) as T;
  }
  return value;
}

/** Ours, or one of a few words, never a stranger's text. */
const keepsItsWords = new Set(['locale', 'dir', 'base', 'reason', 'channel', 'outcome', 'field']);

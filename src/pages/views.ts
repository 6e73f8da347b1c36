// What each view is given. A view's name is its path under views/, its page's file under src/pages/, and the end of its URL.

export type Channel = 'email' | 'phone';

/** Given to every view by the page room; views never build a URL, a message or a nonce of their own. */
export type Frame = {
  /** Translates a key of src/locales/<locale>.json; values are interpolated. Plain text: escape it with <%= %>. */
  t: (key: string, values?: Record<string, unknown>) => string;
  locale: string;
  dir: 'ltr' | 'rtl';
  /** Already translated; the layout prefixes it with "Error: " when `error` is set and adds the operator's name. */
  title: string;
  brand: { name: string; logo?: string; supportUrl?: string; privacyUrl?: string; termsUrl?: string };
  /** URL of a file of public/, with its hash. */
  asset: (file: string) => string;
  /** The form token: every form carries it as a hidden field `csrf`. */
  csrf: string;
  /** The URL of this sign-in (`/interaction/<uid>`), where the forms of the sign-in post below. Empty elsewhere. */
  base: string;
  /** The relying party, where there is one. */
  client?: { name: string; logo?: string; uri?: string; policyUri?: string; tosUri?: string };
  /** The app runs on another device: leaving does not lead back to it. */
  appElsewhere: boolean;
  /** The one thing that was wrong with what was sent; `field` is the id of the control. */
  error?: { code: string; message: string; field?: string };
  /** What a deed has led to, announced with role=status. Already translated, with the mark \u0001 where `noticeTime` goes. */
  notice?: string;
  noticeTime?: { clock: string; iso: string };
};

export type Country = { code: string; name: string; callingCode: string };

/** Which way out a step offers. Each is a form that posts to `${base}/<name>`; cancel gives the app `access_denied`. */
export type WaysOut = { cancel: boolean };

export type Views = {
  /** POST email: email, shared. */
  'sign-in/email': WaysOut & {
    email: string;
    shared: boolean;
    /** Why this step is asked of somebody who is already signed in: their other address is asked for, or a fresh proof. */
    reason: 'sign_in' | 'create' | 'fresh' | 'add';
    /** "Did you mean …?": nothing was sent, and either address is one click away. */
    suggestion?: string;
  };
  /** POST identifier: identifier, country, shared. "Mobile number or email". */
  'sign-in/identifier': WaysOut & {
    identifier: string;
    country: string;
    countries: Country[];
    shared: boolean;
    reason: 'sign_in' | 'create';
  };
  /** POST phone: phone, country. POST decline: choice = no_mobile | not_now. */
  'sign-in/phone': WaysOut & {
    phone: string;
    country: string;
    countries: Country[];
    /** Whether the person may go on without a number. */
    optional: boolean;
    /** `choose`: the consent page lets the person leave it out. */
    reason: 'share' | 'choose' | 'fresh';
    /** A number of this account that a code can be sent to at once (only after the account was proven). */
    known?: string;
  };
  /**
   * POST code: code. POST resend. POST different (another address; only where offered).
   * Nothing here tells whether the address has an account.
   */
  'sign-in/code': WaysOut & {
    channel: Channel;
    /** What the person typed (email) or the number in international format. */
    destination: string;
    digits: number;
    /** Whole minutes that the code still lives, rounded up. */
    minutesLeft: number;
    /** The number was typed where either could be: "If this number can sign in here, we've texted a code". */
    unsure: boolean;
    /** When the next send is possible: clock time for people and seconds for the countdown script; undefined = now. */
    resendAt?: { clock: string; seconds: number; iso: string };
    /** No message has left yet (a pause held it back): never say "sent". */
    unsent?: boolean;
    /** No code can be right before another message has left. */
    dead: boolean;
    /** A resend would make a new code, and the earlier one stop working. */
    renews: boolean;
    /** How the last send ended, only after an address was proven in this sign-in; or, for everybody, why its code is dead. */
    outcome?: 'sending' | 'sent' | 'refused' | 'failed' | 'unknown' | 'expired' | 'spent' | 'gone';
    /** May the address still be changed here. */
    changeable: boolean;
    /** Phone step that may be left out. */
    optional: boolean;
    /** "New here, or no text? Use your email". */
    emailInstead: boolean;
    /** Tries are down to one. */
    lastTry: boolean;
    /** The name that origin-bound texts end with, for "@host" help. */
    host: string;
  };
  /** Every way of trying is spent until `clock`. */
  'sign-in/locked': WaysOut & { channel: Channel; until: { clock: string; iso: string }; emailInstead: boolean; optional: boolean };
  /** "This phone number is already used". POST different; POST decline (if optional); POST restart (sign in with the other email). */
  'sign-in/number-used': WaysOut & { phone: string; optional: boolean };
  /** prompt=select_account. POST choose-account: choice = continue | other. */
  'sign-in/choose-account': WaysOut & { account: string };
  /** POST consent: decision = allow | deny; share = names of the optional items left ticked. POST restart ("Not you?"). */
  'sign-in/consent': {
    account: string;
    items: {
      /** The form value: 'email', 'phone', 'profile', 'offline_access' … */
      name: string;
      /** The operator's own words, for permissions of their APIs: what may be done, and where. */
      label?: string;
      about?: string;
      /** Exact value; undefined where there is none (offline_access). */
      value?: string;
      /** Formatted date of the last proof. */
      verified?: string;
      optional: boolean;
      /** Whether an optional item starts ticked; it does unless the person unticked it before. */
      ticked?: boolean;
      /** The key of the address that would be shared: goes back as `address_<name>` where there is no choice. */
      address?: string;
      /** The choice to send another address: id of each and its value. */
      choices?: { id: string; value: string; chosen: boolean }[];
    }[];
    clientHost?: string;
    /** How long an app keeps its access while the person is away. */
    awayDays: number;
  };
  /** POST to `action` with xsrf and logout=yes, or without logout to stay. */
  'sign-out/confirm': { action: string; xsrf: string };
  /** `stays`: the person is still signed in here, as they chose. */
  'sign-out/done': { clientUri?: string; stays: boolean };
  /** POST to `action` with xsrf and user_code. `linked`: the code came with a link, and the person is to compare it. */
  'device/enter': { action: string; xsrf: string; userCode: string; linked: boolean };
  /** POST to `action` with xsrf, user_code, and confirm=yes or abort=yes. */
  'device/confirm': {
    action: string;
    xsrf: string;
    userCode: string;
    /** `label`, `about`: a permission's at an API. */
    items: { name: string; label?: string; about?: string }[];
    /** Whom the device would be signed in as; empty: nobody is signed in here yet. */
    account: string;
  };
  'device/connected': object;
  'device/stopped': object;
  /** A form of the protocol's that scripts send at once, and people with one click without them. `outward`: to the app. */
  'hand-over/submit': { action: string; fields: [name: string, value: string][]; outward: boolean };
  'errors/error': {
    status: number;
    code: string;
    heading: string;
    explanation: string;
    requestId: string;
    /** The way on. */
    action?: { label: string; href: string };
    /** The protocol's own words for developers, folded away: error, error_description. */
    technical?: { error: string; description?: string };
  };
  /** The issuer's own address. `apps`, `outbox`: in development, on this machine. */
  'home/welcome': { apps: { name: string; url: string }[]; outbox: boolean };
  /** The development outbox for people. */
  'dev/outbox': {
    messages: { id: string; channel: string; to: string; subject?: string; text: string; sentAt: string }[];
    filter?: string;
  };
};

export type ViewName = keyof Views;

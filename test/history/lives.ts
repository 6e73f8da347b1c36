// What goes on in a deployment: people sign in, apps redeem, rotate and revoke, consents change, sessions end. Much of it at
// once, about the same code, token, session or number, at different nodes.
import { createApp, type Family, offline, online } from './apps.ts';
import type { Outcome } from './operation.ts';
import { type Begun, decide, type Person, type Session, type World } from './people.ts';
import { createSignIn, type Rivalry } from './sign-in.ts';
import { findForm, pageOf, readCallback, wait } from './wire.ts';

/** A family that nobody has ended, and its youngest refresh token. */
type Held = { family: Family; token: string };

export function createLives(world: World) {
  const { recorder } = world;
  const sessions: Session[] = [];
  const held: Held[] = [];
  let people = 0;
  let lives = 0;

  /** One session, from its sign-in on. */
  async function liveSession(label: string, person: Person, rivalry?: Rivalry): Promise<void> {
    lives += 1;
    const own = { ...world, random: world.random.fork(lives) };
    const begun = await createSignIn(own)(person, { scope: offline, label, rivalry });
    if (!begun) return;
    const { lives: alive, left } = await useSession(own, begun);
    if (alive) sessions.push(begun.session);
    held.push(...left);
  }

  const nameSomebody = (): Person => {
    people += 1;
    return { email: `history${people}@example.com` };
  };

  const nextNumber = () => `+447400${String(300_000 + people)}`;

  /** One person, or two who hold the same number. */
  async function live(): Promise<void> {
    const person = nameSomebody();
    const { random } = world;
    if (random.chance(0.3)) {
      const number = nextNumber();
      const meet = createMeeting(2);
      await Promise.all(
        [person, nameSomebody()].map((each, nth) => liveSession(each.email, { ...each, number }, { second: nth > 0, meet })),
      );
      return;
    }
    await liveSession(person.email, random.chance(0.4) ? { ...person, number: nextNumber() } : person);
    // The same person, in another browser: the same account.
    if (random.chance(0.5) && !recorder.isFull()) await liveSession(`${person.email} again`, { email: person.email });
  }

  /** When all is over: everything that was acknowledged and not ended has to be there. */
  async function lookAtEverything(): Promise<void> {
    const { rotate, readClaims } = createApp(world);
    const works = [
      ...sessions.map((session) => () => readClaims(session)),
      ...held.map(
        ({ family, token }) =>
          () =>
            rotate(family, token),
      ),
    ].values();
    const takeTurns = async () => {
      for (const work of works) await work();
    };
    await Promise.all(Array.from({ length: 16 }, takeTurns));
  }

  return { live, lookAtEverything };
}

/** What is done with one session. @returns whether it still lives, as far as is known, and the families that do */
async function useSession(world: World, begun: Begun): Promise<{ lives: boolean; left: Held[] }> {
  const { wire, recorder, random } = world;
  const { session } = begun;
  const { redeem, rotate, look, revoke, authorize, readClaims } = createApp(world);
  let left: Held[] = [];
  let lives = true;

  const keep = (family: Family | undefined) => {
    if (family?.refresh) left.push({ family, token: family.refresh });
  };
  const letGo = (one: Held) => void (left = left.filter((each) => each !== one));

  async function renew(): Promise<void> {
    const scope = random.pick([offline, offline, online]);
    const next = await authorize(session, scope);
    const family = next && (await redeem(next, scope));
    keep(family);
    if (family && random.chance(0.3)) await look(family, family.refresh);
  }

  /** A code that is presented twice at once: one success, and the grant is over. */
  async function redeemTwice(): Promise<void> {
    const next = await authorize(session, offline);
    if (!next) return;
    const families = await Promise.all([redeem(next, offline), redeem(next, offline)]);
    for (const family of families) if (family) await look(family);
  }

  /** So many rotations of one token at once; a client whose answers were lost tries again. */
  async function rotateAtOnce(times: number): Promise<void> {
    const tip = left.at(-1);
    if (!tip) return renew();
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const children = await Promise.all(Array.from({ length: times }, () => rotate(tip.family, tip.token)));
      const child = children.find((each) => each !== undefined);
      if (child) {
        tip.token = child;
        return;
      }
      await wait(random.between(200, 800));
    }
    letGo(tip);
  }

  /** A token that comes back when its child was used: the family is over. */
  async function reuse(): Promise<void> {
    const tip = left.at(-1);
    if (!tip) return renew();
    const parent = tip.token;
    await rotateAtOnce(1);
    await rotateAtOnce(1);
    letGo(tip);
    await rotate(tip.family, parent);
    await Promise.all([look(tip.family), rotate(tip.family, tip.token)]);
  }

  async function end(): Promise<void> {
    const tip = left.at(-1);
    if (!tip) return renew();
    left = [];
    const atOnce = random.chance(0.5) ? [rotate(tip.family, tip.token)] : [];
    const [outcome] = await Promise.all([revoke(tip.family), ...atOnce]);
    // A client whose answer was lost says it again.
    if (outcome !== 'ok') await revoke(tip.family);
    await Promise.all([look(tip.family), look(tip.family, tip.token), rotate(tip.family, tip.token)]);
  }

  async function changeConsent(): Promise<void> {
    const { path, verifier } = wire.authorization({ scope: offline, prompt: 'consent' });
    const { landing } = await wire.travel(session.browser, path);
    if (!landing || pageOf(landing) !== 'consent') return;
    const code = readCallback((await decide(world, landing, session)).landing)?.code;
    lives = code !== undefined;
    if (code === undefined) return;
    keep(await redeem({ session, code, verifier }, offline));
    keep(await readClaims(session));
  }

  /** Signs out, and tries what is left: the cookie that somebody kept, and a token that ends with the session. */
  async function signOut(): Promise<void> {
    const next = await authorize(session, online);
    const family = next && (await redeem(next, online));
    const page = await wire.request(session.browser, '/oidc/sign-out');
    const form = page && findForm(page, '/confirm');
    if (!form) return;
    lives = false;
    const cookie = session.browser
      .cookies()
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    await recorder.record(async () => {
      const answer = await wire.request(session.browser, form.path, { fields: { ...form.fields, logout: 'yes' } });
      const outcome: Outcome = answer?.status === 303 ? 'ok' : 'unknown';
      return { done: [{ deed: { kind: 'sign-out', session: session.label }, outcome }], result: undefined };
    });
    await Promise.all([authorize(session, online, cookie), family && look(family)]);
  }

  async function doAtOnce(): Promise<void> {
    await Promise.all([renew(), rotateAtOnce(2), renew()]);
  }

  const some = (count: number, action: () => Promise<void>) => Array.from({ length: count }, () => action);
  const actions = [
    ...some(5, renew),
    ...some(3, () => rotateAtOnce(1)),
    ...some(2, () => rotateAtOnce(3)),
    ...some(4, doAtOnce),
    ...some(2, end),
    ...some(2, reuse),
    redeemTwice,
    changeConsent,
  ];

  keep(await redeem(begun, offline));
  const steps = Math.floor(random.between(...world.steps));
  for (let step = 0; step < steps && lives && !recorder.isFull(); step += 1) await random.pick(actions)();
  if (lives && random.chance(0.4)) await signOut();
  return { lives, left };
}

/** Opens when so many have come, or when somebody has waited too long for the others. */
function createMeeting(count: number, patienceMs = 4000) {
  const { promise, resolve } = Promise.withResolvers<void>();
  let come = 0;
  return async () => {
    come += 1;
    if (come === count) resolve();
    await Promise.race([promise, wait(patienceMs)]);
  };
}

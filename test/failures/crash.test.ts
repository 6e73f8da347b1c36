// kill -9 right after a write to MongoDB or Redis, before anybody hears of it: what was there before survives, nothing is accepted
// twice, and the person gets through on the next node.
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from '../helpers/browser.ts';
import { startMortalNodes, type MortalNodes } from '../helpers/mortal-nodes.ts';
import { getThrough } from '../helpers/patient-person.ts';
import { meetPerson, signIn, type Person } from '../helpers/person.ts';
import { createRelyingParty, decodeJwt, type RelyingParty, type TokenAnswer, type Tokens } from '../helpers/relying-party.ts';
import { describeOnServers, startServers, type Servers } from '../helpers/servers.ts';

const patience = 300_000;
const params = { scope: 'openid email phone offline_access', prompt: 'consent' };

describeOnServers('a node that is killed', () => {
  let servers: Servers;
  let nodes: MortalNodes;
  let party: RelyingParty;

  beforeAll(async () => {
    servers = await startServers();
  }, patience);
  afterAll(() => servers?.close(), patience);
  afterEach(() => nodes?.close(), patience);

  async function start(options?: { broken: boolean }): Promise<void> {
    nodes = await startMortalNodes(servers, options);
    party = await createRelyingParty(nodes.host.url);
  }

  /** A request of a program: where the node died of it, the next one is asked. */
  async function insist(ask: () => Promise<TokenAnswer>): Promise<TokenAnswer[]> {
    const cutOff = { status: 502, body: {} } as TokenAnswer;
    const answer = await ask().catch(() => cutOff);
    if (answer.status !== 502) return [answer];
    await nodes.replaceDead();
    return [answer, ...(await insist(ask))];
  }

  /** Where the code was used up and its answer lost, the app asks again, and the session answers. */
  async function redeem({ browser }: Person, { code, verifier }: { code: string; verifier: string }): Promise<Tokens> {
    const answers = await insist(() => party.redeem(code, verifier));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    const { status, body } = answers.at(-1)!;
    if (status === 200) return body;
    expect(body.error).toBe('invalid_grant');
    const again = await party.begin(browser, { scope: 'openid email phone', prompt: 'none' });
    return (await party.redeem(party.readCallback(again.answer).code ?? '', again.verifier)).body;
  }

  /** A whole sign-in of somebody new, whose node dies after so many writes. */
  async function signInThroughCrash(writes: number): Promise<Answer[]> {
    const person = meetPerson(nodes.host);
    const answers: Answer[] = [];
    const { url, verifier } = party.request(params);
    const deaths = nodes.deaths();
    await nodes.dieAfter(writes);
    const wait = () => pause(1100);
    const callback = await getThrough({ program: nodes.host, person, onOutage: nodes.replaceDead, wait, looks: 100 }, url, answers);
    const tokens = await redeem(person, { code: party.readCallback(callback).code ?? '', verifier });
    expect(nodes.deaths()).toBe(deaths + 1);
    expect((await party.userinfo(tokens.access_token)).body).toMatchObject({ email: person.email, phone_number: person.phone });
    const later = await party.begin(person.browser, { prompt: 'none' });
    const { body } = await party.redeem(party.readCallback(later.answer).code ?? '', later.verifier);
    expect(decodeJwt(body.id_token).sub).toBe(decodeJwt(tokens.id_token).sub);
    return answers;
  }

  /** Codes that were accepted twice, one-time codes of people and authorization codes of apps. */
  function findWonTwice(): string[] {
    const won = nodes.said.filter((line) => line.startsWith('won '));
    return won.filter((line, at) => won.indexOf(line) !== at);
  }

  /** What a whole sign-in writes, in this order. */
  async function listWrites(): Promise<string[]> {
    const sign = () => signIn(nodes.host, party, { person: meetPerson(nodes.host), params });
    await sign(); // the first one of an app writes what later ones find
    nodes.said.length = 0;
    await sign();
    return nodes.said.filter((line) => line.startsWith('wrote '));
  }

  /** After which writes nodes die here: every durable one, and of what expires each kind of decision once (by their numbers, from 1). */
  function pickPoints(writes: readonly string[]): number[] {
    const decides = (line: string, at: number) => /expiring (spend|mark)/.test(line) && writes.indexOf(line) === at;
    return writes.flatMap((line, at) => (line.startsWith('wrote records') || decides(line, at) ? [at + 1] : []));
  }

  it(
    'after a write of a sign-in: everybody gets through, no code is accepted twice, and who was signed in still is',
    async () => {
      await start();
      const before = meetPerson(nodes.host);
      const { tokens } = await signIn(nodes.host, party, { person: before, params });
      const points = pickPoints(await listWrites());
      expect(points.length).toBeGreaterThan(12);
      for (const point of points) {
        const answers = await signInThroughCrash(point);
        // 400: the node died when the sign-in was just over; "This sign-in has ended", and the app begins it anew.
        expect(answers.map(({ status }) => status).filter((status) => ![200, 303, 400, 422, 502].includes(status))).toEqual([]);
        expect(await party.silently(before.browser)).toHaveProperty('code');
        expect((await party.refresh(tokens.refresh_token ?? '')).status).toBe(200);
      }
      expect(findWonTwice()).toEqual([]);
    },
    patience,
  );

  it(
    'on a store that forgets its marks is seen to accept a code twice',
    async () => {
      await start({ broken: true });
      const writes = await listWrites();
      await signInThroughCrash(writes.findIndex((line) => line.endsWith('mark challenge')) + 1);
      expect(findWonTwice()).toEqual([expect.stringContaining('won challenge')]);
    },
    patience,
  );
});

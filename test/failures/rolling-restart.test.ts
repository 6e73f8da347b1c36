// A new version goes out: two nodes behind a proxy are stopped and started in turn under load, and nobody notices.
import { afterEach, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import type { ChildProgram } from '../helpers/child-program.ts';
import { startDeployment, type Deployment } from '../helpers/deployment.ts';
import { meetPerson, signIn } from '../helpers/person.ts';
import { inParallel } from '../helpers/race.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';
import { describeOnServers } from '../helpers/servers.ts';

const enough = 5000;
const atOnce = 12;
const offline = { scope: 'openid email offline_access', prompt: 'consent' };

describeOnServers('two nodes behind a proxy', () => {
  let deployment: Deployment;
  let party: RelyingParty;

  async function start() {
    deployment = await startDeployment({ config: { server: { unreadySeconds: 2 } } });
    party = await createRelyingParty(deployment.proxy.url);
  }
  afterEach(() => deployment?.close(), 60_000);

  /** One person after the other: a whole sign-in, then what their app does all day. Answers what went wrong. */
  async function work(goesOn: () => boolean): Promise<string[]> {
    const failures: string[] = [];
    while (goesOn()) {
      try {
        const { tokens } = await signIn(deployment.host, party, { person: meetPerson(deployment.host), params: offline });
        for (let each = 0; each < 5; each += 1) {
          const { status, body } = await party.refresh(tokens.refresh_token ?? '');
          if (status !== 200) failures.push(`refresh: ${status}`);
          const userinfo = await party.userinfo(body.access_token);
          if (userinfo.status !== 200) failures.push(`userinfo: ${userinfo.status}`);
        }
      } catch (error) {
        failures.push(String(error));
      }
    }
    return failures;
  }

  async function untilBackInTurn(node: ChildProgram): Promise<void> {
    while (!deployment.proxy.isReady(node.url)) await pause(50);
  }

  /** Load from before the first change until all of them are done and there were `least` requests. */
  async function change(changes: () => Promise<void>, least = 0): Promise<string[]> {
    const { counts } = deployment.proxy;
    let changing = true;
    const goesOn = () => changing || counts.answered < least;
    const working = inParallel(atOnce, () => work(goesOn));
    await changes();
    changing = false;
    return (await working).flat();
  }

  it('are restarted one after the other, and none of 5,000 requests fails', async () => {
    await start();
    const exits: (number | null)[] = [];
    const started = performance.now();
    const failures = await change(async () => {
      for (const node of deployment.nodes) {
        await pause(500);
        exits.push(await node.stop());
        await node.restart();
        await untilBackInTurn(node);
      }
    }, enough);
    const { answered, moved, failed } = deployment.proxy.counts;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stderr.write(`rolling restart: ${answered} requests in ${seconds} s, ${moved} moved, ${failed} failed\n`);
    expect(failures).toEqual([]);
    expect(failed).toBe(0);
    expect(answered).toBeGreaterThanOrEqual(enough);
    expect(exits).toEqual([0, 0]);
  }, 300_000);

  it('are seen to fail where one is not told to stop but killed', async () => {
    await start();
    const failures = await change(async () => {
      for (let times = 0; times < 5 && deployment.proxy.counts.failed === 0; times += 1) {
        await pause(300);
        await deployment.nodes[0]!.kill();
        await deployment.nodes[0]!.restart();
      }
    });
    expect(deployment.proxy.counts.failed).toBeGreaterThan(0);
    expect(failures.length).toBeGreaterThan(0);
  }, 300_000);
});

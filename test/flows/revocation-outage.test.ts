// A revocation that an outage cut short: whoever asks again until it is acknowledged has really revoked everything.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { meetPerson, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';
import { openSwitchedStorage, type SwitchedStorage } from '../helpers/switched-storage.ts';

let store: SwitchedStorage;
let program: Program;
let party: RelyingParty;
const params = { scope: 'openid email offline_access', prompt: 'consent' };

beforeAll(async () => {
  store = await openSwitchedStorage();
  program = await startProgram({}, { storage: store.storage });
  party = await createRelyingParty(program.issuer, clientMetadata.spa);
});
afterAll(async () => {
  await program.close();
  await store.close();
});

async function revoke(token: string): Promise<number> {
  const body = new URLSearchParams({ client_id: clientMetadata.spa.client_id, token });
  return (await fetch(String(party.metadata.revocation_endpoint), { method: 'POST', body })).status;
}

/** An outage after so many operations of a revocation; answers whether there was one, and what is active when it was repeated. */
async function revokeThroughOutage(after: number, which: 'access_token' | 'refresh_token') {
  const { tokens } = await signIn(program, party, { person: meetPerson(program), params });
  const token = tokens[which] ?? '';
  store.switchOff(after);
  const first = await revoke(token);
  store.switchOn();
  const acknowledged = first === 200 || (await revoke(token)) === 200;
  const [userinfo, refreshed] = [await party.userinfo(tokens.access_token), await party.refresh(tokens.refresh_token ?? '')];
  return { cutShort: first !== 200, acknowledged, left: [userinfo, refreshed].map(({ status }) => status) };
}

test.each(['access_token', 'refresh_token'] as const)('of an %s, whatever operation the outage begins at', async (which) => {
  let after = 0;
  for (; after < 50; after += 1) {
    const { cutShort, acknowledged, left } = await revokeThroughOutage(after, which);
    expect({ after, acknowledged, left }).toEqual({ after, acknowledged: true, left: [401, 400] });
    if (!cutShort) break;
  }
  expect(after).toBeGreaterThan(3);
  expect(after).toBeLessThan(50);
});

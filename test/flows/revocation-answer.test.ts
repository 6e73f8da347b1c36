// What a revocation answers: 200 and nothing (RFC 7009, 2.2), whether there was something to revoke or not.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { meetPerson, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

let program: Program;
let party: RelyingParty;

beforeAll(async () => {
  program = await startProgram();
  party = await createRelyingParty(program.issuer, clientMetadata.spa);
});
afterAll(() => program.close());

test.each(['a live token', 'a token that never was'])(
  '%s: 200, no body, and no type of one, so that a client that reads JSON is content',
  async (what) => {
    const { tokens } = await signIn(program, party, { person: meetPerson(program) });
    const token = what === 'a live token' ? tokens.access_token : 'never-was';
    const body = new URLSearchParams({ client_id: clientMetadata.spa.client_id, token });
    const answer = await fetch(String(party.metadata.revocation_endpoint), { method: 'POST', body });
    expect({ status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }).toEqual({
      status: 200,
      type: null,
      text: '',
    });
    expect((await party.userinfo(tokens.access_token)).status).toBe(what === 'a live token' ? 401 : 200);
  },
);

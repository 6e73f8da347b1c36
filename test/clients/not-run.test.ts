// The set-ups that can't be run where the tests run: their pages say so, and what they register signs people in the way they ask for it.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { meetPerson, signIn } from '../helpers/person.ts';
import { createRelyingParty } from '../helpers/relying-party.ts';
import { openSetUp } from './set-up.ts';

const folder = new URL('../../docs/relying-parties/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');

describe.each<{ guide: string; asks: Record<string, string> }>([
  { guide: 'spring-security', asks: {} },
  { guide: 'oauth2-proxy', asks: { approval_prompt: 'force' } },
])('$guide', ({ guide, asks }) => {
  test('its page and the index say that it was not run', () => {
    expect(read(`libraries/${guide}.md`)).toMatch(/^\*\*Not run here\*\*/m);
    const row = read('README.md')
      .split('\n')
      .find((line) => line.includes(`libraries/${guide}.md`));
    expect(row).toContain('**not run here**');
  });

  test('its registration is taken, and a request as it makes it ends with a verified address', async () => {
    const setUp = await openSetUp(guide);
    try {
      const { program } = setUp;
      const client = JSON.parse(setUp.block('json')) as { client_id: string; client_secret: string; redirect_uris: string[] };
      const party = await createRelyingParty(program.issuer, client);
      const person = meetPerson(program);
      const { tokens } = await signIn(program, party, { person, params: asks });
      expect((await party.userinfo(tokens.access_token)).body).toMatchObject({ email: person.email, email_verified: true });
    } finally {
      await setUp.close();
    }
  });
});

// `sub`: opaque, one per person and sector, the same for ever (OpenID Connect Core, 8).
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Storage } from '../../src/storage/port.ts';
import { createClock } from '../helpers/clock.ts';
import { meetPerson, type Person, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt } from '../helpers/relying-party.ts';
import { openTestStorage } from '../helpers/store.ts';

const client = (client_id: string, host: string, more: object = {}) => ({
  client_id,
  client_secret: 'secret-secret-secret-secret-secret-secret-secret',
  redirect_uris: [`https://${host}/${client_id}`],
  ...more,
});
const clients = {
  shop: client('shop', 'shop.example'),
  blog: client('blog', 'blog.example'),
  mail: client('mail', 'mail.example', { sector: 'suite' }),
  chat: client('chat', 'chat.example', { sector: 'suite' }),
  open: client('open', 'open.example', { subject_type: 'public' }),
  bare: client('bare', 'bare.example', { subject_type: 'public' }),
  wide: { ...client('wide', 'one.example'), redirect_uris: ['https://one.example/wide', 'https://two.example/wide'] },
};
let storage: Storage;
let program: Program;
const clock = createClock();

beforeAll(async () => {
  storage = await openTestStorage();
  program = await startProgram({}, { storage, clients: Object.values(clients) });
});
afterAll(async () => {
  clock.restore();
  await program.close();
  await storage.close();
});

async function subOf(person: Person, of: (typeof clients)['shop'], where = program): Promise<unknown> {
  const party = await createRelyingParty(where.issuer, of);
  const { tokens } = await signIn(where, party, { person });
  const { sub } = decodeJwt(tokens.id_token);
  expect((await party.userinfo(tokens.access_token)).body.sub).toBe(sub);
  expect((await party.introspect(tokens.access_token)).body.sub).toBe(sub);
  return sub;
}

test('two sectors know one person by two subs, and each always by the same', async () => {
  const person = meetPerson(program);
  const shop = await subOf(person, clients.shop);
  expect(await subOf(person, clients.blog)).not.toBe(shop);
  clock.advance(31);
  expect(await subOf(meetPerson(program, { email: person.email }), clients.shop)).toBe(shop);
  expect(shop).toMatch(/^[\w-]{43}$/);
});

test('two people have two subs', async () => {
  expect(await subOf(meetPerson(program), clients.shop)).not.toBe(await subOf(meetPerson(program), clients.shop));
});

test('clients of one named sector know a person by the same sub', async () => {
  const person = meetPerson(program);
  expect(await subOf(person, clients.chat)).toBe(await subOf(person, clients.mail));
});

test('clients with public subjects share one, which is no pairwise one', async () => {
  const person = meetPerson(program);
  const sub = await subOf(person, clients.open);
  expect(await subOf(person, clients.bare)).toBe(sub);
  expect(await subOf(person, clients.shop)).not.toBe(sub);
});

test('a client may have several redirect hosts: the sub is the same at each', async () => {
  const person = meetPerson(program);
  const sub = await subOf(person, clients.wide);
  expect(await subOf(person, { ...clients.wide, redirect_uris: clients.wide.redirect_uris.toReversed() })).toBe(sub);
});

test('moving a site to another host changes nobody’s sub', async () => {
  const person = meetPerson(program);
  const sub = await subOf(person, clients.shop);
  const moved = client('shop', 'new-shop.example');
  const later = await startProgram({}, { storage, clients: [moved] });
  clock.advance(31);
  expect(await subOf(meetPerson(later, { email: person.email }), moved, later)).toBe(sub);
  await later.close();
});

test('discovery says that both kinds are to be had', async () => {
  const { metadata } = await createRelyingParty(program.issuer);
  expect(metadata.subject_types_supported).toEqual(expect.arrayContaining(['public', 'pairwise']));
});

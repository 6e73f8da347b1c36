// Where the store is another machine, a request asks at once for what it is going to need, and never works with what is older than
// its own writes.
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Context } from 'koa';
import { noteAnswer } from '../../src/protocol/answers.ts';
import { createReadingAhead } from '../../src/protocol/reading-ahead.ts';
import type { Storage } from '../../src/storage/port.ts';
import { meetPerson, signIn } from '../helpers/person.ts';
import { startProgram } from '../helpers/program.ts';
import { createRelyingParty } from '../helpers/relying-party.ts';
import { openTestStorage } from '../helpers/store.ts';

let storage: Storage;
beforeAll(async () => {
  storage = { ...(await openTestStorage()), distant: true };
});
afterAll(() => storage.close());

/** A store that answers a read only when nobody has asked for another one for a while: what was asked for together is a batch. */
function batchReads({ records, ...rest }: Storage): { storage: Storage; take(): string[][] } {
  const batches: string[][] = [];
  let open: { kinds: string[]; answer: Promise<void> } | undefined;
  const get: typeof records.get = async (kind, key) => {
    if (!open) {
      const batch = { kinds: [] as string[], answer: new Promise<void>((resolve) => setTimeout(resolve, 5)) };
      open = batch;
      void batch.answer.then(() => (open = undefined));
      batches.push(batch.kinds);
    }
    const { kinds, answer } = open;
    kinds.push(kind);
    await answer;
    return records.get(kind, key);
  };
  return { storage: { ...rest, records: { ...records, get } }, take: () => batches.splice(0).map((kinds) => kinds.toSorted()) };
}

test('userinfo and a request of a session ask once for the account, the consent and the grant, in one go; so does the consent page', async () => {
  const batched = batchReads(storage);
  const program = await startProgram({}, { storage: batched.storage });
  const party = await createRelyingParty(program.issuer);
  const person = meetPerson(program);
  const { tokens } = await signIn(program, party, { person });
  const all = ['Grant', 'Session', 'account', 'consent'];
  batched.take();
  expect((await party.userinfo(tokens.access_token)).status).toBe(200);
  expect(batched.take()).toEqual([all]);
  const { code = '' } = await party.silently(person.browser);
  expect(batched.take()).toEqual([['Session'], ['Grant', 'account', 'consent']]);
  expect(code).not.toBe('');
  await party.begin(person.browser, { prompt: 'consent' });
  batched.take();
  await person.browser.open(person.browser.page.url);
  expect(batched.take()).toEqual([['Session', 'account', 'consent']]);
  await program.close();
});

test('introspection, which says nothing of the person, asks for no consent', async () => {
  const batched = batchReads(storage);
  const program = await startProgram({}, { storage: batched.storage });
  const party = await createRelyingParty(program.issuer);
  const { tokens } = await signIn(program, party, { person: meetPerson(program) });
  batched.take();
  expect((await party.introspect(tokens.access_token)).body).toMatchObject({ active: true });
  expect(batched.take()).toEqual([['Grant', 'Session', 'account']]);
  await program.close();
});

describe('a row that was read ahead', () => {
  const answerTo = () => new ServerResponse(new IncomingMessage(new Socket()));
  const within = <T>(res: ServerResponse, work: () => Promise<T>) => noteAnswer({ res } as Context, work) as Promise<T>;
  const put = (value: string) => storage.records.put('thing', 'a', value);
  const valueOf = async ({ records }: Storage, key = 'a') => (await records.get('thing', key))?.value;

  async function readAndChange() {
    await put('old');
    const reading = createReadingAhead(storage);
    reading.readAhead('thing', 'a');
    await storage.records.get('thing', 'a'); // by now it has been read
    await put('new');
    return reading;
  }

  test('is what its own request sees, and nobody else', () =>
    within(answerTo(), async () => {
      const reading = await readAndChange();
      expect(await valueOf(reading.storage)).toBe('old');
      expect(await within(answerTo(), () => valueOf(reading.storage))).toBe('new');
      expect(await valueOf(reading.storage)).toBe('old');
    }));

  test.each<[string, (storage: Storage) => Promise<unknown>]>([
    ['insert', ({ records }) => records.insert('thing', 'other', 1)],
    ['insertInTurn', ({ records }) => records.insertInTurn([{ kind: 'thing', key: 'other', value: 1 }])],
    ['put', ({ records }) => records.put('thing', 'other', 1)],
    ['replace', ({ records }) => records.replace('thing', 'other', 1, 1)],
    ['mark', ({ records }) => records.mark('thing', 'other')],
    ['bump', ({ records }) => records.bump('counter', 'other', 1)],
    ['remove', ({ records }) => records.remove('thing', 'other')],
    ['removeAll', ({ records }) => records.removeAll('thing', 'account', 'other')],
  ])('is read again after a write of its request (%s)', (_, write) =>
    within(answerTo(), async () => {
      const reading = await readAndChange();
      await write(reading.storage);
      expect(await valueOf(reading.storage)).toBe('new');
    }),
  );

  test('that could not be is told to who asks for it, and to nobody else', () =>
    within(answerTo(), async () => {
      const get = () => Promise.reject(new Error('lost'));
      const reading = createReadingAhead({ ...storage, records: { ...storage.records, get } });
      reading.readAhead('thing', 'never asked for');
      reading.readAhead('thing', 'a');
      await expect(valueOf(reading.storage)).rejects.toThrow('lost');
    }));
});

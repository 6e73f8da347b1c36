// One person who has really signed in: the rows that are left of it, as the program itself wrote them. Everybody who has an account
// before a bench begins is made after that one, so that rows have whatever shape this version gives them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mongo } from '../../src/config/schema/storage.ts';
import type { Account } from '../../src/domain/accounts/account.ts';
import { generateSecrets } from '../../src/keys/generate.ts';
import { createKeys, type Keys } from '../../src/keys/keys.ts';
import type { KeyedRow, Kind } from '../../src/storage/port.ts';
import { openMovable } from '../../src/storage/upkeep.ts';
import { latchkey } from '../contenders/latchkey.ts';
import { signIn } from '../flows/relying-party.ts';
import type { MailSink } from '../load/mail-sink.ts';
import { clients } from '../site.ts';
import { embedded } from '../stores/store.ts';
import { type Ids, nameKeys, type Names } from './names.ts';

/** `text`: the value as JSON, opened where it was sealed. */
export type TemplateRow = { kind: Kind; row: KeyedRow; sealed: boolean; text: string };

export type Template = { keys: Keys; secretsFile: string; names: Names; rows: TemplateRow[]; remove(): void };

const email = 'template@example.com';

export async function makeTemplate(mail: MailSink): Promise<Template> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const secretsFile = join(folder, 'secrets.json');
  const secrets = generateSecrets();
  writeFileSync(secretsFile, JSON.stringify(secrets));
  const keys = createKeys(secrets);
  const place = embedded.choose(folder);

  const contender = latchkey({ name: 'template', mail, store: embedded, processes: 1, kept: { place: () => place, secretsFile } });
  const running = await contender.start();
  const connection = running.site.connect();
  try {
    await signIn(running.site, connection, { person: email });
  } finally {
    connection.close();
    await running.stop();
  }

  const rows: TemplateRow[] = [];
  const store = await openMovable({ databaseUrl: place.env.DATABASE_URL, mongo: mongo.parse({}) }, Date.now, true);
  for (const kind of await store.kinds())
    for (const row of (await store.read(kind, { limit: 1000 })).rows) rows.push(openRow(keys, kind, row));
  await store.close();
  return { keys, secretsFile, names: nameKeys(keys, findIds(rows)), rows, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function openRow(keys: Keys, kind: Kind, row: KeyedRow): TemplateRow {
  const isSealed = typeof row.value === 'string' && /^[0-9a-f]+\.[\w-]+$/.test(row.value);
  const value = isSealed ? keys.open(row.value, `${kind}:${row.key}`) : row.value;
  return { kind, row, sealed: isSealed, text: JSON.stringify(value) };
}

function findIds(rows: readonly TemplateRow[]): Ids {
  const read = <V>(kind: Kind) => JSON.parse(rows.find((one) => one.kind === kind)!.text) as V;
  const account = read<Account>('account');
  const session = read<{ jti: string; uid: string; authorizations: Record<string, { sid: string; grantId: string }> }>('Session');
  const { sid, grantId } = session.authorizations[clients.web.client_id]!;
  return { account: account.id, email, session: session.jti, uid: session.uid, sid, grant: grantId };
}

// Latchkey as it runs on one machine: a store on disk, every limit on; only messages stay in the outbox.
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/app.ts';
import { loadSettings } from '../../src/config/load.ts';
import { client } from '../flows/oauth.ts';

const port = Number(process.env.PORT);
const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
const settings = loadSettings({
  env: { PORT: String(port), DATABASE_URL: `sqlite:${folder}/latchkey.db`, LOG_LEVEL: 'warn' },
  cwd: process.cwd(),
  notice: () => {},
});
const registered = [
  { client_id: client.id, client_secret: client.secret, redirect_uris: [client.redirectUri], id_token_signed_response_alg: 'ES256' },
];
const app = await createApp({ ...settings, clients: { registered }, delivery: { ...settings.delivery, outboxSize: 64 } });
createServer(app.callback()).listen(port, 'localhost');

// Authlib, unmodified, in the Flask app of its guide: a process of its own that knows the issuer's URL and its credentials.
import { afterAll, beforeAll } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testApp } from './journey.ts';
import { describeWith, hasPython, pythonPath } from './left-out.ts';
import { openSetUp, type SetUp, startApp } from './set-up.ts';

describeWith('Authlib with Flask (pip install authlib flask requests)', hasPython('authlib', 'flask', 'requests', 'joserfc'))(
  'Authlib',
  () => {
    let setUp: SetUp;
    let process: Awaited<ReturnType<typeof startApp>>;
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-authlib-'));

    beforeAll(async () => {
      setUp = await openSetUp('authlib');
      writeFileSync(join(folder, 'app.py'), setUp.block('python'));
      const env = { ...setUp.environment, PYTHONPATH: pythonPath };
      process = await startApp(['python3', 'app.py'], { url: setUp.app, env, cwd: folder });
    });
    afterAll(async () => {
      await process?.close();
      await setUp?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    testApp(() => setUp);
  },
);

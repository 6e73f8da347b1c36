// The snippet of the quick start runs as it is printed, but for its port, and with the registration that it prints.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openSetUp, type SetUp, startApp, visit } from './set-up.ts';

describe('the quick start', () => {
  let setUp: SetUp;
  let app: Awaited<ReturnType<typeof startApp>>;

  beforeAll(async () => {
    setUp = await openSetUp('../quick-start');
    app = await startApp([process.execPath, '--input-type=module', '--eval', setUp.block('js')], {
      url: setUp.app,
      env: setUp.environment,
    });
  });
  afterAll(async () => {
    await app?.close();
    await setUp?.close();
  });

  test('signs a person in, and tells their verified address', async () => {
    const visitor = visit(setUp.program, setUp.app);
    expect(await visitor.read('/')).toEqual({ sub: expect.any(String), email: visitor.person.email, email_verified: true });
  });

  test('refuses an answer that it did not ask for', async () => {
    const stranger = visit(setUp.program, setUp.app);
    expect((await stranger.peek('/callback?code=stolen&state=made-up')).status).toBe(400);
  });
});

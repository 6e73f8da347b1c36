// Auth.js, unmodified, mounted as its guide says.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openSetUp, type SetUp, startApp, visit } from './set-up.ts';

describe('Auth.js', () => {
  let setUp: SetUp;
  let app: Awaited<ReturnType<typeof startApp>>;

  beforeAll(async () => {
    setUp = await openSetUp('authjs');
    const program = `${setUp.block('js')}\n${setUp.block('js', 1)}`;
    const env = { ...setUp.environment, AUTH_SECRET: 'a-secret-of-the-app-a-secret-of-the-app' };
    app = await startApp([process.execPath, '--input-type=module', '--eval', program], { url: `${setUp.app}/auth/session`, env });
  });
  afterAll(async () => {
    await app?.close();
    await setUp?.close();
  });

  test('a person signs in, has a session with their address, and signs out of the app', async () => {
    const visitor = visit(setUp.program, setUp.app);
    await visitor.goOnce('/auth/signin');
    await visitor.follow(await visitor.atApp.submit('/auth/signin/latchkey'));
    const { text } = await visitor.peek('/auth/session');
    expect(JSON.parse(text)).toMatchObject({ user: { id: expect.any(String), email: visitor.person.email } });
    await visitor.goOnce('/auth/signout');
    await visitor.atApp.submit('/auth/signout');
    expect((await visitor.peek('/auth/session')).text).toBe('null');
  });

  test('an answer that nobody asked for signs nobody in', async () => {
    const stranger = visit(setUp.program, setUp.app);
    const { headers } = await stranger.peek('/auth/callback/latchkey?code=stolen&state=made-up');
    expect(headers.get('location')).toMatch(/\/auth\/(error|signin)\?error=/);
    expect((await stranger.peek('/auth/session')).text).toBe('null');
  });
});

// The law for the guides' apps, whatever they are written in: they have the same addresses, and do the same with a person.
import { expect, test } from '@jest/globals';
import { type SetUp, visit } from './set-up.ts';

/** @param get the set-up, once it is there */
export function testApp(get: () => SetUp): void {
  test('a person signs in, is refreshed and signs out', async () => {
    const { program, app } = get();
    const visitor = visit(program, app);
    const me = await visitor.read('/');
    expect(me).toMatchObject({ sub: expect.any(String), email: visitor.person.email });
    expect(await visitor.read('/refresh')).toEqual(me);
    expect(await visitor.read('/sign-out')).toMatchObject({ signed_out: true });
    // Neither here nor there is anybody signed in.
    const { location = '' } = await visitor.goOnce('/sign-in');
    expect((await visitor.person.browser.open(location)).url).toMatch(/\/email$/);
  });

  test('it hears within a second that the person signed out elsewhere', async () => {
    const { program, app } = get();
    const visitor = visit(program, app);
    await visitor.read('/');
    expect(await visitor.signOutElsewhere('/')).toBeLessThan(1000);
  });

  test('it refuses an answer that it did not ask for, and a logout token that nobody signed', async () => {
    const { program, app } = get();
    const visitor = visit(program, app);
    await visitor.read('/');
    const stranger = visit(program, app);
    expect((await stranger.peek('/callback?code=stolen&state=made-up')).status).toBeGreaterThanOrEqual(400);
    const unsigned = [{ alg: 'none' }, { iss: program.issuer }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    const body = new URLSearchParams({ logout_token: `${unsigned.join('.')}.` });
    expect((await fetch(`${app}/back-channel-logout`, { method: 'POST', body })).status).toBe(400);
    expect((await visitor.peek('/')).status).toBe(200);
  });
}

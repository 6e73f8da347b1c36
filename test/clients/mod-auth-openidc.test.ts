// Apache with mod_auth_openidc, both as Debian has them, configured as the guide says.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apache, apacheModules, describeWith, hasApache } from './left-out.ts';
import { openSetUp, type SetUp, startApp, visit } from './set-up.ts';

const modules = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'mime', 'headers', 'auth_openidc'];

/** A server with pages for members and one for everybody, around the guide's own lines. */
function configure(folder: string, app: string, guide: string): string {
  return [
    ...modules.map((name) => `LoadModule ${name}_module ${apacheModules}/mod_${name}.so`),
    // Apache won't run as root.
    ...(process.getuid?.() === 0 ? ['User www-data', 'Group www-data'] : []),
    `Listen ${new URL(app).host}`,
    `ServerName ${new URL(app).host}`,
    `ServerRoot ${folder}`,
    `DefaultRuntimeDir ${folder}`,
    `PidFile ${folder}/pid`,
    `ErrorLog "|$/bin/cat"`,
    `DocumentRoot ${folder}/pages`,
    'StartServers 1',
    'TypesConfig /dev/null',
    'Header set X-Person "expr=%{reqenv:OIDC_CLAIM_sub} %{reqenv:OIDC_CLAIM_email} %{REMOTE_USER}"',
    // The test's browser is made of `fetch`, which can't say that it navigates, as browsers do.
    'RequestHeader set Sec-Fetch-Mode navigate early',
    guide,
    '',
  ].join('\n');
}

describeWith('Apache with mod_auth_openidc (apt install apache2-bin libapache2-mod-auth-openidc)', hasApache())('mod_auth_openidc', () => {
  let setUp: SetUp;
  let server: Awaited<ReturnType<typeof startApp>>;
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-apache-'));

  beforeAll(async () => {
    setUp = await openSetUp('mod_auth_openidc');
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'pages/members'), { recursive: true });
    for (const page of ['index.html', 'signed-out.html', 'members/index.html']) writeFileSync(join(folder, 'pages', page), page);
    writeFileSync(join(folder, 'apache.conf'), configure(folder, setUp.app, setUp.block('apache')));
    server = await startApp([apache, '-f', join(folder, 'apache.conf'), '-D', 'FOREGROUND'], { url: setUp.app });
  });
  afterAll(async () => {
    await server?.close();
    await setUp?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const readInfo = async (visitor: ReturnType<typeof visit>) =>
    (await visitor.read('/members/oidc?info=json')) as { access_token: string; userinfo: Record<string, unknown> };

  test('a person who opens a page for members signs in, and the page knows who they are', async () => {
    const visitor = visit(setUp.program, setUp.app);
    const page = await visitor.open('/members/');
    expect(page.text).toBe('members/index.html');
    const { userinfo } = await readInfo(visitor);
    expect(userinfo).toMatchObject({ email: visitor.person.email, email_verified: true });
    expect(page.headers.get('x-person')).toBe(`${String(userinfo.sub)} ${visitor.person.email} ${String(userinfo.sub)}`);
  });

  test('its refresh hook gets a new access token', async () => {
    const visitor = visit(setUp.program, setUp.app);
    await visitor.open('/members/');
    const before = await readInfo(visitor);
    const query = new URLSearchParams({ refresh: `${setUp.app}/members/`, access_token: before.access_token });
    const page = await visitor.open(`/members/oidc?${query.toString()}`);
    expect(page.url).toBe(`${setUp.app}/members/`);
    const after = await readInfo(visitor);
    expect(after.access_token).not.toBe(before.access_token);
    expect(after.userinfo).toEqual(before.userinfo);
  });

  test('signing out there signs out here, and back to the page for everybody', async () => {
    const visitor = visit(setUp.program, setUp.app);
    await visitor.open('/members/');
    const page = await visitor.open(`/members/oidc?${new URLSearchParams({ logout: `${setUp.app}/signed-out.html` }).toString()}`);
    expect(page.text).toBe('signed-out.html');
    const { location = '' } = await visitor.goOnce('/members/');
    expect((await visitor.person.browser.open(location)).url).toMatch(/\/email$/);
  });

  test('it hears within a second that the person signed out elsewhere', async () => {
    const visitor = visit(setUp.program, setUp.app);
    await visitor.open('/members/');
    expect(await visitor.signOutElsewhere('/members/')).toBeLessThan(1000);
  });
});

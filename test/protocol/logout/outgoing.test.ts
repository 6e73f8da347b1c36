// Requests to addresses that apps have named: only the public internet and what the operator listed, whatever a name says.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createPostForm } from '../../../src/protocol/logout/outgoing.ts';
import { createAddressCheck } from '../../../src/protocol/logout/special-addresses.ts';
import { type LogoutReceiver, startLogoutReceiver } from '../../helpers/logout-receiver.ts';

describe('an address', () => {
  const kindOf = createAddressCheck(['127.0.0.1', '10.1.0.0/16', 'fd00::/8']);

  test.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.2',
    '169.254.169.254',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:192.168.1.1',
    '::ffff:c0a8:101',
    '::ffff:0:127.0.0.1',
    '::127.0.0.2',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    'fc00::1',
    'fe80::1',
    'fec0::1',
    'ff02::1',
  ])('%s is refused', (address) => expect(kindOf(address)).toBe('refused'));

  test.each(['1.1.1.1', '93.184.215.14', '172.32.0.1', '2606:4700:4700::1111', '2a00:1450:4001:80b::200e', '::ffff:1.1.1.1'])(
    '%s is public',
    (address) => expect(kindOf(address)).toBe('public'),
  );

  test.each(['127.0.0.1', '10.1.2.3', 'fd12::1'])('%s is listed', (address) => expect(kindOf(address)).toBe('listed'));
});

describe('a form', () => {
  let receiver: LogoutReceiver;
  beforeAll(async () => {
    receiver = await startLogoutReceiver();
  });
  beforeEach(() => {
    receiver.received.length = 0;
    receiver.answerWith(200);
  });
  afterAll(() => receiver.close());

  const fields = { logout_token: 'a token' };
  const named = () => `http://app.example:${receiver.port}/logout`;

  /** A name server that says another thing each time. */
  function namesOf(...answers: string[][]) {
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return (answers[asked - 1] ?? answers.at(-1) ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    };
    return { resolve, asked: () => asked };
  }

  test('goes to a listed address', async () => {
    const { resolve } = namesOf(['127.0.0.1']);
    const postForm = createPostForm({ allowed: ['127.0.0.1'], timeoutSeconds: 5, resolve });
    expect(await postForm(named(), fields)).toEqual({ status: 200 });
    expect(receiver.received).toMatchObject([{ token: 'a token', path: '/logout' }]);
  });

  test('is not sent where a name leads to an address that is not listed', async () => {
    const { resolve } = namesOf(['127.0.0.1']);
    const postForm = createPostForm({ allowed: ['10.0.0.0/8'], timeoutSeconds: 5, resolve });
    expect(await postForm(named(), fields)).toEqual({ failed: 'address_refused' });
    expect(receiver.received).toEqual([]);
  });

  test('goes to the address that was vetted: the name is asked once, and what it would say next counts for nothing', async () => {
    const names = namesOf(['127.0.0.1'], ['127.0.0.2']);
    const postForm = createPostForm({ allowed: ['127.0.0.1'], timeoutSeconds: 5, resolve: names.resolve });
    expect(await postForm(named(), fields)).toEqual({ status: 200 });
    expect(names.asked()).toBe(1);
  });

  test('goes to none of a name’s addresses but the vetted ones', async () => {
    const { resolve } = namesOf(['127.0.0.2', '127.0.0.1']);
    const postForm = createPostForm({ allowed: ['127.0.0.1'], timeoutSeconds: 5, resolve });
    expect(await postForm(named(), fields)).toEqual({ status: 200 });
  });

  test('goes over plain http to listed addresses alone', async () => {
    const { resolve } = namesOf(['1.1.1.1']);
    const postForm = createPostForm({ allowed: [], timeoutSeconds: 5, resolve });
    expect(await postForm(named(), fields)).toEqual({ failed: 'address_refused' });
  });

  test('waits no longer than it may: for an answer, and for a name', async () => {
    receiver.answerWith(0);
    const slow = createPostForm({ allowed: ['127.0.0.1'], timeoutSeconds: 1 });
    const lost = createPostForm({ allowed: [], timeoutSeconds: 1, resolve: () => new Promise(() => {}) });
    const before = performance.now();
    expect(await Promise.all([slow(receiver.uri, fields), lost(named(), fields)])).toEqual([{ failed: 'timeout' }, { failed: 'timeout' }]);
    expect(performance.now() - before).toBeLessThan(5000);
  });

  test('says when nobody is there, and when a name is nobody’s', async () => {
    const { resolve } = namesOf(['127.0.0.1']);
    const postForm = createPostForm({ allowed: ['127.0.0.1'], timeoutSeconds: 5, resolve });
    expect(await postForm('http://app.example:1/logout', fields)).toEqual({ failed: 'unreachable' });
    const nameless = createPostForm({ allowed: [], timeoutSeconds: 5, resolve: () => Promise.reject(new Error('ENOTFOUND')) });
    expect(await nameless('https://nobody.example/logout', fields)).toEqual({ failed: 'unreachable' });
  });
});

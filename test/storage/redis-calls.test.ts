// The limits of a call: it ends in time, is repeated only where it surely didn't happen, and its failure gives nothing away.
import { expect, it } from '@jest/globals';
import { openCalls } from '../../src/storage/redis/calls.ts';
import { createDeadlines } from '../../src/storage/redis/deadlines.ts';

const open = (timeoutMs = 500, isConnected = () => true) => openCalls({ deadlines: createDeadlines(), timeoutMs, isConnected });
const unavailable = expect.objectContaining({ name: 'AppError', code: 'unavailable' });

/** As the driver makes it. */
function replyError(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError', command: { name: 'evalsha', args: ['secret'] } });
}

it('a call that never ends is refused in time', async () => {
  await expect(open(20).call(() => new Promise(() => undefined))).rejects.toEqual(unavailable);
});

it('without a connection nothing is sent at all', async () => {
  let sent = 0;
  await expect(open(20, () => false).call(() => Promise.resolve((sent += 1)))).rejects.toEqual(unavailable);
  expect(sent).toBe(0);
});

it('calls of one turn of the event loop are sent together', async () => {
  const calls = open();
  const happened: string[] = [];
  const send = (name: string) => {
    happened.push(name);
    setImmediate(() => happened.push('a turn later'));
    return Promise.resolve(name);
  };
  const first = calls.call(() => send('first'));
  await new Promise((resolve) => process.nextTick(resolve));
  const second = calls.call(() => send('second'));
  expect(happened).toEqual([]);
  expect(await Promise.all([first, second])).toEqual(['first', 'second']);
  expect(happened.slice(0, 2)).toEqual(['first', 'second']);
});

it('a connection that is lost before a call is sent refuses it', async () => {
  let connected = true;
  let sent = 0;
  const call = open(500, () => connected).call(() => Promise.resolve((sent += 1)));
  connected = false;
  await expect(call).rejects.toEqual(unavailable);
  expect(sent).toBe(0);
});

it("a write that was refused as late though it is in time is sent once more, by what Redis's clock says now", async () => {
  const calls = open();
  const hours = 3_600_000;
  const deadlines: number[] = [];
  const send = (deadline: number) => {
    deadlines.push(deadline);
    const time = Date.now() + hours;
    return deadline < time ? Promise.reject(replyError(`LATE ${time}`)) : Promise.resolve('done');
  };
  expect(await calls.call(send)).toBe('done');
  expect(await calls.call(send)).toBe('done');
  expect(deadlines.length).toBe(3);
});

it('a write that is refused as late again and again is unavailable', async () => {
  let sent = 0;
  const send = () => Promise.reject(replyError(`LATE ${Date.now() + (sent += 1) * 1e6}`));
  await expect(open().call(send)).rejects.toEqual(unavailable);
  expect(sent).toBe(2);
});

/** As Redis 6.2 says what went wrong within a script. */
const within = (message: string) => `ERR Error running script (call to f_0123): @user_script:17: @user_script: 17: ${message}`;

it.each([
  'READONLY You can not write',
  'LOADING',
  'OOM command not allowed',
  'CLUSTERDOWN',
  'NOAUTH Authentication required.',
  within("-OOM command not allowed when used memory > 'maxmemory'."),
  within("-READONLY You can't write against a read only replica."),
])('a server that says %s is unavailable, and it is not asked again', async (message) => {
  let sent = 0;
  await expect(open().call(() => Promise.reject(replyError(message + String((sent += 1)).slice(1))))).rejects.toEqual(unavailable);
  expect(sent).toBe(1);
});

it.each(['ERR syntax error', within('Wrong number of args calling Redis command From Lua script')])(
  'a command that Redis cannot make sense of is a bug (%s)',
  async (message) => {
    const failure = await open()
      .call(() => Promise.reject(replyError(message)))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'Error', message });
  },
);

it.each(['ERR syntax error', 'LOADING'])('no failure (%s) carries the command that failed', async (message) => {
  const failure = await open()
    .call(() => Promise.reject(replyError(message)))
    .catch((error: unknown) => error as Error);
  expect(failure).not.toHaveProperty('command');
  expect(failure.cause ?? {}).not.toHaveProperty('command');
});

it('closing waits for what was called before, and refuses what comes later', async () => {
  const calls = open();
  const before = Promise.withResolvers<string>();
  const answer = calls.call(() => before.promise);
  const closing = calls.close();
  await expect(calls.call(() => Promise.resolve())).rejects.toEqual(unavailable);
  before.resolve('answered');
  await closing;
  expect(await answer).toBe('answered');
});

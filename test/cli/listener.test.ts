// Opening and closing the port: early requests wait, requests under way finish, idle connections end.
import { describe, expect, test } from '@jest/globals';
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { openListener } from '../../src/cli/listener.ts';

const anywhere = { port: 0, host: '127.0.0.1', keepAliveSeconds: 75 };

/** One GET; answers its response, read to the end. */
async function get(port: number, agent?: Agent): Promise<IncomingMessage> {
  const [response] = (await once(request({ port, agent }).end(), 'response')) as [IncomingMessage];
  await once(response.resume(), 'end');
  return response;
}

test('requests that come before there is an app wait for it', async () => {
  const listener = await openListener(anywhere);
  const early = get(listener.port);
  await sleep(50);
  listener.answerWith((_, response) => response.writeHead(204).end());
  expect((await early).statusCode).toBe(204);
  await listener.close({ seconds: 1, gently: false });
});

test('a retired listener takes connections, and ends each with its answer', async () => {
  const listener = await openListener(anywhere);
  listener.answerWith((_, response) => response.end());
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  expect((await get(listener.port, agent)).headers.connection).toBe('keep-alive');
  listener.retire();
  expect((await get(listener.port, agent)).headers.connection).toBe('close');
  expect((await get(listener.port, agent)).headers.connection).toBe('close');
  await listener.close({ seconds: 1, gently: false });
});

describe('closing', () => {
  test('lets a request under way finish, and takes no new connection', async () => {
    const listener = await openListener(anywhere);
    const arrived = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    listener.answerWith((_, response) => {
      arrived.resolve();
      void go.promise.then(() => response.end('done'));
    });
    const slow = get(listener.port);
    await arrived.promise;
    const closed = listener.close({ seconds: 5, gently: false });
    await expect(get(listener.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    go.resolve();
    const { statusCode, headers } = await slow;
    expect([statusCode, headers.connection]).toEqual([200, 'close']);
    await closed;
  });

  test('gently still answers on connections that were open, and tells them to close', async () => {
    const listener = await openListener(anywhere);
    listener.answerWith((_, response) => response.end());
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect((await get(listener.port, agent)).headers.connection).toBe('keep-alive');
    const closed = listener.close({ seconds: 5, gently: true });
    await sleep(250);
    expect((await get(listener.port, agent)).headers.connection).toBe('close');
    await closed;
    agent.destroy();
  });

  test('gently ends idle connections when none of them brought a request for a while', async () => {
    const listener = await openListener(anywhere);
    listener.answerWith((_, response) => response.end());
    const agent = new Agent({ keepAlive: true });
    await get(listener.port, agent);
    const started = performance.now();
    await listener.close({ seconds: 60, gently: true });
    expect(performance.now() - started).toBeGreaterThan(900);
    expect(performance.now() - started).toBeLessThan(10_000);
    agent.destroy();
  });

  test('not gently ends idle connections at once', async () => {
    const listener = await openListener(anywhere);
    listener.answerWith((_, response) => response.end());
    const agent = new Agent({ keepAlive: true });
    await get(listener.port, agent);
    const started = Date.now();
    await listener.close({ seconds: 10, gently: false });
    expect(Date.now() - started).toBeLessThan(2000);
    agent.destroy();
  });

  test('cuts off what has not finished in time', async () => {
    const listener = await openListener(anywhere);
    listener.answerWith(() => {});
    const stuck = get(listener.port).catch((error: unknown) => error);
    await sleep(50);
    await listener.close({ seconds: 0.2, gently: true });
    expect(await stuck).toMatchObject({ code: 'ECONNRESET' });
  });
});

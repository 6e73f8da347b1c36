// Sentinels name another primary: the node follows it by itself, and is told so meanwhile.
import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openRedis, type RedisHome } from '../../src/storage/redis/open.ts';
import { describeOnRedis, startRedis, type RedisServer } from '../helpers/redis-server.ts';
import { makeFolder } from './folder.ts';

const pathTo = makeFolder();

/** Nothing from a server that is just changing its role: it drops its connections then. */
const ask = (server: RedisServer, ...words: string[]) => server.ask(...words).catch(() => '');

describeOnRedis('a node behind a Sentinel', () => {
  let primary: RedisServer;
  let replica: RedisServer;
  let sentinel: RedisServer;
  let watching: ChildProcess;
  let redis: RedisHome;

  beforeAll(async () => {
    primary = await startRedis();
    replica = await startRedis({ replicaOf: primary.port });
    // The Sentinel takes the place of a Redis that was there a moment ago. It keeps what it learns in its file of settings.
    sentinel = await startRedis();
    await sentinel.kill();
    writeFileSync(pathTo('sentinel.conf'), `port ${sentinel.port}\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 ${primary.port} 1\n`);
    watching = spawn(process.env.REDIS_SERVER_PATH ?? 'redis-server', [pathTo('sentinel.conf'), '--sentinel'], { stdio: 'ignore' });
    // It asks the primary for its replicas when it likes, every ten seconds at most.
    while (!/slaves=1/.test(await ask(sentinel, 'INFO', 'sentinel'))) await pause(100);
    redis = await openRedis({ url: `redis+sentinel://127.0.0.1:${sentinel.port}/main` }, Date.now);
  }, 120_000);
  afterAll(async () => {
    await redis?.close();
    watching?.kill('SIGKILL');
    await Promise.all([primary, replica, sentinel].map((server) => server?.stop()));
  }, 60_000);

  it('goes on with the replica when that was made the primary, and finds what was copied to it', async () => {
    await redis.check();
    await redis.expiring.put('thing', 'before', 1, 600);
    while (!/master_link_status:up/.test(await ask(replica, 'INFO', 'replication'))) await pause(100);
    while (!/thing:before/.test(await ask(replica, 'KEYS', '*'))) await pause(100);

    let answer = '';
    while (!answer.startsWith('+OK')) answer = await ask(sentinel, 'SENTINEL', 'FAILOVER', 'main');
    while (!/role:master/.test(await ask(replica, 'INFO', 'replication'))) await pause(50);
    const started = performance.now();
    const outcomes = new Set<unknown>();
    while (!/thing:after/.test(await ask(replica, 'KEYS', '*'))) {
      outcomes.add(await redis.expiring.put('thing', 'after', 1, 600).catch((error: { code: unknown }) => error.code));
    }
    expect(performance.now() - started).toBeLessThan(5000 * 5);
    expect([...outcomes].filter((outcome) => outcome !== undefined && outcome !== 'unavailable')).toEqual([]);
    expect(await redis.expiring.get('thing', 'before')).toMatchObject({ value: 1 });
  }, 120_000);
});

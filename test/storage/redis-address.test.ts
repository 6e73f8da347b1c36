// What Redis URLs mean, and that a URL that can't be read is never repeated.
import { describe, expect, it } from '@jest/globals';
import { parseAddress } from '../../src/storage/redis/address.ts';

describe('a Redis URL', () => {
  it.each([
    ['redis://localhost', { mode: 'single', secure: false, hosts: [{ host: 'localhost', port: 6379 }], database: 0 }],
    [
      'rediss://:p%40ss@cache.example:6380/3',
      { secure: true, password: 'p@ss', hosts: [{ host: 'cache.example', port: 6380 }], database: 3 },
    ],
    ['redis://user:pass@[::1]:7000', { username: 'user', password: 'pass', hosts: [{ host: '::1', port: 7000 }] }],
    [
      'redis+cluster://a:7000,b',
      {
        mode: 'cluster',
        hosts: [
          { host: 'a', port: 7000 },
          { host: 'b', port: 6379 },
        ],
      },
    ],
    ['rediss+cluster://u:p@a:7000', { mode: 'cluster', secure: true, username: 'u', password: 'p' }],
    [
      'redis+sentinel://:p@s1,s2:5000/main/2?sentinelUsername=su&sentinelPassword=s%2Bp',
      {
        mode: 'sentinel',
        hosts: [
          { host: 's1', port: 26_379 },
          { host: 's2', port: 5000 },
        ],
        primary: 'main',
        database: 2,
        password: 'p',
        sentinelUsername: 'su',
        sentinelPassword: 's+p',
      },
    ],
  ])('%s is read', (url, expected) => {
    expect(parseAddress(url)).toMatchObject(expected);
  });

  it.each([
    ['http://hunter2@localhost', 'must look like'],
    ['redis://', 'must look like'],
    ['redis://u:hunter2@a,b', 'several hosts'],
    ['redis://u:hunter2@a:port', 'a host that cannot be read'],
    ['redis://u:hunter2@a/name', 'the number of a database'],
    ['redis+cluster://u:hunter2@a/1', 'no databases but 0'],
    ['redis+sentinel://u:hunter2@a', 'must name the primary'],
  ])('%s is refused, and not repeated', (url, reason) => {
    expect(() => parseAddress(url)).toThrow(reason);
    expect(() => parseAddress(url)).not.toThrow('hunter2');
  });
});

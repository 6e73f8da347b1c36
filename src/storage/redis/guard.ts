// No write happens after its caller has been told that it failed.

/**
 * Begins every script that writes. A Redis that hung (or a network that did) finds commands in its buffers when it comes back, whose
 * callers have long gone; each carries the last moment at which somebody waits for it, by this server's clock, and is refused after it.
 * A write that was answered with a failure may thus have happened, but never happens later than that moment.
 */
export const guard = `
  local clock = redis.call('TIME')
  local time = clock[1] * 1000 + math.floor(clock[2] / 1000)
  if time > tonumber(ARGV[1]) then
    return redis.error_reply(string.format('LATE %.0f', time))
  end
`;

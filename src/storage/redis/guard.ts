// No write happens long after it was asked for, when nobody waits for it any more.

/**
 * Begins every script that writes. A Redis that hung (or a network that did) finds commands in its buffers when it comes back, whose
 * callers have long gone; each carries the last moment at which it may begin, by this server's clock, and is refused after it.
 * What is true then: a write that was answered with a failure may have happened, or, when its connection was lost meanwhile, may still
 * happen until its time limit (2 s from the call) is over, but never later. Not bounded is a server's clock set back between two checks.
 */
export const guard = `
  local clock = redis.call('TIME')
  local time = clock[1] * 1000 + math.floor(clock[2] / 1000)
  if time > tonumber(ARGV[1]) then
    return redis.error_reply(string.format('LATE %.0f', time))
  end
`;

// Indexes: per kind, index and value a sorted set of keys, ordered by when their rows expire. KEYS[1] is the set. They lie in other
// slots than their rows and may know too much, never too little: what counts is what the row itself says.

/** Entries of expired rows that an entry sweeps out: more than one, so that a set shrinks; few, so that nobody waits for it. */
const sweptAtOnce = 10;

/** ARGV: expiries up to this one are over, the row's expiry, its key, the set's life in Redis (ms). An entry that comes late does no harm. */
const enter = `
  local over = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ${sweptAtOnce})
  if #over > 0 then
    redis.call('ZREM', KEYS[1], unpack(over))
  end
  redis.call('ZADD', KEYS[1], 'GT', ARGV[2], ARGV[3])
  if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[4]) then
    redis.call('PEXPIRE', KEYS[1], ARGV[4])
  end
`;

/** ARGV: expiry and key of each entry that goes, unless it was entered anew meanwhile. */
const leave = `
  for i = 1, #ARGV, 2 do
    local expiry = redis.call('ZSCORE', KEYS[1], ARGV[i + 1])
    if expiry and tonumber(expiry) == tonumber(ARGV[i]) then
      redis.call('ZREM', KEYS[1], ARGV[i + 1])
    end
  end
`;

export const indexScripts = { enterIndex: enter, leaveIndex: leave };

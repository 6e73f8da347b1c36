// Spending: sliding windows and gaps over several ledgers, decided and done in one script. KEYS are the ledgers of one partition, one slot.
import { guard } from './guard.ts';
import { grace } from './row-text.ts';

/** A run's length matters up to the last gap; this many more are kept, so that refunds can shorten it and it's still right. */
const refundable = 16;

/** A ledger is the times of its spends (ms), ascending, 8 bytes each. */
const reading = `
  local function count(spends) return #spends / 8 end
  local function at(spends, i) return (struct.unpack('>d', spends, i * 8 - 7)) end

  -- A spend stops counting at the very millisecond that its window is over.
  local function count_since(spends, time)
    local low, high = 0, count(spends)
    while low < high do
      local middle = math.ceil((low + high) / 2)
      if at(spends, middle) > time then high = middle - 1 else low = middle end
    end
    return count(spends) - low
  end
`;

/** A rule is a gap rule if it has gaps. */
const rules = `
  local function end_of_window(rule, spends)
    local window = rule.seconds * 1000
    if count_since(spends, now - window) < rule.limit then return now end
    -- The oldest of the newest ones has to leave. A limit of 0 never opens: the answer moves on with the clock.
    if rule.limit == 0 then return now + window end
    return at(spends, count(spends) - rule.limit + 1) + window
  end

  -- The spends since the last pause, as far as they matter.
  local function count_run(rule, spends)
    local run, later = 0, now
    local most = math.min(count(spends), #rule.gaps + ${refundable})
    while run < most and later - at(spends, count(spends) - run) < rule.resetSeconds * 1000 do
      later = at(spends, count(spends) - run)
      run = run + 1
    end
    return run
  end

  local function end_of_gap(rule, spends)
    local run = count_run(rule, spends)
    if run == 0 then return now end
    local gap = rule.gaps[math.min(run, #rule.gaps)] or 0
    return at(spends, count(spends)) + math.min(gap, rule.resetSeconds) * 1000
  end
`;

/**
 * ARGV: …, the caller's clock, the ledgers' rules as JSON in the order of KEYS, 'look' if nothing is to be spent.
 * Answers {1, what is left of each ledger, -1 without a window} or {0, which ledger refuses, when it opens}.
 */
const spend = `${guard}
  local now = tonumber(ARGV[2])
  local asked = cjson.decode(ARGV[3])
  ${reading}${rules}

  local ledgers = {}
  local refusing, opening = 0, now
  for i, key in ipairs(KEYS) do
    local spends = redis.call('GET', key) or ''
    local needed, horizon, left = 0, 0, -1
    -- Ascending even when the clock stepped back (or is another node's): counting too long is allowed, too short never.
    local newest = now
    if count(spends) > 0 then newest = math.max(now, at(spends, count(spends))) end
    for _, rule in ipairs(asked[i]) do
      local open
      if rule.gaps then
        open = end_of_gap(rule, spends)
        needed = math.max(needed, count_run(rule, spends))
        horizon = math.max(horizon, rule.resetSeconds)
      else
        open = end_of_window(rule, spends)
        local since = now - rule.seconds * 1000
        local spent = count_since(spends, since)
        needed = math.max(needed, spent)
        horizon = math.max(horizon, rule.seconds)
        -- What is left afterwards: the spend that is decided on counts, too.
        if newest > since then spent = spent + 1 end
        local more = math.max(0, rule.limit - spent)
        if left < 0 or more < left then left = more end
      end
      -- Of several refusals the one that lasts longest answers, of equal ones the first.
      if open > opening then refusing, opening = i, open end
    end
    ledgers[i] = { spends = spends, needed = needed, horizon = horizon, newest = newest, left = left }
  end
  if refusing > 0 then return { 0, refusing, string.format('%.17g', opening) } end

  -- Nothing was written so far, and nothing fails from here on: all ledgers or none.
  local answer = { 1 }
  for i, key in ipairs(KEYS) do
    local ledger = ledgers[i]
    answer[i + 1] = ledger.left
    if ARGV[4] ~= 'look' then
      local kept = string.sub(ledger.spends, (count(ledger.spends) - ledger.needed) * 8 + 1)
      local life = math.ceil(ledger.newest - now + ledger.horizon * 1000) + ${grace}
      redis.call('SET', key, kept .. struct.pack('>d', ledger.newest), 'PX', string.format('%.0f', life))
    end
  end
  return answer
`;

/** Takes back the newest spend of each key, of a key that is named twice two. */
const refund = `${guard}
  for _, key in ipairs(KEYS) do
    local spends = redis.call('GET', key)
    if spends and #spends > 8 then
      redis.call('SET', key, string.sub(spends, 1, -9), 'KEEPTTL')
    elseif spends then
      redis.call('DEL', key)
    end
  end
`;

const forgive = `${guard}
  redis.call('DEL', unpack(KEYS))
`;

export const ledgerScripts = { spendLedgers: spend, refundLedgers: refund, forgiveLedgers: forgive };

// The writes of a row, each decided and done in one script. KEYS[1] is the row; ARGV[2] the caller's clock, by which rows expire.
import { guard } from './guard.ts';
import { lua } from './row-text.ts';

/** `row` is the whole row or only its head; it may be empty. */
const alive = `
  local function alive(row)
    return row and #row > 0 and ${lua.expiryOf('row')} > tonumber(ARGV[2])
  end
`;

/** ARGV: …, expiry as text, life in Redis (ms), indexes with line break and value. An expired row is overwritten as if it were absent. */
const put = `${guard}${alive}
  local head = ${lua.head}
  local version, mark = 0, ${lua.unmarked}
  if alive(head) then
    version, mark = ${lua.versionOf('head')}, ${lua.markOf('head')}
  end
  redis.call('SET', KEYS[1], ${lua.version('version + 1')} .. mark .. ARGV[3] .. ARGV[5], 'PX', ARGV[4])
`;

/** ARGV as for put. */
const add = `${guard}${alive}
  if alive(${lua.head}) then return 0 end
  redis.call('SET', KEYS[1], ${lua.version('1')} .. ${lua.unmarked} .. ARGV[3] .. ARGV[5], 'PX', ARGV[4])
  return 1
`;

/** ARGV: …, expiry as text, life in Redis (ms), value, expected version. Answers the indexes, which stay; nil: nothing was written. */
const replace = `${guard}${alive}
  local row = redis.call('GET', KEYS[1])
  if not alive(row) or ${lua.versionOf('row')} ~= tonumber(ARGV[6]) then return nil end
  local indexes = ${lua.indexesOf('row')}
  local head = ${lua.version(`${lua.versionOf('row')} + 1`)} .. ${lua.markOf('row')} .. ARGV[3]
  redis.call('SET', KEYS[1], head .. indexes .. '\\n' .. ARGV[5], 'PX', ARGV[4])
  return indexes
`;

/** ARGV: …, the mark. 0: absent, 1: again, 2: first. */
const mark = `${guard}${alive}
  local head = ${lua.head}
  if not alive(head) then return 0 end
  if ${lua.markOf('head')} ~= ${lua.unmarked} then return 1 end
  redis.call('SETRANGE', KEYS[1], ${lua.markOffset}, ARGV[3])
  return 2
`;

const remove = `${guard}${alive}
  if not alive(${lua.head}) then return 0 end
  return redis.call('DEL', KEYS[1])
`;

/** ARGV: …, index, value: only if the row still has it. */
const removeIndexed = `${guard}${alive}
  local row = redis.call('GET', KEYS[1])
  if not alive(row) then return 0 end
  local indexes = ${lua.indexesOf('row')}
  if indexes == '' or cjson.decode(indexes)[ARGV[3]] ~= ARGV[4] then return 0 end
  return redis.call('DEL', KEYS[1])
`;

export const rowScripts = {
  putRow: put,
  addRow: add,
  replaceRow: replace,
  markRow: mark,
  removeRow: remove,
  removeIndexedRow: removeIndexed,
};

/** The atomic writes of sessions, as Lua. */

/** Applies `host, delta` pairs from ARGV[first] on; a count of zero leaves no field behind. */
const APPLY_DELTAS = `
local function apply(first)
  for i = first, #ARGV, 2 do
    if redis.call('HINCRBY', KEYS[3], ARGV[i], ARGV[i + 1]) <= 0 then redis.call('HDEL', KEYS[3], ARGV[i]) end
  end
end`;

/**
 * What sessions but for `own` hold of a key of `heldKey`. A session that is not open holds nothing, whatever is written: a manager of
 * another release may have closed it without taking that away.
 */
const HELD = `
local function held(open, key, own)
  local entries = redis.call('HGETALL', key)
  local sessions, nodes = 0, 0
  for i = 1, #entries, 2 do
    local id = entries[i]
    if redis.call('SISMEMBER', open, id) == 0 then redis.call('HDEL', key, id)
    elseif id ~= own then
      local s, n = string.match(entries[i + 1], '^(%d+) (%d+)$')
      sessions, nodes = sessions + s, nodes + n
    end
  end
  return sessions, nodes
end`;

/**
 * Of the keys from KEYS[4] on. ARGV[at]: what the session holds after the write (`<sessions> <nodes>`), '' when that has not changed;
 * then how long it is kept (ms), and for each key the most sessions and the most nodes, '' where that is not asked.
 */
const SHARES = `${HELD}
local function over(at)
  local own = { string.match(ARGV[at], '^(%d+) (%d+)$') }
  for i = 4, #KEYS do
    local most = { tonumber(ARGV[at + 2 * i - 6]), tonumber(ARGV[at + 2 * i - 5]) }
    if own[1] and (most[1] or most[2]) then
      local sessions, nodes = held(KEYS[2], KEYS[i], ARGV[1])
      if most[1] and sessions + own[1] > most[1] then return 'over sessions ' .. most[1] end
      if most[2] and nodes + own[2] > most[2] then return 'over nodes ' .. most[2] end
    end
  end
end
local function hold(at)
  if ARGV[at] == '' then return end
  for i = 4, #KEYS do
    if ARGV[at] == '0 0' then redis.call('HDEL', KEYS[i], ARGV[1])
    else
      redis.call('HSET', KEYS[i], ARGV[1], ARGV[at])
      redis.call('PEXPIRE', KEYS[i], ARGV[at + 1])
    end
  end
end`;

/** KEYS: sessions, then keys of `heldKey`. Answers sessions and nodes of each, one after the other. */
export const HELD_SCRIPT = `${HELD}
local answer = {}
for i = 2, #KEYS do
  local sessions, nodes = held(KEYS[1], KEYS[i], '')
  answer[#answer + 1] = sessions
  answer[#answer + 1] = nodes
end
return answer`;

/**
 * KEYS: session, sessions, placed, then those that it is counted for. ARGV: id, document, version, most sessions, channel, shares (as
 * SHARES has them), then host/delta pairs.
 */
export const CREATE_SCRIPT = `${APPLY_DELTAS}${SHARES}
if redis.call('EXISTS', KEYS[1]) == 1 then return 'conflict' end
if redis.call('SCARD', KEYS[2]) >= tonumber(ARGV[4]) then return 'full' end
local refused = over(6)
if refused then return refused end
redis.call('HSET', KEYS[1], 'document', ARGV[2], 'version', ARGV[3])
redis.call('SADD', KEYS[2], ARGV[1])
hold(6)
apply(8 + 2 * (#KEYS - 3))
redis.call('PUBLISH', ARGV[5], ARGV[1] .. ' ' .. ARGV[3])
return 'written'`;

/**
 * KEYS: session, sessions, placed, then those that it is counted for. ARGV: id, document, expected version, new version, tombstone ms
 * (0: it lives), channel, number of bounded hosts, for each its name, its most nodes and its delta, shares (as SHARES has them), then
 * host/delta pairs.
 */
export const REPLACE_SCRIPT = `${APPLY_DELTAS}${SHARES}
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[3] then return 'conflict' end
local shares_from = 8 + 3 * ARGV[7]
for i = 8, shares_from - 1, 3 do
  local placed = tonumber(redis.call('HGET', KEYS[3], ARGV[i]) or '0')
  local delta = tonumber(ARGV[i + 2])
  if delta > 0 and placed + delta > tonumber(ARGV[i + 1]) then return 'host-full' end
end
local refused = over(shares_from)
if refused then return refused end
redis.call('HSET', KEYS[1], 'document', ARGV[2], 'version', ARGV[4])
if ARGV[5] ~= '0' then
  redis.call('SREM', KEYS[2], ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
end
hold(shares_from)
apply(shares_from + 2 + 2 * (#KEYS - 3))
redis.call('PUBLISH', ARGV[6], ARGV[1] .. ' ' .. ARGV[4])
return 'written'`;

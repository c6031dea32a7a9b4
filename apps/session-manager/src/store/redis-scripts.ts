/** The store's atomic writes, as Lua; keys are documented in docs/operations.md and all share one hash tag (one cluster slot). */

/** One hash tag for all keys, so that a script may touch several of them on a Redis Cluster too. */
const PREFIX = '{drydock}';

export const sessionKey = (id: string) => `${PREFIX}:session:${id}`;
export const ticketKey = (hash: string) => `${PREFIX}:ticket:${hash}`;
/** Stream: what happened in a session, each entry with the field `fact` (JSON). */
export const timelineKey = (id: string) => `${PREFIX}:timeline:${id}`;
/** A word that is taken for a moment, so that of several managers one writes. */
export const onceKey = (hash: string) => `${PREFIX}:once:${hash}`;
/** Set of the ids of all sessions that are not closed. */
export const SESSIONS_KEY = `${PREFIX}:sessions`;
/** Hash: host -> number of nodes placed on it. */
export const PLACED_KEY = `${PREFIX}:placed`;
/** Hash: session -> `<sessions> <nodes>` that it holds of what one address may have (`countedFor` of its record). */
export const heldKey = (key: string) => `${PREFIX}:held:${key}`;
/** Number: network identifiers given out. */
export const VNIS_KEY = `${PREFIX}:vnis`;
/** Channel on which every write publishes `<id> <version>`. */
export const CHANGED_CHANNEL = `${PREFIX}:changed`;

/** Hash: name of a host -> HostEntry as JSON: hash of its key, whether it drains. */
export const HOSTS_KEY = `${PREFIX}:hosts`;
/** Hash: name of a manager -> `<ms by Redis’ own clock> <beat as JSON>`. */
export const MANAGERS_KEY = `${PREFIX}:managers`;
/** Channel for what passes by: template progress and the like. */
export const BROADCAST_CHANNEL = `${PREFIX}:broadcast`;

/** KEYS: managers. ARGV: name, beat (JSON), ttl ms. Answers the beats of all that live; forgets the others. */
export const BEAT_SCRIPT = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d %s', now, ARGV[2]))
local all = redis.call('HGETALL', KEYS[1])
local living = {}
for i = 1, #all, 2 do
  local at, beat = string.match(all[i + 1], '^(%d+) (.*)$')
  if at and now - tonumber(at) <= tonumber(ARGV[3]) then living[#living + 1] = beat
  else redis.call('HDEL', KEYS[1], all[i]) end
end
return living`;

/** Sorted set: tickets of those who wait, by their coming. */
export const LINE_KEY = `${PREFIX}:line`;
/** Sorted set: the same tickets, by the time (ms, Redis’ own clock) at which they were shown last. */
export const LINE_SEEN_KEY = `${PREFIX}:line:seen`;

/** KEYS: line, seen. ARGV: ticket, free, wanted, kept ms, longest line. Answers 0 (in) or the place. */
export const LINE_SCRIPT = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local absent = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[4])
for _, ticket in ipairs(absent) do
  redis.call('ZREM', KEYS[1], ticket)
  redis.call('ZREM', KEYS[2], ticket)
end
local index = redis.call('ZRANK', KEYS[1], ARGV[1])
local ahead = index or redis.call('ZCARD', KEYS[1])
if ARGV[2] - ahead >= tonumber(ARGV[3]) then
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('ZREM', KEYS[2], ARGV[1])
  return 0
end
if not index and ahead >= tonumber(ARGV[5]) then return ahead + 1 end
if not index then
  local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  redis.call('ZADD', KEYS[1], (last[2] or 0) + 1, ARGV[1])
end
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return ahead + 1`;

/** KEYS: any of ours. ARGV: channel, message. By the key all go through one server of a cluster, and keep their order. */
export const PUBLISH_SCRIPT = `return redis.call('PUBLISH', ARGV[1], ARGV[2])`;

/** KEYS: managers. ARGV: name, instance. */
export const LEAVE_SCRIPT = `
local entry = redis.call('HGET', KEYS[1], ARGV[1])
if entry and string.find(entry, ARGV[2], 1, true) then redis.call('HDEL', KEYS[1], ARGV[1]) end
return 'left'`;

/** KEYS: timeline, once. ARGV: fact (JSON), most entries, life ms, once ms. Answers the entry's id, or nothing when it was said already. */
export const TIMELINE_SCRIPT = `
if not redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[4]) then return false end
local id = redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[2], '*', 'fact', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return id`;

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

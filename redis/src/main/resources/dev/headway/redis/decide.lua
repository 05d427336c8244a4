-- Decides one question of one member of a shared limit. docs/shared.md says what is decided and why.
--
-- KEYS[1] is a hash with the field c (the rules and all that follows from them), the field m (what
-- changes with each decision) and a field "p:" .. member for each member. Beside it a list for each
-- rule that is a window, KEYS[1] .. ":" .. rule, holds what counts in it, the oldest first, each as
-- instant:amount. Amounts are lists, one number for each currency; times are microseconds.
-- ARGV holds the words of the question, then the name of the limit.

local FORMAT = 2
-- A window of more permits counts by thousandths of its period.
local MOST_EXACT = 1000
-- How long something is kept for a member that has been told to come, after it was to come.
local GRACE = 25000
-- What is granted ahead is this part of what there is, at most.
local AHEAD = 16
-- A clock that is further ahead than a member's, since it last asked, has been set.
local TOLERATED = 100000
local NEVER = math.huge

-- Where things are in lists, which are packed faster than tables with names. Of c:
local FORM, VERSION, TEXT, NAMES, RULES, TTL, CREDIT = 1, 2, 3, 4, 5, 6, 7
-- Of each rule. A window's period is in whole microseconds, and so is its grain; a bucket has a
-- burst in its place; the interval of a spacing is its period.
local TYPE, PLACE, PERMITS, PERIOD, GRAIN, KIND, NAME = 1, 2, 3, 4, 5, 6, 7
local BURST = GRAIN
-- Of m. The time is that of the last decision; the tag is that of the member served last; the life
-- before this one is remembered, since others still come who know it.
local EPOCH, CALLS, OFFSET, TIME, PAUSE, TAG, EXPIRY, KEEP, FORMER, HOLD = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
local UNSTARTED, HELD, WAITING, STATES, GRANTED, REFUSED, ABANDONED, WAITED = 11, 12, 13, 14, 15, 16, 17, 18
-- Of a window: how much counts, its last entry, which is not in the list yet, how long the list is
-- and the instant of its first entry.
local TOTAL, TAIL, AMOUNT, LENGTH, HEAD = 1, 2, 3, 4, 5
-- Of a bucket: it is full pace(STARTED) after SINCE, at FULL; the last start that found it full, and
-- the least that lacked since, or -1.
local SINCE, STARTED, FULL, LAST_FULL, LOW = 1, 2, 3, 4, 5
-- Of a spacing: the last start, the slot that it took, how many intervals, and when they are over.
local AT, SLOT, TAKEN, NEXT = 1, 2, 3, 4
-- Of a member: the number of its last question and of its last batch, when that was decided, its
-- tag, who waits and runs there, what it holds, and its lease.
local NUMBER, BATCH, SEEN, OWN_TAG, WAITS, RUNS, OWN_UNSTARTED, OWN_HELD, LEASE = 1, 2, 3, 4, 5, 6, 7, 8, 9

local key = KEYS[1]
local given, member, number = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local epoch, calls, elapsed = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local lease, version, text, newest = tonumber(ARGV[7]), tonumber(ARGV[8]), ARGV[9], ARGV[10] == '1'
local batch, seen, limit = tonumber(ARGV[11]), tonumber(ARGV[28]), ARGV[30]
local call = redis.call

local function numbers(words)
  local list = {}
  for word in string.gmatch(words, '%S+') do
    list[#list + 1] = tonumber(word)
  end
  return list
end

local function whole(n)
  return string.format('%.0f', n)
end

local function zeros(size)
  local list = {}
  for i = 1, size do
    list[i] = 0
  end
  return list
end

local function answer(status, c, m)
  return {status, m and m[EPOCH] or '', m and whole(m[CALLS]) or '0', c and whole(c[VERSION]) or '0',
      c and c[TEXT] or '', '0', '0', '0', '0'}
end

-- The rules and what follows from them.

local function isWindow(r)
  return r[TYPE] == 'start' or r[TYPE] == 'end'
end

local function isSpacing(r)
  return r[TYPE] == 'spacing' or r[TYPE] == 'aligned'
end

local function fresh()
  return {0, 0, 0, 0, 0}
end

-- Read anew only where they are new.
local parse
-- What there is.

local c, m, p
local stored = redis.pcall('HMGET', key, 'c', 'm', 'p:' .. member)
if stored.err then
  call('DEL', key)
  stored = {false, false, false}
end
if stored[1] and stored[2] then
  local sound, first, second = pcall(function()
    return cmsgpack.unpack(stored[1]), cmsgpack.unpack(stored[2])
  end)
  if sound and type(first) == 'table' and type(second) == 'table' and first[FORM] == FORMAT then
    c, m = first, second
  end
end
if stored[3] and m then
  p = cmsgpack.unpack(stored[3])
end

local wall = given
if wall < 0 then
  local time = call('TIME')
  wall = time[1] * 1000000 + time[2]
end

local rulesKnown = c and c[VERSION]
if not m or newest then
  parse = function(rules, number)
    local c = {FORMAT, number, rules, {'permits'}, {}, 0, NEVER}
    local places, budgets = {permits = 1}, {}
    for rule in string.gmatch(rules, '[^;]+') do
      local w = {}
      for word in string.gmatch(rule, '%S+') do
        w[#w + 1] = word
      end
      local r = {w[3], 1, tonumber(w[4]), 0, 0, w[1], w[2]}
      if r[TYPE] == 'start' or r[TYPE] == 'end' then
        r[PERIOD] = math.ceil(tonumber(w[5]) / 1000)
        r[GRAIN] = r[PERMITS] > MOST_EXACT and math.max(1, math.ceil(r[PERIOD] / 1000)) or 1
        c[TTL] = math.max(c[TTL], r[PERIOD])
      elseif r[TYPE] == 'bucket' then
        r[PERIOD], r[BURST] = tonumber(w[5]) / 1000, tonumber(w[6])
        c[TTL] = math.max(c[TTL], r[PERIOD] * r[BURST] / r[PERMITS])
      elseif r[TYPE] ~= 'concurrency' then
        r[PERIOD] = math.ceil(tonumber(w[5]) / r[PERMITS]) / 1000
        r[PERMITS] = 1
        c[TTL] = math.max(c[TTL], r[PERIOD])
      end
      if not places[r[NAME]] then
        places[r[NAME]] = 0
        budgets[#budgets + 1] = r[NAME]
      end
      c[RULES][#c[RULES] + 1] = r
    end
    table.sort(budgets)
    for _, name in ipairs(budgets) do
      c[NAMES][#c[NAMES] + 1] = name
      places[name] = #c[NAMES]
    end
    for _, r in ipairs(c[RULES]) do
      r[PLACE] = places[r[NAME]]
      if r[PLACE] == 1 then
        c[CREDIT] = math.min(c[CREDIT], r[TYPE] == 'bucket' and r[BURST] or r[PERMITS])
      end
    end
    if c[CREDIT] == NEVER then
      c[CREDIT] = 0
    end
    c[TTL] = math.ceil(c[TTL]) + 60000000
    return c
  end
end
if not m then
  if text == '' then
    return answer('UNKNOWN')
  end
  c = parse(text, math.max(1, version))
  -- Nothing of a former life may stay.
  call('DEL', key)
  local size = #c[NAMES]
  m = {member .. ':' .. whole(number), 0, 0, wall, 0, 0, 0, 0, '', 0,
      zeros(size), zeros(size), {}, {}, 0, 0, 0, 0}
  for i, r in ipairs(c[RULES]) do
    m[STATES][i] = fresh()
    call('DEL', key .. ':' .. i)
  end
  if elapsed < 0 or elapsed > c[TTL] then
    -- A member that was away for so long has seen nothing that could still count.
    epoch = ''
  end
elseif p and number <= p[NUMBER] then
  return answer('STALE', c, m)
elseif not newest and version ~= c[VERSION] then
  return answer('RULES', c, m)
end

-- The time: that of the store's clock, but it never goes back, and does not run ahead of the
-- member's own since that asked before.

local now = wall + m[OFFSET]
if now < m[TIME] then
  m[OFFSET] = m[OFFSET] + m[TIME] - now
  now = m[TIME]
end
if given < 0 and elapsed >= 0 and epoch == m[EPOCH] then
  local ahead = now - (seen + elapsed)
  if ahead > TOLERATED then
    local former = now
    now = math.max(m[TIME], now - ahead)
    m[OFFSET] = m[OFFSET] + now - former
  end
end
m[TIME] = now

-- Windows.

local function list(i)
  return key .. ':' .. i
end

local function split(entry)
  local colon = string.find(entry, ':', 1, true)
  return tonumber(string.sub(entry, 1, colon - 1)), tonumber(string.sub(entry, colon + 1))
end

local function push(i, s)
  if s[AMOUNT] > 0 then
    s[LENGTH] = call('RPUSH', list(i), whole(s[TAIL]) .. ':' .. whole(s[AMOUNT]))
    if s[LENGTH] == 1 then
      s[HEAD] = s[TAIL]
      call('PEXPIRE', list(i), math.ceil((2 * c[TTL] + 2 * c[RULES][i][PERIOD]) / 1000))
    end
  end
end

local function drop(i)
  local r, s = c[RULES][i], m[STATES][i]
  local gone = now - r[PERIOD]
  if s[TOTAL] == 0 or (s[LENGTH] > 0 and s[HEAD] or s[TAIL]) > gone then
    return
  end
  if s[TAIL] <= gone then
    if s[LENGTH] > 0 then
      call('DEL', list(i))
    end
    m[STATES][i] = fresh()
    return
  end
  while s[LENGTH] > 0 do
    local some = call('LRANGE', list(i), 0, 99)
    local dropped = 0
    for _, entry in ipairs(some) do
      local instant, amount = split(entry)
      if instant > gone then
        s[HEAD] = instant
        break
      end
      s[TOTAL] = s[TOTAL] - amount
      dropped = dropped + 1
    end
    if dropped > 0 then
      call('LTRIM', list(i), dropped, -1)
      s[LENGTH] = s[LENGTH] - dropped
    end
    if #some == 0 then
      -- The list has been lost: what was in it is not known to have left.
      s[LENGTH], s[AMOUNT] = 0, s[TOTAL]
    end
    if dropped < 100 then
      break
    end
  end
end

-- The place in the list of the first entry that is later than an instant; its length if none is.
local function after(i, instant)
  local low, high = 0, m[STATES][i][LENGTH] - 1
  while low <= high do
    local middle = math.floor((low + high) / 2)
    if split(call('LINDEX', list(i), middle)) <= instant then
      low = middle + 1
    else
      high = middle - 1
    end
  end
  return low
end

-- Counts an amount from an instant on; where that is before the last, from the next entry's on.
local function add(i, instant, amount)
  local r = c[RULES][i]
  instant = math.ceil(instant / r[GRAIN]) * r[GRAIN]
  if amount <= 0 or instant + r[PERIOD] <= now then
    return
  end
  drop(i)
  local s = m[STATES][i]
  if s[AMOUNT] > 0 and instant <= s[TAIL] then
    local next = instant < s[TAIL] and after(i, instant - 1) or s[LENGTH]
    if next < s[LENGTH] then
      local at, former = split(call('LINDEX', list(i), next))
      call('LSET', list(i), next, whole(at) .. ':' .. whole(former + amount))
    else
      s[AMOUNT] = s[AMOUNT] + amount
    end
  else
    push(i, s)
    s[TAIL], s[AMOUNT] = instant, amount
  end
  s[TOTAL] = s[TOTAL] + amount
end

-- When so much has left that `over` fits; never if what runs must end first.
local function left(i, over)
  local r, s = c[RULES][i], m[STATES][i]
  local from = 0
  while from < s[LENGTH] do
    for _, entry in ipairs(call('LRANGE', list(i), from, from + 63)) do
      local instant, amount = split(entry)
      over = over - amount
      if over <= 0 then
        return instant + r[PERIOD]
      end
    end
    from = from + 64
  end
  if over <= s[AMOUNT] then
    return s[TAIL] + r[PERIOD]
  end
  return now + r[PERIOD]
end

-- Buckets and spacings.

local function pace(r, amount)
  return math.ceil(amount * r[PERIOD] / r[PERMITS])
end

local function fill(r, s, amount)
  s[STARTED] = s[STARTED] + amount
  local periods = math.floor(s[STARTED] / r[PERMITS])
  s[SINCE] = s[SINCE] + periods * r[PERIOD]
  s[STARTED] = s[STARTED] - periods * r[PERMITS]
  s[FULL] = s[SINCE] + pace(r, s[STARTED])
end

local function late(r, instant)
  return r[TYPE] == 'aligned' and (instant - m[OFFSET]) % r[PERIOD] or 0
end

local function take(r, s, at, slot, taken)
  s[AT], s[SLOT], s[TAKEN], s[NEXT] = at, slot, taken, slot + taken * r[PERIOD]
end

-- When so much may start after `ahead` has.
local function ready(i, amount, ahead)
  local r, s = c[RULES][i], m[STATES][i]
  local all = amount + ahead
  if isWindow(r) then
    local later = 0
    if all > r[PERMITS] then
      later = math.floor((all - 1) / r[PERMITS]) * r[PERIOD]
      all = (all - 1) % r[PERMITS] + 1
    end
    local held = m[UNSTARTED][r[PLACE]] + (r[TYPE] == 'end' and m[HELD][r[PLACE]] or 0)
    if s[TOTAL] + held + all > r[PERMITS] then
      drop(i)
      s = m[STATES][i]
    end
    local over = s[TOTAL] + held + all - r[PERMITS]
    local at = now
    if over > 0 then
      at = left(i, over)
    end
    if r[TYPE] == 'end' then
      at = math.max(at, m[HOLD])
    end
    return at + later
  elseif r[TYPE] == 'concurrency' then
    if m[UNSTARTED][r[PLACE]] + m[HELD][r[PLACE]] + all > r[PERMITS] then
      return NEVER
    end
    return math.max(now, m[HOLD])
  elseif r[TYPE] == 'bucket' then
    if s[FULL] <= now then
      return now + math.max(0, pace(r, all - r[BURST]))
    end
    return math.max(now, s[SINCE] + pace(r, s[STARTED] + all - r[BURST]))
  end
  local at = math.max(now, s[NEXT])
  local over = late(r, at)
  if over > math.min(math.max(r[PERIOD] / 100, 1000), r[PERIOD] / 2) then
    at = at - over + r[PERIOD]
  end
  return math.ceil(at + ahead * r[PERIOD])
end

local function readyAll(cost, ahead)
  local at = math.max(now, m[PAUSE])
  for i, r in ipairs(c[RULES]) do
    local amount = cost[r[PLACE]]
    if amount > 0 then
      at = math.max(at, ready(i, amount, ahead and ahead[r[PLACE]] or 0))
    end
  end
  return at
end

local function charge(i, amount)
  local r, s = c[RULES][i], m[STATES][i]
  if r[TYPE] == 'bucket' then
    if s[FULL] < now then
      s[SINCE], s[STARTED], s[LAST_FULL], s[LOW] = now, 0, now, -1
    elseif s[LOW] < 0 or s[FULL] - now < s[LOW] then
      s[LOW] = s[FULL] - now
    end
    fill(r, s, amount)
  elseif isSpacing(r) then
    take(r, s, now, math.max(now - late(r, now), s[NEXT]), amount)
  end
end

-- New rules in place of others.

if newest and text ~= c[TEXT] then
  local function former(r, old, fits)
    local best
    for i, o in ipairs(old[RULES]) do
      if o[KIND] == r[KIND] and o[NAME] == r[NAME] and fits(o) then
        if not best or m[STATES][i][1] > m[STATES][best][1] then
          best = i
        end
      end
    end
    return best
  end

  local function rearrange(amounts, from)
    local places = {}
    for place, name in ipairs(from) do
      places[name] = place
    end
    local list = {}
    for place, name in ipairs(c[NAMES]) do
      list[place] = places[name] and amounts[places[name]] or 0
    end
    return list
  end

  local old = c
  local entries = {}
  for i, o in ipairs(old[RULES]) do
    if isWindow(o) then
      drop(i)
      entries[i] = call('LRANGE', list(i), 0, -1)
      call('DEL', list(i))
    end
  end
  c = parse(text, old[VERSION] + 1)
  local states = {}
  for i, r in ipairs(c[RULES]) do
    local s = fresh()
    if isWindow(r) then
      local from = former(r, old, isWindow)
      if from then
        local was = m[STATES][from]
        s = {was[TOTAL], was[TAIL], was[AMOUNT], 0, was[HEAD]}
        for first = 1, #entries[from], 500 do
          s[LENGTH] = call('RPUSH', list(i), unpack(entries[from], first, math.min(first + 499, #entries[from])))
        end
        if s[LENGTH] > 0 then
          call('PEXPIRE', list(i), math.ceil((2 * c[TTL] + 2 * r[PERIOD]) / 1000))
        end
      end
    elseif r[TYPE] == 'bucket' then
      local from = former(r, old, function(o) return o[TYPE] == 'bucket' end)
      if from and m[STATES][from][FULL] > now then
        local o = old[RULES][from]
        s[SINCE], s[LOW] = now, -1
        fill(r, s, math.min(r[BURST], math.ceil((m[STATES][from][FULL] - now) * o[PERMITS] / o[PERIOD])))
      end
    elseif isSpacing(r) then
      local from = former(r, old, isSpacing)
      if from then
        local was = m[STATES][from]
        take(r, s, was[AT], was[SLOT], was[TAKEN])
      end
    end
    states[i] = s
  end
  m[STATES] = states
  m[UNSTARTED], m[HELD] = rearrange(m[UNSTARTED], old[NAMES]), rearrange(m[HELD], old[NAMES])
  for other, q in pairs(m[WAITING]) do
    q.d, q.h, q.told = rearrange(q.d, old[NAMES]), rearrange(q.h, old[NAMES]), now
    redis.pcall('PUBLISH', 'headway:wake:' .. other, limit)
  end
  local all = call('HGETALL', key)
  for i = 1, #all, 2 do
    if string.sub(all[i], 1, 2) == 'p:' then
      local row = cmsgpack.unpack(all[i + 1])
      row[OWN_UNSTARTED], row[OWN_HELD] = rearrange(row[OWN_UNSTARTED], old[NAMES]), rearrange(row[OWN_HELD], old[NAMES])
      call('HSET', key, all[i], cmsgpack.pack(row))
      if all[i] == 'p:' .. member then
        p = row
      end
    end
  end
  m[KEEP] = 0
end
local size = #c[NAMES]

-- Who has died, and what of theirs comes free.

local freed = false
if now >= m[EXPIRY] then
  m[EXPIRY] = now + lease
  local all = call('HGETALL', key)
  for i = 1, #all, 2 do
    local who = string.sub(all[i], 3)
    if string.sub(all[i], 1, 2) == 'p:' and who ~= member then
      local row = cmsgpack.unpack(all[i + 1])
      if row[SEEN] + row[LEASE] <= now then
        for j, r in ipairs(c[RULES]) do
          local unstarted, held = row[OWN_UNSTARTED][r[PLACE]], row[OWN_HELD][r[PLACE]]
          if r[TYPE] == 'start' then
            add(j, now, unstarted)
          elseif r[TYPE] == 'end' then
            add(j, now, unstarted + held)
          end
        end
        for place = 1, size do
          m[UNSTARTED][place] = m[UNSTARTED][place] - row[OWN_UNSTARTED][place]
          m[HELD][place] = m[HELD][place] - row[OWN_HELD][place]
        end
        m[WAITING][who] = nil
        call('HDEL', key, all[i])
        freed = true
      else
        m[EXPIRY] = math.min(m[EXPIRY], row[SEEN] + row[LEASE])
      end
    end
  end
end

-- What was known and is lost counts as the most that it can have been.

local lost = false
if epoch ~= '' and epoch ~= m[EPOCH] and epoch ~= m[FORMER] then
  m[FORMER] = epoch
  lost = true
elseif epoch == m[EPOCH] and calls > m[CALLS] then
  m[FORMER] = m[EPOCH]
  m[EPOCH] = member .. ':' .. whole(number)
  m[CALLS] = calls
  lost = true
end
if lost then
    for i, r in ipairs(c[RULES]) do
      if isWindow(r) then
        drop(i)
        add(i, now, r[PERMITS] - m[STATES][i][TOTAL])
      elseif r[TYPE] == 'bucket' then
        m[STATES][i][SINCE], m[STATES][i][STARTED], m[STATES][i][LAST_FULL], m[STATES][i][LOW] = now, 0, now, -1
        fill(r, m[STATES][i], r[BURST])
      elseif isSpacing(r) then
        take(r, m[STATES][i], now, now, 1)
      end
    end
    m[HOLD] = math.max(m[HOLD], now + math.ceil(lease / 2))
end

-- What the member has done.

if not p then
  p = {0, 0, now, m[TAG], 0, 0, zeros(size), zeros(size), lease}
end
p[NUMBER], p[SEEN], p[LEASE] = number, now, lease
m[EXPIRY] = math.min(m[EXPIRY], now + lease)

local unstarted, held = numbers(ARGV[22]), numbers(ARGV[23])
for place = 1, size do
  local less = p[OWN_UNSTARTED][place] + p[OWN_HELD][place] - unstarted[place] - held[place]
  freed = freed or less > 0
  m[UNSTARTED][place] = m[UNSTARTED][place] + unstarted[place] - p[OWN_UNSTARTED][place]
  m[HELD][place] = m[HELD][place] + held[place] - p[OWN_HELD][place]
end
p[OWN_UNSTARTED], p[OWN_HELD] = unstarted, held

local function each(words, action)
  if words ~= '' then
    local list = numbers(words)
    for first = 1, #list, size + 1 do
      for i, r in ipairs(c[RULES]) do
        local amount = list[first + r[PLACE]]
        if amount > 0 then
          action(i, r, list[first], amount)
        end
      end
    end
  end
end

if batch > p[BATCH] then
  p[BATCH] = batch
  each(ARGV[16], function(i, r, ago, amount)
    if r[TYPE] == 'start' then
      add(i, now - ago, amount)
    elseif r[TYPE] == 'spacing' and m[STATES][i][TAKEN] <= amount then
      local s = m[STATES][i]
      take(r, s, s[AT], math.max(s[SLOT], now - ago), s[TAKEN])
    end
  end)
  each(ARGV[17], function(i, r, ago, amount)
    if r[TYPE] == 'end' then
      add(i, now - ago, amount)
    end
  end)
  if ARGV[18] ~= '' or ARGV[19] ~= '' then
    -- Takes so much more, or less, at the instant of a start: the entry nearest to it and older ones.
    local function change(i, instant, more)
      drop(i)
      local r, s = c[RULES][i], m[STATES][i]
      local near = math.max(2000, r[GRAIN])
      if more > 0 and (s[AMOUNT] == 0 or instant > s[TAIL] + near) then
        add(i, instant, more)
        return
      end
      local last = instant + near
      local less = -more
      if s[TAIL] <= last then
        local off = math.min(less, s[AMOUNT])
        s[AMOUNT], s[TOTAL], less = s[AMOUNT] - off, s[TOTAL] - off, less - off
        if more > 0 then
          return
        end
      end
      local high = after(i, last) - 1
      if more > 0 then
        local at, amount = 0, 0
        if high >= 0 then
          at, amount = split(call('LINDEX', list(i), high))
        end
        if at >= instant - near then
          call('LSET', list(i), high, whole(at) .. ':' .. whole(amount + more))
          s[TOTAL] = s[TOTAL] + more
        else
          add(i, now, more)
        end
        return
      end
      while less > 0 and high >= 0 do
        local at, amount = split(call('LINDEX', list(i), high))
        local off = math.min(less, amount)
        call('LSET', list(i), high, whole(at) .. ':' .. whole(amount - off))
        s[TOTAL], less, high = s[TOTAL] - off, less - off, high - 1
      end
    end

    -- What a bucket or a spacing was charged and is not used, of a start at an instant.
    local function giveBack(i, instant, amount)
      local r, s = c[RULES][i], m[STATES][i]
      if r[TYPE] == 'bucket' then
        if instant >= s[LAST_FULL] and s[FULL] > now then
          local lack = s[FULL] - now
          if s[LOW] >= 0 then
            lack = math.min(lack, s[LOW])
          end
          local back = math.min(amount, math.floor(lack * r[PERMITS] / r[PERIOD]))
          fill(r, s, -back)
          if s[LOW] >= 0 then
            s[LOW] = math.max(0, s[LOW] - pace(r, back))
          end
        end
      elseif isSpacing(r) and instant >= s[AT] then
        take(r, s, s[AT], s[SLOT], math.max(0, s[TAKEN] - amount))
      end
    end

    local settled = numbers(ARGV[18])
    for first = 1, #settled, 3 do
      local started, more = now - settled[first], settled[first + 2]
      for i, r in ipairs(c[RULES]) do
        if r[PLACE] == settled[first + 1] then
          if r[TYPE] == 'start' then
            change(i, started, more)
          elseif more > 0 and r[TYPE] == 'bucket' then
            charge(i, more)
          elseif more > 0 and isSpacing(r) then
            take(r, m[STATES][i], m[STATES][i][AT], m[STATES][i][SLOT], m[STATES][i][TAKEN] + more)
          elseif more < 0 then
            giveBack(i, started, -more)
          end
        end
      end
      freed = freed or more < 0
    end
    if ARGV[19] ~= '' then
      local returned = numbers(ARGV[19])
      for i, r in ipairs(c[RULES]) do
        if returned[r[PLACE]] > 0 then
          giveBack(i, now, returned[r[PLACE]])
        end
      end
      freed = true
    end
  end
  local pause = tonumber(ARGV[12])
  if pause > 0 then
    m[PAUSE] = math.max(m[PAUSE], now + pause)
  end
  m[GRANTED] = m[GRANTED] + tonumber(ARGV[29])
  m[REFUSED] = m[REFUSED] + tonumber(ARGV[13])
  m[ABANDONED] = m[ABANDONED] + tonumber(ARGV[14])
  m[WAITED] = m[WAITED] + tonumber(ARGV[15])
end
p[WAITS], p[RUNS] = tonumber(ARGV[20]), tonumber(ARGV[21])

-- Who may start. Members that wait are served as in start-time fair queueing: each has a tag, the
-- permits that it has had, and what those with lower tags want, and are about to ask for, is theirs.

local waiting = m[WAITING][member]
m[WAITING][member] = nil
if not waiting then
  p[OWN_TAG] = math.max(p[OWN_TAG], m[TAG] - c[CREDIT])
end

local others = false
for other, q in pairs(m[WAITING]) do
  if q.told >= 0 and now > q.told + GRACE then
    m[WAITING][other] = nil
  else
    others = true
  end
end

local theirs
if others then
  theirs = function(tag, except)
    local sum, lapse = nil, NEVER
    for other, q in pairs(m[WAITING]) do
      if other ~= except then
        local share = math.min(q.d[1], tag - q.v)
        if share > 0 then
          sum = sum or zeros(size)
          for place = 1, size do
            sum[place] = sum[place] + math.ceil(q.d[place] * share / q.d[1])
          end
          lapse = math.min(lapse, (q.told < 0 and now or q.told) + GRACE)
        end
      end
    end
    return sum, lapse
  end
end

local function grant(cost, count)
  for i, r in ipairs(c[RULES]) do
    if cost[r[PLACE]] > 0 then
      charge(i, count * cost[r[PLACE]])
    end
  end
  for place = 1, size do
    m[UNSTARTED][place] = m[UNSTARTED][place] + count * cost[place]
    p[OWN_UNSTARTED][place] = p[OWN_UNSTARTED][place] + count * cost[place]
  end
  m[TAG] = math.max(m[TAG], p[OWN_TAG])
  p[OWN_TAG] = p[OWN_TAG] + count * cost[1]
end

local function allAtOnce(cost, count)
  local all = {}
  for place = 1, size do
    all[place] = count * cost[place]
  end
  for _, r in ipairs(c[RULES]) do
    if all[r[PLACE]] > r[PERMITS] or isSpacing(r) then
      return false
    end
  end
  return readyAll(all) <= now
end

local demand = numbers(ARGV[24])
local granted, blocked, ahead, lapse = 0, nil, nil, NEVER
for first = 1, #demand, size + 1 do
  local count, cost = demand[first], {}
  for place = 1, size do
    cost[place] = demand[first + place]
  end
  if count > 1 and not others and allAtOnce(cost, count) then
    grant(cost, count)
    granted = granted + count
    count = 0
  end
  while count > 0 do
    if others then
      ahead, lapse = theirs(p[OWN_TAG], member)
    end
    if readyAll(cost, ahead) > now then
      blocked = cost
      break
    end
    grant(cost, 1)
    granted = granted + 1
    count = count - 1
  end
  if blocked then
    break
  end
end

local ask = 0
if blocked then
  local at = readyAll(blocked, ahead)
  if ahead and readyAll(blocked) <= now then
    at = math.min(at, lapse)
  end
  local wanted, rest = numbers(ARGV[25]), granted
  for first = 1, #demand, size + 1 do
    local off = math.min(rest, demand[first])
    for place = 1, size do
      wanted[place] = wanted[place] - off * demand[first + place]
    end
    rest = rest - off
  end
  m[WAITING][member] = {v = p[OWN_TAG], told = at == NEVER and -1 or at, d = wanted, h = blocked}
  ask = at == NEVER and -1 or math.max(1, math.ceil(at - now))
  local holds = 0
  for place = 1, size do
    holds = holds + p[OWN_UNSTARTED][place] + p[OWN_HELD][place]
  end
  if holds == 0 and at < NEVER then
    p[LEASE] = lease + ask
  end
end

-- Some more for who has just been asking again and again, as long as there is far more than that.
local more = tonumber(ARGV[27])
if more > 0 and not blocked and not others and #demand > 0 and m[PAUSE] <= now then
  for i, r in ipairs(c[RULES]) do
    local room = 0
    if r[PLACE] ~= 1 then
      -- It is unknown how much of another currency the next will take.
      room = 0
    elseif isWindow(r) then
      room = r[PERMITS] - m[STATES][i][TOTAL] - m[UNSTARTED][1] - (r[TYPE] == 'end' and m[HELD][1] or 0)
    elseif r[TYPE] == 'concurrency' then
      room = r[PERMITS] - m[UNSTARTED][1] - m[HELD][1]
    elseif r[TYPE] == 'bucket' then
      room = r[BURST] - math.max(0, m[STATES][i][FULL] - now) * r[PERMITS] / r[PERIOD]
    end
    more = math.min(more, math.floor(room / AHEAD))
  end
  if more > 0 then
    local one = zeros(size)
    one[1] = 1
    if readyAll(one, nil) <= now and allAtOnce(one, more) then
        grant(one, more)
      granted = granted + more
    end
  end
end

-- Other members that this allows to start, or to start earlier than they were told.

if freed and others then
  local order = {}
  for other in pairs(m[WAITING]) do
    if other ~= member then
      order[#order + 1] = other
    end
  end
  table.sort(order, function(a, b)
    local first, second = m[WAITING][a].v, m[WAITING][b].v
    return first < second or first == second and a < b
  end)
  local woken = zeros(size)
  for _, other in ipairs(order) do
    local q = m[WAITING][other]
    local before = theirs(q.v, other) or zeros(size)
    for place = 1, size do
      before[place] = before[place] + woken[place]
    end
    local at = readyAll(q.h, before)
    if at < NEVER and (q.told < 0 or at < q.told - 500) then
      q.told = at
      if at <= now then
        for place = 1, size do
          woken[place] = woken[place] + q.h[place]
        end
      end
      redis.pcall('PUBLISH', 'headway:wake:' .. other, limit)
    end
  end
end

-- The answer, and what is kept.

m[CALLS] = m[CALLS] + 1
local words = answer('OK', c, m)
if version == c[VERSION] then
  words[5] = ''
end
words[6], words[7], words[8], words[9] = whole(granted), whole(ask), others and '1' or '0', whole(now)

if ARGV[26] == '1' then
  local waits, runs, wanted = p[WAITS], p[RUNS], numbers(ARGV[25])
  local all = call('HGETALL', key)
  for i = 1, #all, 2 do
    if string.sub(all[i], 1, 2) == 'p:' and all[i] ~= 'p:' .. member then
      local row = cmsgpack.unpack(all[i + 1])
      waits, runs = waits + row[WAITS], runs + row[RUNS]
    end
  end
  for other, q in pairs(m[WAITING]) do
    if other ~= member then
      for place = 1, size do
        wanted[place] = wanted[place] + q.d[place]
      end
    end
  end
  local available, idle = m[PAUSE] > now and 0 or NEVER, waits == 0 and runs == 0 and m[PAUSE] <= now
  for i, r in ipairs(c[RULES]) do
    local s, free = m[STATES][i], NEVER
    if isWindow(r) then
      drop(i)
      s = m[STATES][i]
      free = r[PERMITS] - s[TOTAL] - m[UNSTARTED][r[PLACE]] - (r[TYPE] == 'end' and m[HELD][r[PLACE]] or 0)
      idle = idle and s[TOTAL] == 0
    elseif r[TYPE] == 'concurrency' then
      free = r[PERMITS] - m[UNSTARTED][r[PLACE]] - m[HELD][r[PLACE]]
    elseif r[TYPE] == 'bucket' then
      free = s[FULL] <= now and r[BURST] or math.floor(r[BURST] - (s[FULL] - now) * r[PERMITS] / r[PERIOD])
      idle = idle and s[FULL] <= now
    else
      free = ready(i, 1, 0) <= now and 1 or 0
      idle = idle and s[NEXT] <= now
    end
    if r[PLACE] == 1 then
      available = math.min(available, math.max(0, free))
    end
  end
  local one = zeros(size)
  one[1] = 1
  local at = readyAll(one, wanted)
  for _, word in ipairs({waits, runs, m[GRANTED], m[REFUSED], m[ABANDONED], m[WAITED],
      available == NEVER and -1 or available, at == NEVER and -1 or math.max(0, math.ceil(at - now)),
      idle and 1 or 0}) do
    words[#words + 1] = whole(word)
  end
end

call('HSET', key, 'm', cmsgpack.pack(m), 'p:' .. member, cmsgpack.pack(p))
if rulesKnown ~= c[VERSION] then
  call('HSET', key, 'c', cmsgpack.pack(c))
end

-- Nothing outlives its use.

local needed = c[TTL] + 2 * lease + math.max(0, m[PAUSE] - now)
for i, r in ipairs(c[RULES]) do
  local s = m[STATES][i]
  local over = r[TYPE] == 'bucket' and s[FULL] or isSpacing(r) and s[NEXT] or now
  needed = needed + math.max(0, over - now)
end
if now + needed > m[KEEP] then
  m[KEEP] = now + 2 * needed
  call('HSET', key, 'm', cmsgpack.pack(m))
  call('PEXPIRE', key, math.ceil(2 * needed / 1000))
  for i, r in ipairs(c[RULES]) do
    if isWindow(r) and m[STATES][i][LENGTH] > 0 then
      call('PEXPIRE', list(i), math.ceil(2 * needed / 1000))
    end
  end
end
return words

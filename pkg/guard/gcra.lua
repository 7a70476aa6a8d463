-- GCRA, virtual scheduling (ITU-T I.371, annex A; ATM Forum TM 4.1): each of KEYS keeps the theoretical arrival time
-- (tat, in µs) of a limit's next event at an even pace. ARGV: 1 to count, 0 to look; µs per event and burst of each key.
-- An event counts for all of them or for none. Reply: µs to wait for each; below 0, what is left of the burst.
local time, over, tats, free = redis.call('TIME'), {}, {}, ARGV[1] == '1'
local now = time[1] * 1000000 + time[2]
for i, key in ipairs(KEYS) do
  local per, full = ARGV[2 * i], ARGV[2 * i] * ARGV[2 * i + 1]
  local tat = math.max(tonumber(redis.call('GET', key)) or now, now)
  tat = math.min(tat, now + full) -- later than a full burst: the clock was set back
  over[i], tats[i] = tat - now - full + per, tat + per
  free = free and over[i] <= 0
end
for i, key in ipairs(free and KEYS or {}) do
  redis.call('SET', key, string.format('%.0f', tats[i]), 'PX', math.ceil((tats[i] - now) / 1000))
end
return over

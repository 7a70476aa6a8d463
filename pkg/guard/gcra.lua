-- GCRA, virtual scheduling (ITU-T I.371, annex A; ATM Forum TM 4.1): KEYS[1] keeps the theoretical arrival
-- time (tat, in µs) of the next event at an even pace. ARGV: µs per event, burst. Reply: µs to wait, 0 = counted.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local per, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local tat = math.max(tonumber(redis.call('GET', KEYS[1])) or now, now)
tat = math.min(tat, now + per * burst) -- later than a full burst: the clock was set back
local wait = tat - now - per * (burst - 1)
if wait > 0 then return wait end
redis.call('SET', KEYS[1], string.format('%.0f', tat + per), 'PX', math.ceil((tat + per - now) / 1000))
return 0

-- KEYS[1] keeps the salt that all processes share. ARGV: the salt to take if there is none, its life in ms.
-- Reply: the salt and the ms that it has left.
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
return {redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1])}

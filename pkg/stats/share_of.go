package stats

// ShareOf returns count of n with its interval, not OK where n is 0.
func ShareOf(count, n int) Share { return share(count, n) }

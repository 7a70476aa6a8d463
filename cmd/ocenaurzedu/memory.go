package main

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// garbageRoom is how many bytes of garbage may gather before they are collected. Go's own measure is as much as is in
// use, which is so little here that under load it would collect all the time.
const garbageRoom = 32 << 20

// tuneMemory gives the memory of the start back to the system, and keeps the collector's measure right while the
// caches grow.
func tuneMemory(ctx context.Context) {
	const live = "/gc/heap/live:bytes"
	sample := []metrics.Sample{{Name: live}}
	for first := true; ; first = false {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
		if first {
			debug.FreeOSMemory()
			leaveProgram()
		}
		metrics.Read(sample)
		debug.SetGCPercent(collectAt(sample[0].Value.Uint64()))
	}
}

// collectAt returns by how many percent what is in use may grow: never by less than Go lets it.
func collectAt(live uint64) int { return int(max(100, garbageRoom*100/max(live, 1<<20))) }

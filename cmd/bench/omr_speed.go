package main

import (
	"fmt"
	"runtime"
	"slices"
	"syscall"
	"time"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/synth"
)

const (
	speedPages    = 60
	threadUsage   = 1 // RUSAGE_THREAD of getrusage(2)
	mostPerPage   = 150.0
	mostPerDecode = 6.0
)

// threadTime is the processor time that the calling thread has taken: other programs on the machine don't count.
func threadTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(threadUsage, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// speed reads JPEG scans of 200 dpi one after another on one thread, and tells how long the parts of it take, and of
// what memory.
func (c *omrCommand) speed(p *prints) ([]string, error) {
	class, _ := synth.ClassOf("200-dpi")
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	parts, order := map[string][]time.Duration{}, []string{"decode JPEG"}
	var whole []time.Duration
	var allocated uint64
	for n := range speedPages {
		r := synth.Rand(c.Seed, "speed", n)
		page, err := class.Make(p.pages[r.IntN(len(p.pages))], n%2 == 1, r)
		if err != nil {
			return nil, err
		}
		runtime.GC() // what making the page left behind
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := threadTime()
		img, err := decode(page.File)
		if err != nil {
			return nil, err
		}
		last := threadTime()
		parts["decode JPEG"] = append(parts["decode JPEG"], last-began)
		omr.Read(img, p.find, omr.Hints{Stage: func(stage string) {
			if !slices.Contains(order, stage) {
				order = append(order, stage)
			}
			now := threadTime()
			parts[stage] = append(parts[stage], now-last)
			last = now
		}})
		whole = append(whole, threadTime()-began)
		runtime.ReadMemStats(&after)
		allocated += after.TotalAlloc - before.TotalAlloc
	}
	fmt.Printf("\n| part of reading a page of 200 dpi | median ms |\n|---|---|\n")
	for _, stage := range order {
		fmt.Printf("| %s | %.1f |\n", stage, milliseconds(median(parts[stage])))
	}
	took, ratio := milliseconds(median(whole)), float64(median(whole))/float64(median(parts["decode JPEG"]))
	slowest := milliseconds(slices.Max(whole))
	fmt.Printf("| whole (the slowest of %d: %.0f) | %.1f |\n| whole ÷ decoding the JPEG | %.2f |\n| memory allocated for a page | %.1f MB |\n",
		speedPages, slowest, took, ratio, float64(allocated)/speedPages/1e6)
	var late []string
	if took > mostPerPage {
		late = append(late, fmt.Sprintf("reading takes %.0f ms, bar %.0f", took, mostPerPage))
	}
	if ratio > mostPerDecode {
		late = append(late, fmt.Sprintf("reading ÷ decoding the JPEG is %.2f, bar %.0f", ratio, mostPerDecode))
	}
	return late, nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

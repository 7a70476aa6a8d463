package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/synth"
)

const (
	speedPages    = 40
	threadUsage   = 1 // RUSAGE_THREAD of getrusage(2)
	mostPerPage   = 150.0
	mostPerDecode = 6.0
	mostPerRender = 200.0
	mostOfWorker  = 512.0
)

// threadTime is the processor time that the calling thread has taken: other programs on the machine don't count.
func threadTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(threadUsage, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// speed measures the reading itself, the rendering of PDF and the worker process.
func (c *omrCommand) speed(b *bench, p *prints) ([]string, error) {
	scans, err := c.scans(p)
	if err != nil {
		return nil, err
	}
	late, err := reading(p, scans)
	if err != nil {
		return nil, err
	}
	pdf, err := bound(scans)
	if err != nil {
		return nil, err
	}
	more, err := rendering(pdf, len(scans))
	if err != nil {
		return nil, err
	}
	fat, err := work(b, p, pdf)
	return append(append(late, more...), fat...), err
}

// scans are JPEG scans of 200 dpi.
func (c *omrCommand) scans(p *prints) ([]*synth.Page, error) {
	class, _ := synth.ClassOf("200-dpi")
	scans := make([]*synth.Page, speedPages)
	for n := range scans {
		r := synth.Rand(c.Seed, "speed", n)
		print, err := p.pages[r.IntN(len(p.pages))].WithSerial(uint32(n + 1))
		if err != nil {
			return nil, err
		}
		if scans[n], err = class.Make(print, n%2 == 1, r); err != nil {
			return nil, err
		}
		scans[n].Image = nil // the file is enough
	}
	return scans, nil
}

// reading reads scans one after another on one thread, and tells how long the parts of it take, and of what memory.
func reading(p *prints, scans []*synth.Page) ([]string, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const decoding = "decode JPEG"
	parts, order := map[string][]time.Duration{}, []string{decoding}
	var whole []time.Duration
	var before, after runtime.MemStats
	runtime.GC() // what making the pages left behind
	runtime.ReadMemStats(&before)
	for _, page := range scans {
		began := threadTime()
		img, err := decode(page.File)
		if err != nil {
			return nil, err
		}
		last := threadTime()
		parts[decoding] = append(parts[decoding], last-began)
		omr.Read(img.Gray, p.find, omr.Hints{Bilevel: img.Bilevel, Stage: func(stage string) {
			if !slices.Contains(order, stage) {
				order = append(order, stage)
			}
			now := threadTime()
			parts[stage] = append(parts[stage], now-last)
			last = now
		}})
		whole = append(whole, threadTime()-began)
	}
	runtime.ReadMemStats(&after)
	fmt.Printf("\n| part of reading a page of 200 dpi | median ms of a core |\n|---|---|\n")
	for _, stage := range order {
		fmt.Printf("| %s | %.1f |\n", stage, milliseconds(median(parts[stage])))
	}
	took, ratio := milliseconds(median(whole)), float64(median(whole))/float64(median(parts[decoding]))
	fmt.Printf("| whole (the slowest of %d: %.0f) | %.1f |\n| whole ÷ decoding the JPEG | %.2f |\n| memory allocated for a page | %.1f MB |\n",
		len(scans), milliseconds(slices.Max(whole)), took, ratio, float64(after.TotalAlloc-before.TotalAlloc)/float64(len(scans))/1e6)
	return over([]limit{{"reading a page", took, mostPerPage, "ms"}, {"reading ÷ decoding the JPEG", ratio, mostPerDecode, ""}}), nil
}

// limit is a figure and the most that it may be.
type limit struct {
	what      string
	got, most float64
	unit      string
}

// over tells the figures that are more than they may be.
func over(limits []limit) []string {
	var all []string
	for _, l := range limits {
		if l.got > l.most {
			all = append(all, strings.TrimSpace(fmt.Sprintf("%s: %.1f %s, bar %g", l.what, l.got, l.unit, l.most)))
		}
	}
	return all
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"ocenaurzedu.eu/pkg/guard"
)

// limitsCommand compares checks of limits with bare increments, both from 64 goroutines of this process, and submissions
// while Redis hangs with those while it is well.
type limitsCommand struct{}

// Run measures in turns.
func (c *limitsCommand) Run(b *bench) error {
	s, err := newStage(b)
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	options, err := guard.Options(s.redis.URL())
	if err != nil {
		return err
	}
	limits, bare := redis.NewClient(options), redis.NewClient(&redis.Options{Addr: options.Addr})
	defer func() { _, _ = limits.Close(), bare.Close() }()
	g := guard.New(limits, time.Now)
	limit := guard.Limit{Name: "bench", Burst: 1000, Per: time.Second}
	var fallbacks atomic.Int64
	check := func(ctx context.Context, n uint32) error {
		address := g.Address(ctx, netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)}))
		v, err := g.Allow(ctx, guard.Check{Limit: limit, Subject: "gmina/ankieta/" + address})
		if v.Fallback {
			fallbacks.Add(1)
		}
		return err
	}
	increment := func(ctx context.Context, n uint32) error { return bare.Incr(ctx, fmt.Sprint("bench:", n)).Err() }
	var checks, increments []float64
	for round := range b.Rounds {
		a, err := repeat(b, check)
		if err != nil {
			return err
		}
		i, err := repeat(b, increment)
		if err != nil {
			return err
		}
		checks, increments = append(checks, a), append(increments, i)
		fmt.Printf("round %d: %.0f checks/s, %.0f increments/s\n", round+1, a, i)
	}
	fmt.Printf("\nchecks of limits ÷ bare increments: %.2f; %d checks without Redis\n", median(checks)/median(increments), fallbacks.Load())
	hung, err := c.hang(b, s)
	if err != nil {
		return err
	}
	printTable([]row{hung})
	return nil
}

// repeat does something from 64 goroutines and returns how often a second.
func repeat(b *bench, f func(context.Context, uint32) error) (float64, error) {
	var n atomic.Int64
	var failed atomic.Value
	began := time.Now()
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			for time.Since(began) < b.Slice && b.ctx.Err() == nil {
				if err := f(b.ctx, rand.Uint32N(1<<20)); err != nil {
					failed.Store(err)
					return
				}
				n.Add(1)
			}
		})
	}
	all.Wait()
	err, _ := failed.Load().(error)
	return float64(n.Load()) / time.Since(began).Seconds(), err
}

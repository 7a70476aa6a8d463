package web

import (
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/survey"
)

// What takes memory is done for few at a time, so that the process stays in its bounds whoever asks for however much: a PDF
// of 1,500 pages takes 200 MB while it is written, the picture of a scanned page 12 MB and as much again.
const (
	printsAtOnce   = 1
	printsWait     = 40 * time.Second
	picturesAtOnce = 2
	picturesWait   = 20 * time.Second
)

// places are for requests of one kind that may be worked on at once. Whoever waits too long for one is asked to come again.
type places struct {
	taken chan struct{}
	wait  time.Duration
}

func newPlaces(n int, wait time.Duration) *places { return &places{make(chan struct{}, n), wait} }

// few lets as many requests in at a time as there are places.
func few(p *places, show fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		wait := time.NewTimer(p.wait)
		defer wait.Stop()
		select {
		case p.taken <- struct{}{}:
			defer func() { <-p.taken }()
			return show(c)
		case <-wait.C:
			return fmt.Errorf("%w: too many at once", survey.ErrUnavailable)
		}
	}
}

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// formCommand compares cached forms with the same bytes served by a bare Fiber.
type formCommand struct{}

// Run measures in turns, for browsers that take gzip and for clients that don't.
func (c *formCommand) Run(b *bench) error {
	s, err := newStage(b)
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	service, err := s.serve(b.ctx, b.Service)
	if err != nil {
		return err
	}
	defer func() { _ = service.stop() }()
	encodings := []string{"gzip, deflate, br, zstd", ""}
	for _, encoding := range encodings {
		if err := s.visit(service, encoding); err != nil {
			return err
		}
	}
	stopProfile := b.profile(service)
	var rows []row
	for _, encoding := range encodings {
		ratio, err := c.compare(b, s, service, encoding)
		if err != nil {
			return err
		}
		what := "cached forms/s ÷ bare Fiber, compressed"
		if encoding == "" {
			what = "the same, not compressed"
		}
		rows = append(rows, row{what: what, got: ratio, floor: 0.85, goal: 0.95})
	}
	if err := stopProfile(); err != nil {
		return err
	}
	printTable(rows)
	return nil
}

// formConnections is how many browsers ask at a time.
const formConnections = 64

func (c *formCommand) compare(b *bench, s *stage, service *server, encoding string) (float64, error) {
	page, err := s.page(service, encoding)
	if err != nil {
		return 0, err
	}
	bare, err := s.serveStatic(b, page)
	if err != nil {
		return 0, err
	}
	defer func() { _ = bare.stop() }()
	var forms, static []float64
	visits := s.visits(encoding)
	for round := -1; round < b.Rounds; round++ { // the first one warms up
		rates, each := make([]float64, 2), make([]time.Duration, 2)
		for i, program := range []*server{service, bare} {
			before := cpu(program.cmd.Process.Pid)
			m, err := load{program.address, formConnections, visits, "200"}.run(b.ctx, b.Slice)
			if err != nil {
				return 0, err
			}
			rates[i], each[i] = m.perSecond(), (cpu(program.cmd.Process.Pid)-before)/time.Duration(m.answers)
		}
		if round >= 0 {
			forms, static = append(forms, rates[0]), append(static, rates[1])
			fmt.Printf("round %d, %d bytes: %.0f forms/s (CPU each %.1f µs), bare Fiber %.0f/s (%.1f µs)\n", round+1, len(page.Body),
				rates[0], float64(each[0])/1000, rates[1], float64(each[1])/1000)
		}
	}
	return median(forms) / median(static), nil
}

// visits writes the request for every office's form.
func (s *stage) visits(encoding string) []request {
	headers := browserHeaders
	if encoding == "" {
		headers = strings.Replace(headers, "Accept-Encoding: gzip, deflate, br, zstd\r\n", "", 1)
	}
	requests := make([]request, len(s.tenants))
	for i, o := range s.tenants {
		requests[i].bytes = []byte("GET / HTTP/1.1\r\nHost: " + o.host + "\r\nX-Forwarded-For: " + addressPlace + "\r\n" + headers + "\r\n")
	}
	return requests
}

// staticPage is what a bare Fiber serves: the bytes and headers of one of our forms.
type staticPage struct {
	Header [][2]string
	Body   []byte
}

// page fetches a form as the client of the measurement does.
func (s *stage) page(service *server, encoding string) (*staticPage, error) {
	request, err := http.NewRequest(http.MethodGet, "http://"+service.address+"/", nil)
	if err != nil {
		return nil, err
	}
	request.Host = s.tenants[0].host
	request.Header.Set("Accept-Encoding", encoding)
	client := http.Client{Transport: &http.Transport{DisableCompression: true}}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	p := &staticPage{}
	for name, values := range response.Header {
		if name != "Content-Length" && name != "Date" {
			p.Header = append(p.Header, [2]string{name, values[0]})
		}
	}
	p.Body, err = io.ReadAll(response.Body)
	return p, err
}

// serveStatic starts this program once more, as the bare Fiber.
func (s *stage) serveStatic(b *bench, p *staticPage) (*server, error) {
	address, _, err := freeAddresses()
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(s.dir, "page.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(&server{cmd: exec.CommandContext(b.ctx, self, "--service", b.Service, "static", address, path), address: address}, "static")
}

// staticCommand is the bare Fiber.
type staticCommand struct {
	Address string `arg:""`
	Page    string `arg:""`
}

// Run serves the page until it is told to end.
func (c *staticCommand) Run(b *bench) error {
	data, err := os.ReadFile(c.Page)
	if err != nil {
		return err
	}
	var p staticPage
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/", func(c *fiber.Ctx) error {
		for _, h := range p.Header {
			c.Set(h[0], h[1])
		}
		return c.Send(p.Body)
	})
	go func() {
		<-b.ctx.Done()
		_ = app.ShutdownWithTimeout(time.Second)
	}()
	return app.Listen(c.Address)
}

// profile has the service write a CPU profile of the measurement, if one is asked for.
func (b *bench) profile(service *server) (stop func() error) {
	if b.Profile == "" {
		return func() error { return nil }
	}
	fetched := make(chan error, 1)
	go func() {
		seconds := int(b.Slice.Seconds()) * 2
		response, err := http.Get(fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", service.admin, seconds))
		if err != nil {
			fetched <- err
			return
		}
		defer func() { _ = response.Body.Close() }()
		var data bytes.Buffer
		_, err = data.ReadFrom(bufio.NewReader(response.Body))
		if err == nil {
			err = os.WriteFile(b.Profile, data.Bytes(), 0o644)
		}
		fetched <- err
	}()
	return func() error { return <-fetched }
}

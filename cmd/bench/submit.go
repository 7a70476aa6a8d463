package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"ocenaurzedu.eu/pkg/survey"
)

// submitCommand compares the whole path of a submission with a single-row insert.
type submitCommand struct{}

// pgbenchConnections is how many connections pgbench gets: the most that it is quick with.
const pgbenchConnections = 64

// submitted is what the rounds measured.
type submitted struct {
	at64, at256, pgbench []float64 // per second
	p99, mean            []time.Duration
}

// Run measures in turns and prints the table.
func (c *submitCommand) Run(b *bench) error {
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
	pg, err := newPgbench(s)
	if err != nil {
		return err
	}
	l := load{address: service.address, requests: s.submissions(), status: "303"}
	if err := warmUp(b, s, service, l, pg); err != nil {
		return err
	}
	var m submitted
	stopProfile := b.profile(service)
	for round := range b.Rounds {
		if err := m.round(b, s, service, l, pg); err != nil {
			return err
		}
		fmt.Printf("round %d: %.0f/s at 64 (p99 %v), %.0f/s at 256; pgbench %.0f/s (mean %v)\n", round+1,
			m.at64[round], m.p99[round].Round(time.Microsecond), m.at256[round], m.pgbench[round], m.mean[round].Round(time.Microsecond))
	}
	if err := stopProfile(); err != nil {
		return err
	}
	pgbench := median(m.pgbench)
	printTable([]row{
		{what: "submissions/s at 64 connections ÷ pgbench at 64", got: median(m.at64) / pgbench, floor: 0.9, goal: 1.25},
		{what: "submissions/s at 256 connections ÷ pgbench at 64", got: median(m.at256) / pgbench, floor: 1.25, goal: 1.75},
		{what: "p99 at 64 connections ÷ pgbench mean", got: float64(median(m.p99)) / float64(median(m.mean)), floor: 3, goal: 2, most: true},
	})
	return s.checkStored()
}

// warmUp fills the caches of all: forms are drawn once, plans made, tables grown to some pages.
func warmUp(b *bench, s *stage, service *server, l load, pg *pgbench) error {
	if err := s.visit(service, ""); err != nil {
		return err
	}
	l.connections = 64
	if _, err := l.run(b.ctx, b.Slice/2); err != nil {
		return err
	}
	_, _, err := pg.run(b.ctx, time.Second)
	return err
}

func (m *submitted) round(b *bench, s *stage, service *server, l load, pg *pgbench) error {
	for _, connections := range []int{64, 256} {
		l.connections = connections
		before := s.spent(service)
		got, err := l.run(b.ctx, b.Slice)
		if err != nil {
			return err
		}
		s.spent(service).print(before, connections, got)
		if connections == 64 {
			m.at64, m.p99 = append(m.at64, got.perSecond()), append(m.p99, got.quantile(0.99))
		} else {
			m.at256 = append(m.at256, got.perSecond())
		}
	}
	perSecond, mean, err := pg.run(b.ctx, b.Slice)
	m.pgbench, m.mean = append(m.pgbench, perSecond), append(m.mean, mean)
	return err
}

// times is the processor time of each process.
type times struct{ service, postgres, redis, client time.Duration }

func (s *stage) spent(service *server) times {
	return times{cpu(service.cmd.Process.Pid), cpu(s.postgres.Pid()), cpu(s.redis.Pid()), cpu(os.Getpid()) - cpu(service.cmd.Process.Pid)}
}

// print tells who took how much of a submission.
func (t times) print(before times, connections int, m *measured) {
	each := func(now, then time.Duration) time.Duration {
		return ((now - then) / time.Duration(m.answers)).Round(time.Microsecond)
	}
	fmt.Printf("  %3d connections: %.0f/s, median %v, p99 %v; CPU each: service %v, postgres %v, redis %v, client %v\n", connections, m.perSecond(),
		m.quantile(0.5).Round(time.Microsecond), m.quantile(0.99).Round(time.Microsecond),
		each(t.service, before.service), each(t.postgres, before.postgres), each(t.redis, before.redis), each(t.client, before.client))
}

// checkStored holds what was measured to what is stored: a submission that is not counted would be quick.
func (s *stage) checkStored() error {
	var submissions, keys, tallied int
	err := s.query(`
		SELECT (SELECT count(*) FROM submissions), (SELECT count(*) FROM submission_keys), (SELECT COALESCE(sum(n), 0) FROM tallies)`, &submissions, &keys, &tallied)
	if err == nil && (submissions != keys || submissions != tallied) {
		err = fmt.Errorf("%d submissions, %d keys, %d tallied", submissions, keys, tallied)
	}
	if err == nil {
		fmt.Printf("\n%d submissions are stored, each with its key and in its tally\n", submissions)
	}
	return err
}

// visit opens every office's form once.
func (s *stage) visit(service *server, encoding string) error {
	client := http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 1}}
	for _, o := range s.tenants {
		request, err := http.NewRequest(http.MethodGet, "http://"+service.address+"/", nil)
		if err != nil {
			return err
		}
		request.Host = o.host
		request.Header.Set("Accept-Encoding", encoding)
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("form of %s: status %d", o.host, response.StatusCode)
		}
	}
	return nil
}

// submissions writes the request of a filled form for every office, as a browser sends it behind a proxy.
func (s *stage) submissions() []request {
	requests := make([]request, len(s.tenants))
	for i, o := range s.tenants {
		requests[i] = s.submission(o, i)
	}
	return requests
}

const (
	keyPlace     = "KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK"
	addressPlace = "100.100.100.100"
)

func (s *stage) submission(o office, i int) request {
	body := fmt.Sprintf("_key=%s&_v=%d&_lang=pl&%s&_do=send", keyPlace, o.version, s.answers(i))
	head := fmt.Sprintf("POST / HTTP/1.1\r\nHost: %s\r\nX-Forwarded-For: %s\r\nX-Forwarded-Proto: https\r\nContent-Length: %d\r\n"+
		"Cache-Control: max-age=0\r\nOrigin: https://%s\r\nContent-Type: application/x-www-form-urlencoded\r\nUpgrade-Insecure-Requests: 1\r\n",
		o.host, addressPlace, len(body), o.host)
	all := []byte(head + browserHeaders + "Referer: https://" + o.host + "/\r\n\r\n" + body)
	return request{all, bytes.Index(all, []byte(keyPlace)), bytes.Index(all, []byte(addressPlace))}
}

// browserHeaders are what Chromium sends with every page.
const browserHeaders = "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n" +
	"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8\r\n" +
	"Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1\r\nSec-Fetch-Dest: document\r\n" +
	"Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: pl-PL,pl;q=0.9,en-US;q=0.8,en;q=0.7\r\n"

// answers fills the form in. One in four writes a remark; a browser sends empty texts too.
func (s *stage) answers(i int) string {
	random := rand.New(rand.NewPCG(1, uint64(i)))
	var fields []string
	add := func(name, value string) {
		fields = append(fields, url.QueryEscape(name)+"="+url.QueryEscape(value))
	}
	for _, q := range s.questionnaire.Questions() {
		choices := q.Choices()
		switch q.Kind {
		case survey.KindText:
			remark := ""
			if i%4 == 0 {
				remark = "Pani w okienku wszystko spokojnie wyjaśniła, ale na rozmowę czekałam ponad godzinę."
			}
			add(q.Key, remark)
		case survey.KindMulti:
			add(q.Key, choices[random.IntN(3)].Value)
			add(q.Key, choices[3].Value)
			add(q.Key+".other", "")
		default:
			add(q.Key, choices[random.IntN(len(choices))].Value)
		}
	}
	return strings.Join(fields, "&")
}

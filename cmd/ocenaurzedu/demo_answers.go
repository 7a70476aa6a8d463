package main

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/privacy"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// sampleOffice says how an office of the demo does.
type sampleOffice struct {
	slug  string
	n     int      // answers in all
	level float64  // added to every rating, in points of the scale
	trend float64  // added to the second year's ratings
	weak  []string // rows of the matrix that do badly here
	quiet bool     // hardly anybody answered in the last three months, so that a report of them withholds
}

// sampleOffices are made up: no office said any of it.
var sampleOffices = [...]sampleOffice{
	{"osielsko", 6000, 0.08, 0.12, []string{"waiting", "information"}, false},
	{"biale-blota", 1480, 0, 0.05, []string{"signs", "waiting"}, false},
	{"koronowo", 1320, -0.10, 0.10, []string{"speed", "progress"}, false},
	{"solec-kujawski", 1100, 0.04, -0.08, []string{"hours", "privacy"}, false},
	{"dobrcz", 840, 0.12, 0, []string{"access", "information"}, false},
	{"nowa-wies-wielka", 720, 0, 0.15, []string{"deadlines", "clarity"}, false},
	{"sicienko", 640, -0.18, 0.05, []string{"independence", "courtesy"}, false},
	{"dabrowa-chelminska", 600, 0.05, 0, []string{"access", "hours"}, true},
}

// Shares of the channels. Paper rules: a town's campaign brought 1,379 of 1,386 forms on paper, and a kiosk
// thousands of ratings where the web page brought five.
const (
	paperShare   = 0.68
	scannedShare = 0.22 // of the batches of paper
	kioskShare   = 0.13
	qrShare      = 0.12 // the rest is web
)

// quietDays is how long the quiet office is quiet, and quietAnswers how many answer all the same.
const (
	quietDays    = 92
	quietAnswers = 4
)

// sampleYears is how many years of answers there are, but of the office with a history, which has demoYears.
const sampleYears = 2

// reviewedDays is how old a remark is when somebody has looked at it.
const reviewedDays = 45

// sampler makes the answers of one office: the same ones for the same office, day and questionnaire.
type sampler struct {
	sampleOffice
	*rand.Rand
	source  *rand.ChaCha8
	scope   *store.Scope
	version *survey.Version
	points  []store.ServicePoint
	days    []survey.Day // paper, QR and kiosk; as often as the day is likely
	secret  []byte
	now     time.Time
	entries []store.Entry
	recent  int // remarks of the last weeks so far
}

// addDemoAnswers gives every office that has none its sample answers.
func (o *console) addDemoAnswers(offices []survey.Tenant, p *program) error {
	secret, err := o.store.Secret(o.ctx)
	if err != nil {
		return err
	}
	for _, t := range offices {
		for _, sample := range sampleOffices {
			if sample.slug != t.Slug || t.Slug == demoOffice { // which has a history, see addDemoHistory
				continue
			}
			if first, err := o.store.Scope(t.ID).FirstDay(o.ctx); err != nil || !first.IsZero() {
				return err
			}
			today := survey.DayOf(o.now())
			n, err := o.addSamples(sample, t, secret, likelyDays(today.AddMonths(-12*sampleYears), today.Add(-2)))
			if err != nil {
				return fmt.Errorf("sample answers of %s: %w", t.Slug, err)
			}
			if n > 0 {
				_, _ = fmt.Fprintf(p.err, "%s: %d sample answers\n", t.Slug, n)
			}
		}
	}
	return nil
}

// addSamples stores an office's answers to its newest version in one transaction, so that a demo that is broken off has
// all or none of them.
func (o *console) addSamples(sample sampleOffice, t survey.Tenant, secret []byte, days []survey.Day) (int, error) {
	scope := o.store.Scope(t.ID)
	s, err := o.newSampler(sample, scope)
	if err != nil {
		return 0, err
	}
	s.secret, s.days = secret, days
	if s.quiet {
		quiet := survey.DayOf(s.now).Add(-quietDays)
		s.days = slices.DeleteFunc(days, quiet.Before)
	}
	batches, err := s.fill(o)
	if err != nil {
		return 0, err
	}
	if err := o.store.AddSubmissions(o.ctx, s.entries); err != nil {
		return 0, err
	}
	for _, b := range batches {
		if err := scope.CloseBatch(o.ctx, b.ID, store.Actor{Login: b.OpenedBy, At: b.OpenedAt.Add(40 * time.Minute)}); err != nil {
			return 0, err
		}
	}
	return len(s.entries), nil
}

func (o *console) newSampler(sample sampleOffice, scope *store.Scope) (*sampler, error) {
	version, err := scope.PublishedVersion(o.ctx)
	if err != nil {
		return nil, err
	}
	points, err := scope.ServicePoints(o.ctx)
	if err != nil {
		return nil, err
	}
	source := rand.NewChaCha8(sha256.Sum256([]byte("demo " + sample.slug + " " + strconv.Itoa(version.Number))))
	return &sampler{sampleOffice: sample, Rand: rand.New(source), source: source, scope: scope, version: version, points: points, now: o.now()}, nil
}

// likelyDays lists the working days from first to last, those of a campaign (March to May, September to November) six
// times.
func likelyDays(first, last survey.Day) []survey.Day {
	var days []survey.Day
	for day := first; !last.Before(day); day = day.Add(1) {
		if weekday := day.Time().Weekday(); weekday == time.Saturday || weekday == time.Sunday {
			continue
		}
		times := 1
		switch day.Time().Month() {
		case time.March, time.April, time.May, time.September, time.October, time.November:
			times = 6
		}
		for range times {
			days = append(days, day)
		}
	}
	return days
}

// fill makes all answers, and opens the batches of those on paper.
func (s *sampler) fill(o *console) ([]store.Batch, error) {
	var batches []store.Batch
	for paper := int(float64(s.n) * paperShare); paper > 0; {
		b, err := s.batch(o, min(paper, 7+s.IntN(24))) // desks get 7 to 30 forms
		if err != nil {
			return nil, err
		}
		batches = append(batches, b)
		paper -= *b.Returned
	}
	for len(s.entries) < s.n {
		channel, point := s.channel()
		if err := s.add(channel, point, s.day(), nil); err != nil {
			return nil, err
		}
	}
	if s.quiet {
		for range quietAnswers {
			if err := s.add(survey.ChannelWeb, 0, survey.DayOf(s.now).Add(-2-s.IntN(quietDays-30)), nil); err != nil {
				return nil, err
			}
		}
	}
	return batches, nil
}

// batch opens a batch and makes its sheets. More forms were handed out than came back.
func (s *sampler) batch(o *console, sheets int) (store.Batch, error) {
	day, channel := s.day(), survey.ChannelPaperTyped
	if s.Float64() < scannedShare {
		channel = survey.ChannelPaperScanned
	}
	issued := sheets + sheets*(15+s.IntN(60))/100 + 1
	b := store.Batch{VersionID: s.version.ID, ServicePoint: s.point(), Day: day, Issued: &issued, Returned: &sheets,
		OpenedBy: "administrator@" + s.slug + ".example", OpenedAt: day.Add(1).Time().Add(time.Duration(8+s.IntN(5)) * time.Hour)}
	if err := s.scope.OpenBatch(o.ctx, &b); err != nil {
		return b, err
	}
	for number := 1; number <= sheets; number++ {
		if err := s.add(channel, b.ServicePoint, day, &store.SheetRef{Batch: b.ID, Number: number}); err != nil {
			return b, err
		}
	}
	return b, nil
}

// channel chooses a channel other than paper, and where that was.
func (s *sampler) channel() (survey.Channel, int64) {
	switch x := s.Float64() * (1 - paperShare); {
	case x < kioskShare:
		return survey.ChannelKiosk, s.points[0].ID
	case x < kioskShare+qrShare:
		return survey.ChannelQR, s.point()
	}
	return survey.ChannelWeb, 0
}

func (s *sampler) day() survey.Day { return s.days[s.IntN(len(s.days))] }

// point chooses a service point; the earlier ones in the list are busier.
func (s *sampler) point() int64 {
	for _, p := range s.points {
		if s.Float64() < 0.5 {
			return p.ID
		}
	}
	return s.points[0].ID
}

// perhapsDoubtful puts a remark that somebody has to look at in place of every third one of the last weeks, so that the
// queue shows what it is for.
func (s *sampler) perhapsDoubtful(text string) string {
	n := s.recent
	s.recent++
	if n%3 != 0 {
		return text
	}
	return doubtful[n/3%len(doubtful)]
}

// add makes one answer, in the way in which one comes in: filled by the version's rules, its remark without
// personal data.
func (s *sampler) add(channel survey.Channel, point int64, day survey.Day, sheet *store.SheetRef) error {
	form := s.form(channel, day)
	sub, err := s.version.Fill(form, channel, day)
	if err != nil {
		return fmt.Errorf("%v: %w", form, err)
	}
	id, err := uuid.NewRandomFromReader(s.source)
	if err != nil {
		return err
	}
	sub.ID, sub.ServicePoint = id.String(), point
	for i := range sub.Remarks {
		r := &sub.Remarks[i]
		recent := survey.DayOf(s.now).Sub(day) <= reviewedDays
		if recent && r.Question == "remarks" {
			r.Text = s.perhapsDoubtful(r.Text)
		}
		clean := privacy.Redact(r.Text)
		switch r.Text = clean.Text; {
		case clean.Unsure:
			r.State = survey.RemarkUnsure
		case !recent:
			r.State = survey.RemarkApproved
		}
	}
	key := auth.IdempotencyHash(s.secret, s.scope.Tenant(), fmt.Sprintf("demo %d %d", s.version.Number, len(s.entries)))
	s.entries = append(s.entries, store.Entry{Tenant: s.scope.Tenant(), Key: key, Submission: sub, Layout: &s.version.Layout, Sheet: sheet})
	return nil
}

package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// reportCommand compares the data of a report over many submissions with that over few, of the same office.
type reportCommand struct {
	Few  int `default:"1000" help:"Submissions of the office at first."`
	Many int `default:"1000000" help:"Submissions of the office in the end."`
}

// Run measures over few, adds the rest, and measures again.
func (c *reportCommand) Run(b *bench) error {
	b.Tenants = min(b.Tenants, 10)
	s, err := newStage(b)
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	db, err := store.Open(store.Options{URL: s.url()})
	if err != nil {
		return err
	}
	defer db.Close()
	took := make([]time.Duration, 2)
	for i, n := range []int{c.Few, c.Many - c.Few} {
		if err := s.addAnswers(n); err != nil {
			return err
		}
		if took[i], err = c.measure(b.ctx, db.Scope(s.tenants[0].id)); err != nil {
			return err
		}
		if err := c.formats(b.ctx, db.Scope(s.tenants[0].id)); err != nil {
			return err
		}
	}
	fmt.Printf("%d submissions: %v; %d submissions: %v\n", c.Few, took[0], c.Many, took[1])
	printTable([]row{{what: "report data over 1 M submissions ÷ over 1 k", got: float64(took[1]) / float64(took[0]), floor: 1.5, goal: 1.1, most: true}})
	return nil
}

// reportRuns is how many times the data of a report is read; the median counts.
const reportRuns = 101

// reportYear is the year whose whole months the report takes in.
const reportYear = 2025

func (c *reportCommand) measure(ctx context.Context, scope *store.Scope) (time.Duration, error) {
	filter := survey.Filter{From: survey.NewDay(reportYear, 1, 1), To: survey.NewDay(reportYear, 12, 31)}
	var took []time.Duration
	for range reportRuns {
		began := time.Now()
		if _, err := scope.Results(ctx, filter); err != nil {
			return 0, err
		}
		took = append(took, time.Since(began))
	}
	return median(took), nil
}

// formats prints how long each format takes to write, medians.
func (c *reportCommand) formats(ctx context.Context, scope *store.Scope) error {
	filter := survey.Filter{From: survey.NewDay(reportYear, 1, 1), To: survey.NewDay(reportYear, 12, 31)}
	results, err := scope.Results(ctx, filter)
	if err != nil {
		return err
	}
	d := report.Document{Slug: "bench", Office: survey.Office{Name: "Urząd"}, Summary: stats.Summarize(*results, filter, stats.Rules{}), GeneratedAt: time.Now()}
	for _, t := range results.Tallies {
		d.Questionnaires = append(d.Questionnaires, *t.Version)
	}
	line := fmt.Sprintf("formats over %d submissions:", d.Summary.N)
	for _, format := range []struct {
		name  string
		write func(io.Writer) error
	}{{"XLSX", d.XLSX}, {"CSV", d.CSV}, {"JSON", d.JSON}} {
		var took []time.Duration
		for range formatRuns {
			began := time.Now()
			if err := format.write(io.Discard); err != nil {
				return err
			}
			took = append(took, time.Since(began))
		}
		line += fmt.Sprintf(" %s %.1f ms", format.name, float64(median(took).Microseconds())/1000)
	}
	fmt.Println(line)
	return nil
}

// formatRuns is how many times a report is written in each format.
const formatRuns = 21

// addAnswers adds submissions of the first office straight into the tables, spread over the year and three channels,
// and counts them as the service does.
func (s *stage) addAnswers(n int) error {
	layout, o := surveyLayout(s), s.tenants[0]
	codes, counts := make([]int16, len(layout.Slots)), make([]int64, layout.Counters)
	for i := range codes {
		codes[i] = survey.CodeFirst
	}
	layout.Count(counts, codes, 1)
	return s.exec(database, fmt.Sprintf(`
		WITH added AS (
			INSERT INTO submissions (tenant_id, id, version_id, channel, day, codes)
			SELECT %[1]d, gen_random_uuid(), %[2]d, (ARRAY['web', 'qr', 'kiosk'])[1 + i %% 3], date '%[3]d-01-01' + i %% 365, '%[4]s'
			FROM generate_series(1, %[5]d) AS i
			RETURNING day, channel
		)
		INSERT INTO tallies (tenant_id, version_id, month, channel, n, counts)
		SELECT %[1]d, %[2]d, month, channel, n, (SELECT array_agg(c * n ORDER BY i) FROM unnest('%[6]s'::integer[]) WITH ORDINALITY AS u (c, i))
		FROM (SELECT date_trunc('month', day)::date AS month, channel, count(*) AS n FROM added GROUP BY 1, 2) AS counted
		ON CONFLICT (tenant_id, version_id, month, channel, service_point_id) DO UPDATE
		SET n = tallies.n + excluded.n, counts = add_counts(tallies.counts, excluded.counts);
		VACUUM ANALYZE`, o.id, o.version, reportYear, arrayLiteral(codes), n, arrayLiteral(counts)))
}

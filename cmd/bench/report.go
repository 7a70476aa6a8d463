package main

import (
	"context"
	"fmt"
	"time"

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

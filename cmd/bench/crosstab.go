package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// crosstabCommand compares a cross-tab of two questions, protected and with its means, with the same counts in SQL over
// answers that are kept as a jsonb object a row.
type crosstabCommand struct {
	Many int `default:"1000000" help:"Submissions of the office."`
}

// crosstabRuns is how many times each is done; the median counts.
const crosstabRuns = 9

// Run fills the tables and measures in turns.
func (c *crosstabCommand) Run(b *bench) error {
	b.Tenants = 1
	s, err := newStage(b)
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	if err := s.addRandomAnswers(c.Many); err != nil {
		return err
	}
	before, err := memory(os.Getpid())
	if err != nil {
		return err
	}
	cold, err := c.measure(b.ctx, s, 1, true)
	if err != nil {
		return err
	}
	jsonb, err := c.query(b.ctx, s, fmt.Sprintf(`
		SELECT answers ->> 'overall', answers ->> 'contact', count(*)
		FROM answers_jsonb
		WHERE tenant_id = %d AND day BETWEEN date '%d-01-01' AND date '%d-12-31'
		GROUP BY 1, 2`, s.tenants[0].id, reportYear, reportYear))
	if err != nil {
		return err
	}
	warm, err := c.measure(b.ctx, s, crosstabRuns, false)
	if err != nil {
		return err
	}
	fmt.Printf("%d submissions: warm %v; cold, from Postgres into memory, %v; SQL over jsonb %v\n", c.Many, warm.took, cold.took, jsonb)
	fmt.Printf("memory of the process: %.0f MB before, %.0f MB with the columns, %.0f MB at most while they are loaded\n", before, warm.memory, cold.memory)
	printTable([]row{
		{what: "cross-tab over 1 M submissions ÷ SQL over jsonb", got: float64(warm.took) / float64(jsonb), floor: 1. / 50, goal: 1. / 100, most: true},
		{what: "memory with 1 M submissions as columns, at most", got: cold.memory, floor: 400, goal: 200, most: true, unit: " MB"},
	})
	return nil
}

// crosstabTime is the median of some runs, and the memory of the process after them; of a cold one, the most that it took.
type crosstabTime struct {
	took   time.Duration
	memory float64 // MB
}

// measure makes the cross-tab as a page does: a transaction that proves the columns fresh, the counts, the protection.
func (c *crosstabCommand) measure(ctx context.Context, s *stage, runs int, cold bool) (crosstabTime, error) {
	db, err := store.Open(store.Options{URL: s.url()})
	if err != nil {
		return crosstabTime{}, err
	}
	defer db.Close()
	scope := db.Scope(s.tenants[0].id)
	if !cold {
		if _, err := c.crosstab(ctx, scope); err != nil { // loads the columns
			return crosstabTime{}, err
		}
		debug.FreeOSMemory()
	}
	var took []time.Duration
	for range runs {
		began := time.Now()
		x, err := c.crosstab(ctx, scope)
		if err != nil {
			return crosstabTime{}, err
		}
		took = append(took, time.Since(began))
		if x.N != c.Many {
			return crosstabTime{}, fmt.Errorf("the cross-tab has %d submissions, want %d", x.N, c.Many)
		}
	}
	used, err := memory(os.Getpid())
	if cold && err == nil {
		used, err = highestMemory(os.Getpid())
	}
	return crosstabTime{median(took), used}, err
}

func (c *crosstabCommand) crosstab(ctx context.Context, scope *store.Scope) (*stats.Cross, error) {
	columns, err := scope.Columns(ctx, survey.Filter{From: survey.NewDay(reportYear, 1, 1), To: survey.NewDay(reportYear, 12, 31)})
	if err != nil {
		return nil, err
	}
	return stats.CrossTab(columns, stats.Dimension{Question: "overall"}, stats.Dimension{Question: "contact"}, stats.Rules{}, stats.Around{})
}

// query runs a query to its last row.
func (c *crosstabCommand) query(ctx context.Context, s *stage, query string) (time.Duration, error) {
	db, err := sql.Open("postgres", s.postgres.OwnerURL(database))
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }()
	var took []time.Duration
	for range crosstabRuns {
		began := time.Now()
		rows, err := db.QueryContext(ctx, query)
		if err != nil {
			return 0, err
		}
		n := 0
		for rows.Next() {
			n++
		}
		if err := rows.Close(); err != nil {
			return 0, err
		}
		took = append(took, time.Since(began))
		if n != 25 {
			return 0, fmt.Errorf("%d cells, want 25", n)
		}
	}
	return median(took), nil
}

// addRandomAnswers adds submissions of the first office with random answers, and the same answers as jsonb.
func (s *stage) addRandomAnswers(n int) error {
	layout, o := surveyLayout(s), s.tenants[0]
	var codes, object []string
	for i, slot := range layout.Slots {
		codes = append(codes, fmt.Sprintf("%d + floor(sqrt(random()) * %d)", survey.CodeFirst, slot.Values))
		object = append(object, fmt.Sprintf("'%s', codes[%d]", strings.Trim(slot.Field()+"."+slot.Option, "."), i+1))
	}
	return s.exec(database, fmt.Sprintf(`
		INSERT INTO submissions (tenant_id, id, version_id, channel, day, codes)
		SELECT %[1]d, gen_random_uuid(), %[2]d, (ARRAY['web', 'qr', 'kiosk'])[1 + i %% 3], date '%[3]d-01-01' + i %% 365, ARRAY[%[4]s]::smallint[]
		FROM generate_series(1, %[5]d) AS i;
		INSERT INTO tallies (tenant_id, version_id, month, channel, n, counts)
		SELECT tenant_id, version_id, date_trunc('month', day)::date, channel, count(*), array_fill(0, ARRAY[%[6]d])
		FROM submissions
		GROUP BY 1, 2, 3, 4;
		CREATE TABLE answers_jsonb (tenant_id bigint NOT NULL, day date NOT NULL, answers jsonb NOT NULL);
		INSERT INTO answers_jsonb
		SELECT tenant_id, day, jsonb_build_object(%[7]s)
		FROM submissions;
		VACUUM ANALYZE`, o.id, o.version, reportYear, strings.Join(codes, ", "), n, layout.Counters, strings.Join(object, ", ")))
}

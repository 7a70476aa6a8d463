package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"ocenaurzedu.eu/pkg/survey"
)

// recounted is how many days back counts of days are made anew: answers kept by a kiosk without a network come late.
const recounted = 7

// CountDays brings the counts of days up to what is stored: all days the first time, then the last ones. Reports read
// these counts and not the answers of all days, so that they cost the same with a million of them.
func (s *Scope) CountDays(ctx context.Context) error {
	err := inTx(ctx, s.store.reports, s.store.wait, func(tx *sqlx.Tx) error {
		if err := setTenant(ctx, tx, s.tenant); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO day_counts (tenant_id, day, channel, n, same)
			SELECT $1, day, channel, sum(alike), max(alike)
			FROM (SELECT day, channel, count(*) AS alike
			      FROM submissions
			      WHERE tenant_id = $1
			        AND version_id IN (SELECT id FROM versions WHERE tenant_id = $1)
			        AND day >= COALESCE((SELECT max(day) - $2::integer FROM day_counts WHERE tenant_id = $1), '-infinity')
			        AND channel IN ('web', 'qr', 'kiosk')
			      GROUP BY day, channel, version_id, codes) AS vectors
			GROUP BY day, channel
			ORDER BY day, channel -- two at once lock the rows in one order
			ON CONFLICT (tenant_id, day, channel) DO UPDATE
			SET n = excluded.n, same = excluded.same`, s.tenant, recounted)
		return err
	})
	if err != nil {
		return fmt.Errorf("count days: %w", err)
	}
	return nil
}

// readSuspects finds the days of the period that look stuffed, and counts what they brought. What is usual is taken from
// the period and the year before.
func (r *results) readSuspects(ctx context.Context, tx *sqlx.Tx) error {
	var days []survey.DayCount
	err := tx.SelectContext(ctx, &days, `
		SELECT c.day, c.channel, c.n, c.same, COALESCE(k.fast, 0) AS fast
		FROM day_counts c
		LEFT JOIN (SELECT day, LEAST(sum(fast), 1000000) AS fast
		           FROM kiosk_days
		           WHERE tenant_id = $1 AND day BETWEEN $2 AND $3
		           GROUP BY day) k ON c.channel = 'kiosk' AND k.day = c.day
		WHERE c.tenant_id = $1 AND c.day BETWEEN $2 AND $3
		ORDER BY c.day, c.channel`, r.scope.tenant, r.filter.From.AddMonths(-12), r.filter.To)
	if err != nil {
		return err
	}
	r.parts = map[int64]map[partKey]*survey.TallyPart{}
	for _, s := range survey.Suspicious(days) {
		chosen := len(r.filter.Channels) == 0 || slices.Contains(r.filter.Channels, s.Channel)
		if s.Day.Before(r.filter.From) || !chosen {
			continue
		}
		r.out.Suspicions = append(r.out.Suspicions, s)
		if err := r.readCodes(ctx, tx, s.Day, s.Day, []survey.Channel{s.Channel}); err != nil {
			return err
		}
	}
	for _, tally := range r.tallies() {
		if len(tally.Parts) > 0 {
			r.out.Suspects = append(r.out.Suspects, tally)
		}
	}
	return nil
}

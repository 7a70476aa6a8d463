package store

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/survey"
)

// County reads the counts of one county's offices, through a role that can read nothing else.
type County struct {
	store  *Store
	county int64
}

// County returns the reader of a county's counts.
func (s *Store) County(id int64) *County { return &County{s, id} }

// CountyTally is the counts of one version of one of the county's offices.
type CountyTally struct {
	Tenant  int64
	Version int64
	Parts   []survey.TallyPart
}

// Tallies returns the counts of whole months from the first to the last, by office and version.
func (c *County) Tallies(ctx context.Context, first, last survey.Day) ([]CountyTally, error) {
	var tallies []CountyTally
	err := inTx(ctx, c.store.county, c.store.wait, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `SELECT set_config('ocena.county', $1, true)`, strconv.FormatInt(c.county, 10)); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `
			SELECT tenant_id, version_id, month, channel, service_point_id, n, counts
			FROM tallies
			WHERE month BETWEEN $1 AND $2
			ORDER BY tenant_id, version_id, month, channel, service_point_id`, first.Month(), last.Month())
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var tenant, version int64
			var part survey.TallyPart
			if err := rows.Scan(&tenant, &version, &part.Month, &part.Channel, &part.ServicePoint, &part.N, (*pq.Int64Array)(&part.Counts)); err != nil {
				return err
			}
			n := len(tallies)
			if n == 0 || tallies[n-1].Tenant != tenant || tallies[n-1].Version != version {
				tallies = append(tallies, CountyTally{Tenant: tenant, Version: version})
				n++
			}
			tallies[n-1].Parts = append(tallies[n-1].Parts, part)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("county %d: %w", c.county, err)
	}
	return tallies, nil
}

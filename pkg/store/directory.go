package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/survey"
)

// Directory is all offices and counties: what the service needs in memory to turn a Host into a tenant.
type Directory struct {
	Tenants  []survey.Tenant
	Counties []survey.County
}

// Directory reads all active tenants and all counties.
func (s *Store) Directory(ctx context.Context) (*Directory, error) {
	var d Directory
	err := inTx(ctx, s.operator, s.wait, func(tx *sqlx.Tx) error {
		var rows []struct {
			ID         int64
			Slug       string
			CountyID   int64 `db:"county_id"`
			Population int
			Crest      string
			Record     []byte
		}
		err := tx.SelectContext(ctx, &rows, `
			SELECT t.id, t.slug, COALESCE(t.county_id, 0) AS county_id, t.population,
			       COALESCE(encode(o.crest_sha256, 'hex'), '') AS crest, o.record
			FROM tenants t
			JOIN offices o ON o.tenant_id = t.id
			WHERE t.active
			ORDER BY t.id`)
		if err != nil {
			return err
		}
		for _, r := range rows {
			t := survey.Tenant{ID: r.ID, Slug: r.Slug, CountyID: r.CountyID, Population: r.Population, Crest: r.Crest}
			if err := json.Unmarshal(r.Record, &t.Office); err != nil {
				return fmt.Errorf("office %d: %w", r.ID, err)
			}
			d.Tenants = append(d.Tenants, t)
		}
		return tx.SelectContext(ctx, &d.Counties, `
			SELECT c.id, c.slug, c.name, c.teryt, COALESCE(t.id, 0) AS tenantid
			FROM counties c
			LEFT JOIN tenants t ON t.slug = c.slug
			ORDER BY c.id`)
	})
	if err != nil {
		return nil, fmt.Errorf("directory: %w", err)
	}
	return &d, nil
}

// WatchDirectory calls changed whenever an office, a county or a published version changes, and after every
// connection, when changes may have been missed. It returns when ctx ends.
func (s *Store) WatchDirectory(ctx context.Context, changed func()) error {
	return s.watchDirectory(ctx, time.Minute, changed)
}

// watchDirectory calls changed no more seldom than the floor says, whatever becomes of the connection: one that does not
// answer a ping is given up, or the ping would wait for ever.
func (s *Store) watchDirectory(ctx context.Context, floor time.Duration, changed func()) error {
	listener := pq.NewDialListener(dialer{floor + replySlack}, s.url, 100*time.Millisecond, 3*time.Second, nil)
	defer context.AfterFunc(ctx, func() { _ = listener.Close() })() // Listen waits for Postgres, however long
	defer func() { _ = listener.Close() }()
	if err := listener.Listen("directory"); err != nil {
		return cmp.Or(ctx.Err(), fmt.Errorf("listen: %w", err))
	}
	changed()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-listener.Notify: // nil after a reconnection
			changed()
		case <-time.After(floor):
			_ = listener.Ping() // a dead connection shows itself and is made anew
			changed()
		}
	}
}

package store

import (
	"cmp"
	"container/list"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"

	"github.com/jmoiron/sqlx"

	"ocenaurzedu.eu/pkg/survey"
)

// Columns of answers are kept in the process, as many as fit, those not used for longest out first. mostColumns is what one
// reading may take, some 2.5 million submissions of one office: with the two readings that may be under way at once, it stays within
// what a process may have.
const (
	keptColumns = 64 << 20
	mostColumns = 64 << 20
)

// columnKey names the columns that belong to one tally.
type columnKey struct {
	tenant, version int64
	partKey
}

// revision is what changes with every change of the answers that a tally counts: n grows with each that is added, as
// none is ever deleted, and corrections with each that is corrected (migration 00012).
type revision struct{ n, corrections int }

// columnCache keeps columns by tally.
type columnCache struct {
	mu    sync.Mutex
	most  int
	bytes int
	order list.List // of *keptColumn, last used first
	at    map[columnKey]*list.Element
}

type keptColumn struct {
	key      columnKey
	revision revision
	columns  *survey.Columns
}

func newColumnCache(most int) *columnCache {
	return &columnCache{most: most, at: map[columnKey]*list.Element{}}
}

// get returns the columns of a tally if they are of that revision, else nil.
func (c *columnCache) get(key columnKey, r revision) *survey.Columns {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.at[key]
	if e == nil || e.Value.(*keptColumn).revision != r {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*keptColumn).columns
}

// put keeps columns in place of those that it has of the tally.
func (c *columnCache) put(key columnKey, r revision, columns *survey.Columns) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.at[key]; e != nil {
		c.drop(e)
	}
	c.at[key] = c.order.PushFront(&keptColumn{key, r, columns})
	for c.bytes += columns.Bytes(); c.bytes > c.most; {
		c.drop(c.order.Back())
	}
}

func (c *columnCache) drop(e *list.Element) {
	kept := c.order.Remove(e).(*keptColumn)
	delete(c.at, kept.key)
	c.bytes -= kept.columns.Bytes()
}

// Columns returns the answers that a filter takes in, as columns: of each version, month, channel and service point
// its own, oldest version first. They are shared and must not be changed. survey.ErrTooLarge: they would take too much
// memory.
func (s *Scope) Columns(ctx context.Context, f survey.Filter) ([]*survey.Columns, error) {
	r := &results{scope: s, filter: f}
	var columns []*survey.Columns
	snapshot := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	err := inTxWith(ctx, s.store.reports, s.store.wait, snapshot, func(tx *sqlx.Tx) error {
		if err := setTenant(ctx, tx, s.tenant); err != nil {
			return err
		}
		err := r.readVersions(ctx, tx)
		if err != nil {
			return err
		}
		columns, err = r.readColumns(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("columns: %w", err)
	}
	return columns, nil
}

// columnMonth is the tallies of one version and month, whose answers are read together.
type columnMonth struct {
	version *survey.Version
	month   survey.Day
	parts   map[columnKey]revision
}

// readColumns takes the months of the filter that are kept and still right, and reads the others.
func (r *results) readColumns(ctx context.Context, tx *sqlx.Tx) ([]*survey.Columns, error) {
	months, err := r.readRevisions(ctx, tx)
	if err != nil {
		return nil, err
	}
	bytes := 0
	for _, m := range months {
		for _, part := range m.parts {
			bytes += part.n * len(m.version.Layout.Slots)
		}
	}
	if bytes > mostColumns {
		return nil, survey.ErrTooLarge
	}
	var all []*survey.Columns
	for _, m := range months {
		some, err := r.columnsOf(ctx, tx, m)
		if err != nil {
			return nil, err
		}
		for _, c := range some {
			if c = c.Between(r.filter.From, r.filter.To); c.N > 0 && r.takes(c) {
				all = append(all, c)
			}
		}
	}
	return all, nil
}

// takes reports whether the filter takes in the channel and service point.
func (r *results) takes(c *survey.Columns) bool {
	return (len(r.filter.Channels) == 0 || slices.Contains(r.filter.Channels, c.Channel)) &&
		(len(r.filter.ServicePoints) == 0 || slices.Contains(r.filter.ServicePoints, c.ServicePoint))
}

func (r *results) readRevisions(ctx context.Context, tx *sqlx.Tx) ([]*columnMonth, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT t.version_id, t.month, t.channel, t.service_point_id, t.n, t.corrections
		FROM tallies t
		JOIN versions v ON v.tenant_id = t.tenant_id AND v.id = t.version_id
		WHERE t.tenant_id = $1 AND t.month BETWEEN $2 AND $3 AND t.n > 0
		ORDER BY v.number, t.month`, r.scope.tenant, r.filter.From.Month(), r.filter.To.Month())
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var months []*columnMonth
	for rows.Next() {
		key := columnKey{tenant: r.scope.tenant}
		var rev revision
		if err := rows.Scan(&key.version, &key.month, &key.channel, &key.point, &rev.n, &rev.corrections); err != nil {
			return nil, err
		}
		last := len(months) - 1
		if last < 0 || months[last].version.ID != key.version || months[last].month != key.month {
			months = append(months, &columnMonth{r.versions[key.version], key.month, map[columnKey]revision{}})
			last++
		}
		months[last].parts[key] = rev
	}
	return months, rows.Err()
}

// columnsOf returns the columns of a version's month, in the order of channel and service point.
func (r *results) columnsOf(ctx context.Context, tx *sqlx.Tx, m *columnMonth) ([]*survey.Columns, error) {
	cache := r.scope.store.columns
	var all []*survey.Columns
	for key, rev := range m.parts {
		if c := cache.get(key, rev); c != nil {
			shared := *c
			shared.Version = m.version // of this reading, not of the one that filled the cache
			all = append(all, &shared)
		}
	}
	if len(all) < len(m.parts) {
		read, err := r.loadMonth(ctx, tx, m)
		if err != nil {
			return nil, err
		}
		all = nil
		for key, c := range read {
			if c.N == m.parts[key].n { // else the tally is wrong, which verify tells
				cache.put(key, m.parts[key], c)
			}
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *survey.Columns) int {
		return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.ServicePoint, b.ServicePoint))
	})
	return all, nil
}

// loadMonth reads a version's answers of a month in the order of their random ids, which is no order.
func (r *results) loadMonth(ctx context.Context, tx *sqlx.Tx, m *columnMonth) (map[columnKey]*survey.Columns, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT channel, COALESCE(service_point_id, 0), day, codes
		FROM submissions
		WHERE tenant_id = $1 AND version_id = $2 AND day BETWEEN $3 AND $4`,
		r.scope.tenant, m.version.ID, m.month, m.month.AddMonths(1).Add(-1))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	read := map[columnKey]*survey.Columns{}
	codes := make([]survey.Code, 0, len(m.version.Layout.Slots))
	for rows.Next() {
		key := columnKey{tenant: r.scope.tenant, version: m.version.ID}
		var day survey.Day
		var text sql.RawBytes
		if err := rows.Scan(&key.channel, &key.point, &day, &text); err != nil {
			return nil, err
		}
		key.month = m.month
		if codes = parseCodes(codes[:0], text); !m.version.Layout.Fits(codes) {
			return nil, fmt.Errorf("version %d: codes don't fit the layout", m.version.ID)
		}
		c := read[key]
		if c == nil {
			c = survey.NewColumns(m.version, m.month, key.channel, key.point, m.parts[key].n)
			read[key] = c
		}
		c.Add(day, codes)
	}
	return read, rows.Err()
}

// parseCodes reads the text form {1,2,3} of codes, which have no sign and no NULL. Of the time to load a million
// submissions a general reader of arrays would take half.
func parseCodes(codes []survey.Code, text []byte) []survey.Code {
	n, digits := survey.Code(0), false
	for _, b := range text {
		switch {
		case b >= '0' && b <= '9':
			n, digits = n*10+survey.Code(b-'0'), true
		case digits:
			codes = append(codes, n)
			n, digits = 0, false
		}
	}
	return codes
}

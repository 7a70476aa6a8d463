package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/survey"
)

// Results counts what a filter takes in. Whole months of the period come from tallies, its ragged edges from
// codes, all of one snapshot, to which the digest belongs too. The version that is published is always among
// the tallies, even with no answers yet.
func (s *Scope) Results(ctx context.Context, f survey.Filter) (*survey.Results, error) {
	return s.results(ctx, f, false)
}

// ResultsWithColumns is Results with the codes that cross-tabs and reliability are made of, of the same snapshot. There are
// none where they would take too much memory.
func (s *Scope) ResultsWithColumns(ctx context.Context, f survey.Filter) (*survey.Results, error) {
	return s.results(ctx, f, true)
}

func (s *Scope) results(ctx context.Context, f survey.Filter, codes bool) (*survey.Results, error) {
	r := &results{scope: s, filter: f, codes: codes, parts: map[int64]map[partKey]*survey.TallyPart{}}
	snapshot := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	err := inTxWith(ctx, s.store.reports, s.store.wait, snapshot, func(tx *sqlx.Tx) error { return r.read(ctx, tx) })
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	return &r.out, nil
}

type partKey struct {
	month   survey.Day
	channel survey.Channel
	point   int64
}

// results is one reading under way.
type results struct {
	scope    *Scope
	filter   survey.Filter
	codes    bool // read columns too
	versions map[int64]*survey.Version
	order    []*survey.Version                       // oldest first
	parts    map[int64]map[partKey]*survey.TallyPart // by version
	out      survey.Results
}

func (r *results) read(ctx context.Context, tx *sqlx.Tx) error {
	if err := setTenant(ctx, tx, r.scope.tenant); err != nil {
		return err
	}
	if err := r.readVersions(ctx, tx); err != nil {
		return err
	}
	if err := r.readTallies(ctx, tx); err != nil {
		return err
	}
	for _, edge := range r.edges() {
		if err := r.readCodes(ctx, tx, edge[0], edge[1], r.filter.Channels); err != nil {
			return err
		}
	}
	if err := r.readRemarks(ctx, tx); err != nil {
		return err
	}
	if err := r.readPaper(ctx, tx); err != nil {
		return err
	}
	r.out.Tallies = r.tallies()
	if r.codes {
		var err error
		if r.out.Columns, err = r.readColumns(ctx, tx); err != nil && !errors.Is(err, survey.ErrTooLarge) {
			return err
		}
	}
	if err := r.readSuspects(ctx, tx); err != nil {
		return err
	}
	return tx.GetContext(ctx, &r.out.Digest, `SELECT results_digest($1)`, r.scope.tenant)
}

func (r *results) readVersions(ctx context.Context, tx *sqlx.Tx) error {
	var rows []versionRow
	err := tx.SelectContext(ctx, &rows, `
		SELECT id, number, content, layout, published_at
		FROM versions
		WHERE tenant_id = $1
		ORDER BY number`, r.scope.tenant)
	if err != nil {
		return err
	}
	r.versions = map[int64]*survey.Version{}
	for _, row := range rows {
		v, err := row.version()
		if err != nil {
			return err
		}
		r.versions[v.ID] = v
		r.order = append(r.order, v)
	}
	return nil
}

// months returns the first and last whole month of the period; first is after last where there is none.
func (r *results) months() (first, last survey.Day) {
	first = r.filter.From.Month()
	if first != r.filter.From {
		first = first.AddMonths(1)
	}
	return first, r.filter.To.Add(1).Month().AddMonths(-1)
}

// edges returns the stretches of days that are no whole months.
func (r *results) edges() [][2]survey.Day {
	first, last := r.months()
	if last.Before(first) {
		return [][2]survey.Day{{r.filter.From, r.filter.To}}
	}
	var edges [][2]survey.Day
	if r.filter.From.Before(first) {
		edges = append(edges, [2]survey.Day{r.filter.From, first.Add(-1)})
	}
	if end := last.AddMonths(1); !r.filter.To.Before(end) {
		edges = append(edges, [2]survey.Day{end, r.filter.To})
	}
	return edges
}

func (r *results) readTallies(ctx context.Context, tx *sqlx.Tx) error {
	first, last := r.months()
	rows, err := tx.QueryContext(ctx, `
		SELECT version_id, month, channel, service_point_id, n, counts
		FROM tallies
		WHERE tenant_id = $1 AND month BETWEEN $2 AND $3
		  AND (cardinality($4::text[]) = 0 OR channel = ANY ($4))
		  AND (cardinality($5::bigint[]) = 0 OR service_point_id = ANY ($5))`,
		r.scope.tenant, first, last, channelArray(r.filter.Channels), pointArray(r.filter.ServicePoints))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var version int64
		var key partKey
		var n int
		var counts pq.Int64Array
		if err := rows.Scan(&version, &key.month, &key.channel, &key.point, &n, &counts); err != nil {
			return err
		}
		part := r.part(version, key)
		part.N += n
		for i, c := range counts {
			part.Counts[i] += c
		}
	}
	return rows.Err()
}

func (r *results) readCodes(ctx context.Context, tx *sqlx.Tx, from, to survey.Day, channels []survey.Channel) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT version_id, day, channel, COALESCE(service_point_id, 0), codes
		FROM submissions
		WHERE tenant_id = $1 AND day BETWEEN $2 AND $3
		  AND (cardinality($4::text[]) = 0 OR channel = ANY ($4))
		  AND (cardinality($5::bigint[]) = 0 OR COALESCE(service_point_id, 0) = ANY ($5))`,
		r.scope.tenant, from, to, channelArray(channels), pointArray(r.filter.ServicePoints))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var version int64
		var key partKey
		var day survey.Day
		var codes codeArray
		if err := rows.Scan(&version, &day, &key.channel, &key.point, &codes); err != nil {
			return err
		}
		key.month = day.Month()
		part := r.part(version, key)
		part.N++
		r.versions[version].Layout.Count(part.Counts, codes, 1)
	}
	return rows.Err()
}

func (r *results) part(version int64, key partKey) *survey.TallyPart {
	part := r.parts[version][key]
	if part == nil {
		if r.parts[version] == nil {
			r.parts[version] = map[partKey]*survey.TallyPart{}
		}
		part = &survey.TallyPart{Month: key.month, Channel: key.channel, ServicePoint: key.point,
			Counts: make([]int64, r.versions[version].Layout.Counters)}
		r.parts[version][key] = part
	}
	return part
}

// readRemarks reads in the order of the random ids, which is no order. Figures and reports leave the office, so that
// they have only what a person let pass.
func (r *results) readRemarks(ctx context.Context, tx *sqlx.Tx) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT s.version_id, s.channel, s.day, r.question, r.text, r.state
		FROM remarks r
		JOIN submissions s ON s.tenant_id = r.tenant_id AND s.id = r.submission_id
		WHERE r.tenant_id = $1 AND s.day BETWEEN $2 AND $3
		  AND (cardinality($4::text[]) = 0 OR s.channel = ANY ($4))
		  AND (cardinality($5::bigint[]) = 0 OR COALESCE(s.service_point_id, 0) = ANY ($5))
		ORDER BY r.submission_id, r.question`,
		r.scope.tenant, r.filter.From, r.filter.To, channelArray(r.filter.Channels), pointArray(r.filter.ServicePoints))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var remark survey.ResultRemark
		var day survey.Day
		if err := rows.Scan(&remark.VersionID, &remark.Channel, &day, &remark.Question, &remark.Text, &remark.State); err != nil {
			return err
		}
		remark.Month = day.Month()
		switch {
		case remark.State == survey.RemarkApproved:
			r.out.Remarks = append(r.out.Remarks, remark)
		case remark.State.Waiting():
			r.out.Pending++
		}
	}
	return rows.Err()
}

func (r *results) readPaper(ctx context.Context, tx *sqlx.Tx) error {
	var issued, returned sql.NullInt64
	err := tx.QueryRowContext(ctx, `
		SELECT sum(issued), sum(returned)
		FROM batches
		WHERE tenant_id = $1 AND day BETWEEN $2 AND $3 AND issued IS NOT NULL AND returned IS NOT NULL
		  AND (cardinality($4::bigint[]) = 0 OR COALESCE(service_point_id, 0) = ANY ($4))`,
		r.scope.tenant, r.filter.From, r.filter.To, pointArray(r.filter.ServicePoints)).Scan(&issued, &returned)
	r.out.Issued, r.out.Returned = int(issued.Int64), int(returned.Int64)
	return err
}

// tallies returns what was counted, by version: those that have answers, and the published one, which is the last.
func (r *results) tallies() []survey.Tally {
	var all []survey.Tally
	for i, v := range r.order {
		tally := survey.Tally{Version: v}
		for _, part := range r.parts[v.ID] {
			tally.Parts = append(tally.Parts, *part)
		}
		sortParts(tally.Parts)
		if len(tally.Parts) > 0 || i == len(r.order)-1 {
			all = append(all, tally)
		}
	}
	return all
}

// sortParts gives the parts one order, whatever the map's.
func sortParts(parts []survey.TallyPart) {
	slices.SortFunc(parts, func(a, b survey.TallyPart) int {
		return cmp.Or(a.Month.Sub(b.Month), cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.ServicePoint, b.ServicePoint))
	})
}

// codeArray scans a smallint[].
type codeArray []int16

// Scan reads the text form {1,2,3}.
func (a *codeArray) Scan(src any) error {
	var wide pq.Int32Array
	if err := wide.Scan(src); err != nil {
		return err
	}
	*a = make([]int16, len(wide))
	for i, c := range wide {
		(*a)[i] = int16(c) // the column is a smallint[]
	}
	return nil
}

func channelArray(channels []survey.Channel) pq.StringArray {
	texts := make(pq.StringArray, len(channels))
	for i, c := range channels {
		texts[i] = string(c)
	}
	return texts
}

// arrayLiteral writes codes or counts as Postgres reads an array: {1,2,3}.
func arrayLiteral[T int16 | int64](values []T) string {
	b := make([]byte, 1, 2+4*len(values))
	b[0] = '{'
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(v), 10)
	}
	return string(append(b, '}'))
}

// pointArray is never nil: a nil array would be NULL, which has no cardinality.
func pointArray(points []int64) pq.Int64Array {
	return append(pq.Int64Array{}, points...)
}

package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/survey"
)

// Kinds of a Difference.
const (
	DifferentTally  = "tally"  // a counter is not what the answers give
	DifferentCodes  = "codes"  // answers that don't fit their version's layout, which nobody can count
	DifferentRemark = "remark" // remarks of no submission, or to no text question of its version
	DifferentWords  = "words"  // remarks that hold what should have been replaced before they were stored
	DifferentKey    = "key"    // keys that no program of ours wrote
)

// Difference is something in a tenant's records that the answers don't bear out.
type Difference struct {
	What         string         `json:"what"`
	Version      int64          `json:"version,omitempty"`
	Month        survey.Day     `json:"month,omitzero"`
	Channel      survey.Channel `json:"channel,omitempty"`
	ServicePoint int64          `json:"service_point,omitempty"` // 0: none
	Slot         string         `json:"slot"`                    // tally: "n" or a field and its code; remark: the question; key: the column
	Tally        int64          `json:"tally"`                   // what the tally says; 0 where there is none
	Recount      int64          `json:"recount"`                 // what the answers give
	Rows         int64          `json:"rows,omitempty"`          // how many rows are wrong, where they are not counters
}

// TenantName tells a tenant, be it active or not.
type TenantName struct {
	ID   int64
	Slug string
}

// TenantNames returns all tenants that have ever been added.
func (s *Store) TenantNames(ctx context.Context) ([]TenantName, error) {
	var names []TenantName
	err := inTx(ctx, s.operator, s.wait, func(tx *sqlx.Tx) error {
		return tx.SelectContext(ctx, &names, `
			SELECT id, slug
			FROM tenants
			ORDER BY id`)
	})
	if err != nil {
		return nil, fmt.Errorf("tenants: %w", err)
	}
	return names, nil
}

// Verify counts all answers of the tenant again, compares the tallies with that, and looks at remarks and keys. It
// tells each difference, and returns how many submissions there are. It reads one snapshot row by row, so that it
// can run beside the service and needs no more memory for a million submissions. Keys of days after the last one
// would be kept for too long; clean says whether the words of a remark may be kept as they are.
func (s *Scope) Verify(ctx context.Context, last survey.Day, clean func(words string) bool, tell func(Difference)) (submissions int, err error) {
	r := &recount{scope: s, tell: tell, clean: clean, versions: map[int64]*survey.Version{}, parts: map[recountKey]*survey.TallyPart{}, unfit: map[recountKey]int64{}}
	snapshot := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	err = inTxWith(ctx, s.store.reports, s.store.wait, snapshot, func(tx *sqlx.Tx) error { return r.read(ctx, tx) })
	if err == nil {
		err = s.verifyKeys(ctx, last, tell)
	}
	if err != nil {
		return 0, fmt.Errorf("verify: %w", err)
	}
	return r.submissions, nil
}

type recountKey struct {
	version int64
	partKey
}

// recount is one Verify under way.
type recount struct {
	scope       *Scope
	tell        func(Difference)
	clean       func(words string) bool
	versions    map[int64]*survey.Version
	parts       map[recountKey]*survey.TallyPart // what the answers give
	unfit       map[recountKey]int64             // answers that can't be counted
	submissions int
}

func (r *recount) read(ctx context.Context, tx *sqlx.Tx) error {
	if err := setTenant(ctx, tx, r.scope.tenant); err != nil {
		return err
	}
	// A million rows take as long as whoever reads them.
	if _, err := tx.ExecContext(ctx, `SELECT set_config('statement_timeout', '0', true)`); err != nil {
		return err
	}
	for _, read := range []func(context.Context, *sqlx.Tx) error{r.readVersions, r.readAnswers, r.readTallies, r.readRemarks} {
		if err := read(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

func (r *recount) readVersions(ctx context.Context, tx *sqlx.Tx) error {
	var rows []versionRow
	err := tx.SelectContext(ctx, &rows, `
		SELECT id, number, content, layout, published_at
		FROM versions
		WHERE tenant_id = $1`, r.scope.tenant)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if r.versions[row.ID], err = row.version(); err != nil {
			return err
		}
	}
	return nil
}

func (r *recount) readAnswers(ctx context.Context, tx *sqlx.Tx) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT version_id, day, channel, COALESCE(service_point_id, 0), codes
		FROM submissions
		WHERE tenant_id = $1`, r.scope.tenant)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var key recountKey
		var day survey.Day
		var codes codeArray
		if err := rows.Scan(&key.version, &day, &key.channel, &key.point, &codes); err != nil {
			return err
		}
		key.month = day.Month()
		r.submissions++
		r.count(key, codes)
	}
	return rows.Err()
}

func (r *recount) count(key recountKey, codes []int16) {
	layout := &r.versions[key.version].Layout // the foreign key keeps answers of no version out
	if !layout.Fits(codes) {
		r.unfit[key]++
		return
	}
	part := r.parts[key]
	if part == nil {
		part = &survey.TallyPart{Counts: make([]int64, layout.Counters)}
		r.parts[key] = part
	}
	part.N++
	layout.Count(part.Counts, codes, 1)
}

// readTallies compares each tally with the recount, and then tells what has no tally.
func (r *recount) readTallies(ctx context.Context, tx *sqlx.Tx) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT version_id, month, channel, service_point_id, n, counts
		FROM tallies
		WHERE tenant_id = $1
		ORDER BY version_id, month, channel, service_point_id`, r.scope.tenant)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var key recountKey
		var n int64
		var counts pq.Int64Array
		if err := rows.Scan(&key.version, &key.month, &key.channel, &key.point, &n, &counts); err != nil {
			return err
		}
		r.compare(key, n, counts)
		delete(r.parts, key)
	}
	for _, key := range slices.SortedFunc(maps.Keys(r.parts), recountKey.compare) {
		r.compare(key, 0, nil)
	}
	for _, key := range slices.SortedFunc(maps.Keys(r.unfit), recountKey.compare) {
		d := key.difference(DifferentCodes, "codes")
		d.Rows = r.unfit[key]
		r.tell(d)
	}
	return rows.Err()
}

func (k recountKey) compare(other recountKey) int {
	return cmp.Or(cmp.Compare(k.version, other.version), k.month.Sub(other.month), cmp.Compare(k.channel, other.channel), cmp.Compare(k.point, other.point))
}

func (k recountKey) difference(what, slot string) Difference {
	return Difference{What: what, Version: k.version, Month: k.month, Channel: k.channel, ServicePoint: k.point, Slot: slot}
}

// compare tells each counter of a tally that is not as the answers give it.
func (r *recount) compare(key recountKey, n int64, counts []int64) {
	part := r.parts[key]
	if part == nil {
		part = &survey.TallyPart{}
	}
	different := func(slot string, tally, recounted int64) {
		if tally != recounted {
			d := key.difference(DifferentTally, slot)
			d.Tally, d.Recount = tally, recounted
			r.tell(d)
		}
	}
	different("n", n, int64(part.N))
	for i := range max(len(counts), len(part.Counts)) {
		different(counterName(&r.versions[key.version].Layout, i), at(counts, i), at(part.Counts, i))
	}
}

func at(counts []int64, i int) int64 {
	if i >= len(counts) {
		return 0
	}
	return counts[i]
}

// counterName tells what a counter counts: "overall=2", "quality.polite=na", "improve.hours=1".
func counterName(l *survey.Layout, counter int) string {
	for _, s := range l.Slots {
		code := counter - s.Offset
		if code < 0 || code >= s.Counters() {
			continue
		}
		name := s.Field()
		if s.Option != "" {
			name += "." + s.Option
		}
		states := [survey.CodeFirst]string{"blank", "na", "dk", "unreadable", "hidden"}
		if code < len(states) {
			return name + "=" + states[code]
		}
		return fmt.Sprintf("%s=%d", name, code-len(states)+1)
	}
	return fmt.Sprintf("counter %d", counter)
}

// readRemarks tells remarks that belong nowhere, or hold what may not be kept; never what is in them.
func (r *recount) readRemarks(ctx context.Context, tx *sqlx.Tx) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT COALESCE(s.version_id, 0), r.question, r.text
		FROM remarks r
		LEFT JOIN submissions s ON s.tenant_id = r.tenant_id AND s.id = r.submission_id
		WHERE r.tenant_id = $1`, r.scope.tenant)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	wrong := map[Difference]int64{}
	for rows.Next() {
		var d Difference
		var words string
		if err := rows.Scan(&d.Version, &d.Slot, &words); err != nil {
			return err
		}
		if v := r.versions[d.Version]; v == nil || !takesText(&v.Questionnaire, d.Slot) {
			d.What = DifferentRemark
			wrong[d]++
			d.What = ""
		}
		if !r.clean(words) {
			d.What = DifferentWords
			wrong[d]++
		}
	}
	inOrder := func(a, b Difference) int {
		return cmp.Or(cmp.Compare(a.Version, b.Version), cmp.Compare(a.Slot, b.Slot), cmp.Compare(a.What, b.What))
	}
	for _, d := range slices.SortedFunc(maps.Keys(wrong), inOrder) {
		n := wrong[d]
		d.Rows = n
		r.tell(d)
	}
	return rows.Err()
}

// takesText reports whether a field of the questionnaire takes words.
func takesText(q *survey.Questionnaire, field string) bool {
	for _, question := range q.Questions() {
		if question.Kind == survey.KindText && question.Key == field {
			return true
		}
		for _, o := range question.Options {
			if o.Text && question.Key+"."+o.Key == field {
				return true
			}
		}
	}
	return false
}

// verifyKeys looks at the keys through the one role that may read them. They can't be compared with the answers:
// nothing links the two.
func (s *Scope) verifyKeys(ctx context.Context, last survey.Day, tell func(Difference)) error {
	var hashes, days int64
	err := inTx(ctx, s.store.intake, s.store.wait, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `SELECT set_config('ocena.intake', $1, true)`, arrayLiteral([]int64{s.tenant})); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `
			SELECT count(*) FILTER (WHERE length(hash) <> 32), count(*) FILTER (WHERE day > GREATEST($2::date, CURRENT_DATE + 1))
			FROM submission_keys
			WHERE tenant_id = $1`, s.tenant, last).Scan(&hashes, &days)
	})
	if err != nil {
		return err
	}
	if hashes > 0 {
		tell(Difference{What: DifferentKey, Slot: "hash", Rows: hashes})
	}
	if days > 0 {
		tell(Difference{What: DifferentKey, Slot: "day", Rows: days})
	}
	return nil
}

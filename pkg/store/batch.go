package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ocenaurzedu.eu/pkg/survey"
)

// Batch is a stack of paper that is typed together.
type Batch struct {
	ID           int64
	VersionID    int64      `db:"version_id"`
	Version      int        // its number
	ServicePoint int64      `db:"service_point_id"` // 0: none
	Day          survey.Day // on which the forms were filled in
	Issued       *int       // forms handed out; nil: not recorded
	Returned     *int       // forms that came back; nil: not recorded
	Sheets       int        // typed so far
	OpenedBy     string     `db:"opened_by"`
	OpenedAt     time.Time  `db:"opened_at"`
	ClosedBy     string     `db:"closed_by"` // "": still open
	Rekeying
}

// Rekeying is how far the second keying of a batch's sample is.
type Rekeying struct {
	RekeyPercent int `db:"rekey_percent"` // of the typed sheets; 0: no second keying is wanted
	Drawn        int // sheets in the sample
	Rekeyed      int // of these, keyed again
	Compared     int // fields that either of the two people filled in
	Differing    int // of these, not keyed alike
	Unsettled    int // sheets with differences that nobody has settled
}

// Share is the share of fields that were not keyed alike; 0 where none was keyed twice.
func (r Rekeying) Share() float64 { return float64(r.Differing) / float64(max(1, r.Compared)) }

// Open reports whether sheets can be added and corrected.
func (b *Batch) Open() bool { return b.ClosedBy == "" }

// OpenBatch starts a batch and sets its ID.
func (s *Scope) OpenBatch(ctx context.Context, b *Batch) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &b.ID, `
			INSERT INTO batches (tenant_id, version_id, service_point_id, day, issued, returned, opened_by, opened_at, rekey_percent)
			VALUES ($1, $2, NULLIF($3, 0), $4, $5, $6, $7, $8, NULLIF($9, 0))
			RETURNING id`, s.tenant, b.VersionID, b.ServicePoint, b.Day, b.Issued, b.Returned, b.OpenedBy, b.OpenedAt, b.RekeyPercent)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: b.OpenedAt, Actor: b.OpenedBy, Action: "batch.open", Subject: fmt.Sprint(b.ID)})
	})
	if err != nil {
		return fmt.Errorf("open batch: %w", err)
	}
	return nil
}

const batchQuery = `
	SELECT b.id, b.version_id, v.number AS version, COALESCE(b.service_point_id, 0) AS service_point_id, b.day, b.issued, b.returned,
	       b.opened_by, b.opened_at, COALESCE(b.closed_by, '') AS closed_by,
	       (SELECT count(*) FROM batch_sheets bs WHERE bs.tenant_id = b.tenant_id AND bs.batch_id = b.id) AS sheets,
	       COALESCE(b.rekey_percent, 0) AS rekey_percent, r.drawn, r.rekeyed, r.compared, r.differing, r.unsettled
	FROM batches b
	JOIN versions v ON v.tenant_id = b.tenant_id AND v.id = b.version_id
	CROSS JOIN LATERAL (
		SELECT count(*) AS drawn, count(rs.keyed_by) AS rekeyed, COALESCE(sum(rs.compared), 0) AS compared, COALESCE(sum(rs.differing), 0) AS differing,
		       count(*) FILTER (WHERE rs.differing > 0 AND rs.settled_by IS NULL) AS unsettled
		FROM rekeyed_sheets rs
		WHERE rs.tenant_id = b.tenant_id AND rs.batch_id = b.id
	) r
	WHERE b.tenant_id = $1 AND b.scan_batch_id IS NULL`

// Batch returns one of the tenant's batches, or survey.ErrNotFound.
func (s *Scope) Batch(ctx context.Context, id int64) (*Batch, error) {
	var b Batch
	if err := s.get(ctx, &b, batchQuery+` AND b.id = $2`, s.tenant, id); err != nil {
		return nil, fmt.Errorf("batch %d: %w", id, err)
	}
	return &b, nil
}

// Batches returns the newest batches, at most n, the open ones first.
func (s *Scope) Batches(ctx context.Context, n int) ([]Batch, error) {
	var batches []Batch
	err := s.list(ctx, &batches, batchQuery+`
		ORDER BY b.closed_at IS NOT NULL, b.id DESC
		LIMIT $2`, s.tenant, n)
	if err != nil {
		return nil, fmt.Errorf("batches: %w", err)
	}
	return batches, nil
}

// CloseBatch ends a batch: no sheet can be added or corrected from now on. survey.ErrClosed if it was.
func (s *Scope) CloseBatch(ctx context.Context, id int64, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var closed bool
		err := tx.GetContext(ctx, &closed, `
			SELECT closed_at IS NOT NULL
			FROM batches
			WHERE tenant_id = $1 AND id = $2
			FOR UPDATE`, s.tenant, id)
		if err != nil {
			return err
		}
		if closed {
			return survey.ErrClosed
		}
		err = one(ctx, tx, `
			UPDATE batches
			SET closed_by = $3, closed_at = $4
			WHERE tenant_id = $1 AND id = $2`, s.tenant, id, by.Login, by.At)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "batch.close", Subject: fmt.Sprint(id)})
	})
	if err != nil {
		return fmt.Errorf("close batch %d: %w", id, err)
	}
	return nil
}

// Print is a run of printed sheets with the serials FirstSerial … FirstSerial+Copies−1.
type Print struct {
	VersionID   int64
	FirstSerial int64
	Copies      int
}

// RecordPrint takes the next serials for a run of sheets.
func (s *Scope) RecordPrint(ctx context.Context, version int64, copies int, by Actor) (*Print, error) {
	p := Print{VersionID: version, Copies: copies}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		// Two runs at once must not take the same serials; the lock is gone with the transaction.
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('prints', $1))`, s.tenant); err != nil {
			return err
		}
		err := tx.GetContext(ctx, &p.FirstSerial, `
			INSERT INTO prints (tenant_id, first_serial, copies, version_id, printed_at, printed_by)
			SELECT $1, COALESCE(max(first_serial + copies), 1), $2, $3, $4, $5
			FROM prints
			WHERE tenant_id = $1
			RETURNING first_serial`, s.tenant, copies, version, by.At, by.Login)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "sheet.print", Subject: fmt.Sprint(copies)})
	})
	if err != nil {
		return nil, fmt.Errorf("print: %w", err)
	}
	return &p, nil
}

// VersionOfSerial returns the version that a serial was printed from, or survey.ErrNotFound.
func (s *Scope) VersionOfSerial(ctx context.Context, serial int64) (int64, error) {
	var version int64
	err := s.get(ctx, &version, `
		SELECT version_id
		FROM prints
		WHERE tenant_id = $1 AND first_serial <= $2 AND first_serial + copies > $2`, s.tenant, serial)
	if err != nil {
		return 0, fmt.Errorf("serial %d: %w", serial, err)
	}
	return version, nil
}

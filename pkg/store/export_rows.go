package store

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"ocenaurzedu.eu/pkg/survey"
)

// SubmissionBatch is some submissions in the order of their ids. It is filled anew by each call, so that a reading of
// a million holds no more than one batch.
type SubmissionBatch struct {
	Submissions []survey.Submission // without remarks
	Last        string              // id behind which the next ones stand; "": at the beginning
	codes       []int16             // of all of them, one behind the other
}

// NextSubmissions fills the batch with the next submissions of a filter, at most n; none are left once it is empty. Ids
// are random (UUIDv4), so that their order says nothing of who came first. Each batch is a transaction of its own on the
// small pool of reports: a long export holds no connection, and what came in meanwhile may be in it.
func (s *Scope) NextSubmissions(ctx context.Context, f survey.Filter, n int, b *SubmissionBatch) error {
	b.Submissions, b.codes = b.Submissions[:0], b.codes[:0]
	if b.Last == "" {
		b.Last = "00000000-0000-0000-0000-000000000000"
	}
	err := s.txOn(ctx, s.store.reports, func(tx *sqlx.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT id, version_id, channel, COALESCE(service_point_id, 0), day, codes
			FROM submissions
			WHERE tenant_id = $1 AND id > $2 AND day BETWEEN $3 AND $4
			  AND (cardinality($5::text[]) = 0 OR channel = ANY ($5))
			  AND (cardinality($6::bigint[]) = 0 OR COALESCE(service_point_id, 0) = ANY ($6))
			ORDER BY id
			LIMIT $7`, s.tenant, b.Last, f.From, f.To, channelArray(f.Channels), pointArray(f.ServicePoints), n)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var sub survey.Submission
			codes := codesInto{&b.codes}
			from := len(b.codes)
			if err := rows.Scan(&sub.ID, &sub.VersionID, &sub.Channel, &sub.ServicePoint, &sub.Day, codes); err != nil {
				return err
			}
			sub.Codes = b.codes[from:len(b.codes):len(b.codes)] // stays valid if the rest grows elsewhere
			b.Submissions = append(b.Submissions, sub)
		}
		return rows.Err()
	})
	if err != nil {
		return fmt.Errorf("submissions: %w", err)
	}
	if last := len(b.Submissions); last > 0 {
		b.Last = b.Submissions[last-1].ID
	}
	return nil
}

// codesInto scans a smallint[] onto the end of a slice.
type codesInto struct{ to *[]int16 }

// Scan reads the text form {1,2,3}.
func (c codesInto) Scan(src any) error {
	text, ok := src.([]byte)
	if !ok || len(text) < 2 || text[0] != '{' {
		return fmt.Errorf("codes from %T", src)
	}
	value, some := int16(0), false
	for _, b := range text[1:] {
		if b >= '0' && b <= '9' {
			value, some = 10*value+int16(b-'0'), true
			continue
		}
		if some {
			*c.to = append(*c.to, value)
		}
		value, some = 0, false
	}
	return nil
}

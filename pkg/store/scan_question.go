package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/survey"
)

// Kinds of questions, by how they are answered.
const (
	AskOne    = "one"    // one of the choices, or none
	AskMany   = "many"   // some of them
	AskNumber = "number" // as it is written
	AskText   = "text"
)

// ScanQuestion is a field of a sheet as it was read, and what a person said of it.
type ScanQuestion struct {
	ID        int64
	Batch     int64 `db:"batch_id"`
	Sheet     int64 `db:"sheet_id"`
	Serial    int64 // of the sheet; 0: none
	Page      int64 `db:"page_id"`
	VersionID int64 `db:"version_id"`
	Field     string
	Kind      string
	Proposal  pq.StringArray // values; empty: nothing was answered
	Flagged   bool
	Reason    string // omr.Reason; of an audit one that it might have
	Audit     bool   // not flagged, and asked all the same
	Decided   bool
	Value     pq.StringArray // of the decision
}

const scanQuestionQuery = `
	SELECT q.id, q.batch_id, q.sheet_id, COALESCE(sh.serial, 0) AS serial, q.page_id, sh.version_id, q.field, q.kind, q.proposal, q.flagged, q.reason, q.audit,
	       d.field IS NOT NULL AS decided, COALESCE(d.value, '{}') AS value
	FROM scan_questions q
	JOIN scan_sheets sh ON sh.tenant_id = q.tenant_id AND sh.id = q.sheet_id
	LEFT JOIN scan_decisions d ON d.tenant_id = q.tenant_id AND d.sheet_id = q.sheet_id AND d.field = q.field
	WHERE q.tenant_id = $1`

// asked holds of a question q of a sheet sh with a decision d that a person still has to answer.
const asked = `(q.flagged OR q.audit) AND d.field IS NULL AND sh.state = 'open'`

// NextScanQuestions gives out the next questions of an open stack, at most n: those that this person has, and then others
// that nobody has. Until the moment given they are nobody else's. like narrows them to those that read alike and can be
// accepted together; nil: all.
func (s *Scope) NextScanQuestions(ctx context.Context, batch int64, n int, like *ScanQuestion, by Actor, until time.Time) ([]ScanQuestion, error) {
	var questions []ScanQuestion
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.lockScan(ctx, tx, batch, ScanOpen); err != nil {
			return err
		}
		var kind, reason string
		var proposal pq.StringArray
		if like != nil {
			kind, reason, proposal = like.Kind, like.Reason, append(pq.StringArray{}, like.Proposal...)
		}
		err := tx.SelectContext(ctx, &questions, scanQuestionQuery+` AND q.batch_id = $2 AND `+asked+`
			  AND (q.lease_until IS NULL OR q.lease_until < $3 OR q.lease_by = $4)
			  AND ($6 = '' OR q.kind = $6 AND q.reason = $7 AND q.proposal = $8)
			ORDER BY q.lease_by <> $4 OR q.lease_until IS NULL OR q.lease_until < $3, q.id
			LIMIT $5`, s.tenant, batch, by.At, by.Login, n, kind, reason, proposal)
		if err != nil {
			return err
		}
		ids := make(pq.Int64Array, len(questions))
		for i, q := range questions {
			ids[i] = q.ID
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE scan_questions
			SET lease_by = $3, lease_until = $4
			WHERE tenant_id = $1 AND id = ANY ($2)`, s.tenant, ids, by.Login, until)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("questions of scanned batch %d: %w", batch, err)
	}
	return questions, nil
}

// ScanQuestion returns one question of a stack, or survey.ErrNotFound.
func (s *Scope) ScanQuestion(ctx context.Context, batch, id int64) (*ScanQuestion, error) {
	var q ScanQuestion
	if err := s.get(ctx, &q, scanQuestionQuery+` AND q.batch_id = $2 AND q.id = $3`, s.tenant, batch, id); err != nil {
		return nil, fmt.Errorf("question %d: %w", id, err)
	}
	return &q, nil
}

// ScanDecision is what a person says of a question.
type ScanDecision struct {
	Question int64
	Value    []string // empty: nothing was answered
}

// DecideScan keeps decisions of a person, all or none. survey.ErrClosed: the stack takes none; survey.ErrConflict: somebody
// else decided one of them meanwhile, or has it before them now.
func (s *Scope) DecideScan(ctx context.Context, batch int64, decisions []ScanDecision, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.touchScan(ctx, tx, batch, by.At); err != nil {
			return err
		}
		for _, d := range decisions {
			var q struct {
				Sheet int64 `db:"sheet_id"`
				Field string
				Free  bool
			}
			err := tx.GetContext(ctx, &q, `
				SELECT q.sheet_id, q.field,
				       sh.state = 'open' AND COALESCE(d.decided_by = $4, q.lease_by = $4 OR q.lease_until IS NULL OR q.lease_until < $5) AS free
				FROM scan_questions q
				JOIN scan_sheets sh ON sh.tenant_id = q.tenant_id AND sh.id = q.sheet_id
				LEFT JOIN scan_decisions d ON d.tenant_id = q.tenant_id AND d.sheet_id = q.sheet_id AND d.field = q.field
				WHERE q.tenant_id = $1 AND q.batch_id = $2 AND q.id = $3
				FOR UPDATE OF q`, s.tenant, batch, d.Question, by.Login, by.At)
			if err != nil {
				return err
			}
			if !q.Free {
				return survey.ErrConflict
			}
			if err := s.decide(ctx, tx, q.Sheet, q.Field, d.Value, by); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("decide in scanned batch %d: %w", batch, err)
	}
	return nil
}

// UndoScan takes back the last decision of a person in an open stack and gives the question to them again.
// survey.ErrNotFound: there is none.
func (s *Scope) UndoScan(ctx context.Context, batch int64, by Actor, until time.Time) (*ScanQuestion, error) {
	var q ScanQuestion
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.touchScan(ctx, tx, batch, by.At); err != nil {
			return err
		}
		err := tx.GetContext(ctx, &q, scanQuestionQuery+` AND q.batch_id = $2 AND d.decided_by = $3 AND sh.state = 'open' AND (q.flagged OR q.audit)
			ORDER BY d.decided_at DESC, q.id DESC
			LIMIT 1`, s.tenant, batch, by.Login)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			DELETE FROM scan_decisions
			WHERE tenant_id = $1 AND sheet_id = $2 AND field = $3`, s.tenant, q.Sheet, q.Field)
		if err != nil {
			return err
		}
		return one(ctx, tx, `
			UPDATE scan_questions
			SET lease_by = $3, lease_until = $4
			WHERE tenant_id = $1 AND id = $2`, s.tenant, q.ID, by.Login, until)
	})
	if err != nil {
		return nil, fmt.Errorf("undo in scanned batch %d: %w", batch, err)
	}
	q.Decided, q.Value = false, nil
	return &q, nil
}

// ScanReasons are the reasons of omr that a question of the blind audit is shown with, so that it looks like any other.
type ScanReasons struct{ Marked, Blank string }

// AuditScan chooses questions for the blind audit until a stack has at least n, at random among those that are not
// flagged and have boxes.
func (s *Scope) AuditScan(ctx context.Context, batch int64, n int, r ScanReasons) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.lockScan(ctx, tx, batch, ScanOpen); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			UPDATE scan_questions
			SET audit = true, reason = CASE WHEN cardinality(proposal) = 0 THEN $5 ELSE $4 END
			WHERE tenant_id = $1 AND id IN (
				SELECT q.id
				FROM scan_questions q
				JOIN scan_sheets sh ON sh.tenant_id = q.tenant_id AND sh.id = q.sheet_id AND sh.state = 'open'
				WHERE q.tenant_id = $1 AND q.batch_id = $2 AND NOT q.flagged AND NOT q.audit AND q.kind IN ('one', 'many')
				ORDER BY random()
				LIMIT GREATEST($3 - (SELECT count(*) FROM scan_questions WHERE tenant_id = $1 AND batch_id = $2 AND audit), 0))`,
			s.tenant, batch, n, r.Marked, r.Blank)
		return err
	})
	if err != nil {
		return fmt.Errorf("audit of scanned batch %d: %w", batch, err)
	}
	return nil
}

package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/survey"
)

// Remark is a remark as the office's staff reviews it. Its ID does not tell which submission it is of.
type Remark struct {
	ID string
	survey.Remark
	VersionID    int64 `db:"version_id"`
	Day          survey.Day
	Channel      survey.Channel
	ServicePoint int64 `db:"service_point_id"` // 0: none
	Redacted     bool
	ReviewedBy   string     `db:"reviewed_by"` // "": nobody yet
	ReviewedOn   survey.Day `db:"reviewed_on"`
}

const remarkColumns = ` r.id, r.question, r.text, r.state, s.version_id, s.day, s.channel, COALESCE(s.service_point_id, 0) AS service_point_id,
	       r.redacted, r.reviewed_by, r.reviewed_on`

// RemarkFilter chooses remarks to review.
type RemarkFilter struct {
	States []survey.RemarkState
	Month  survey.Day // its first day; none: all months
	Skip   int        // how many come before the page
	Most   int        // how many the page has at most
}

// RemarkList is a page of remarks, and how many there are.
type RemarkList struct {
	Remarks []Remark                   // unsure ones first, then the oldest day; in the order of random ids within it
	Counts  map[survey.RemarkState]int // of all states in the filter's month
	Months  []survey.Day               // in which there are any, newest first
}

// Remarks returns a page of the tenant's remarks.
func (s *Scope) Remarks(ctx context.Context, f RemarkFilter) (*RemarkList, error) {
	list := RemarkList{Counts: map[survey.RemarkState]int{}}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		from, to := "-infinity", "infinity"
		if !f.Month.IsZero() {
			from, to = f.Month.String(), f.Month.AddMonths(1).Add(-1).String()
		}
		if err := s.countRemarks(ctx, tx, &list, from, to); err != nil {
			return err
		}
		return tx.SelectContext(ctx, &list.Remarks, `
			SELECT`+remarkColumns+`
			FROM remarks r
			JOIN submissions s ON s.tenant_id = r.tenant_id AND s.id = r.submission_id
			WHERE r.tenant_id = $1 AND r.state = ANY ($2) AND s.day BETWEEN $3 AND $4
			ORDER BY r.state <> 'unsure', s.day, r.id
			LIMIT $5 OFFSET $6`, s.tenant, stateArray(f.States), from, to, f.Most, f.Skip)
	})
	if err != nil {
		return nil, fmt.Errorf("remarks: %w", err)
	}
	return &list, nil
}

func (s *Scope) countRemarks(ctx context.Context, tx *sqlx.Tx, list *RemarkList, from, to string) error {
	var counts []struct {
		State survey.RemarkState
		N     int
	}
	err := tx.SelectContext(ctx, &counts, `
		SELECT r.state, count(*) AS n
		FROM remarks r
		JOIN submissions s ON s.tenant_id = r.tenant_id AND s.id = r.submission_id
		WHERE r.tenant_id = $1 AND s.day BETWEEN $2 AND $3
		GROUP BY r.state`, s.tenant, from, to)
	if err != nil {
		return err
	}
	for _, c := range counts {
		list.Counts[c.State] = c.N
	}
	return tx.SelectContext(ctx, &list.Months, `
		SELECT DISTINCT date_trunc('month', s.day)::date
		FROM remarks r
		JOIN submissions s ON s.tenant_id = r.tenant_id AND s.id = r.submission_id
		WHERE r.tenant_id = $1
		ORDER BY 1 DESC`, s.tenant)
}

// Remark returns one of the tenant's remarks, or survey.ErrNotFound. The id must be a UUID.
func (s *Scope) Remark(ctx context.Context, id string) (*Remark, error) {
	var r Remark
	err := s.get(ctx, &r, `
		SELECT`+remarkColumns+`
		FROM remarks r
		JOIN submissions s ON s.tenant_id = r.tenant_id AND s.id = r.submission_id
		WHERE r.tenant_id = $1 AND r.id = $2`, s.tenant, id)
	if err != nil {
		return nil, fmt.Errorf("remark %s: %w", id, err)
	}
	return &r, nil
}

// ShortRemarks returns new remarks that are as short as those that are reviewed together, at most n.
func (s *Scope) ShortRemarks(ctx context.Context, n int) ([]Remark, error) {
	var short []Remark
	err := s.list(ctx, &short, `
		SELECT id, text, state
		FROM remarks
		WHERE tenant_id = $1 AND state = 'new' AND length(text) <= $2
		ORDER BY id
		LIMIT $3`, s.tenant, survey.AlikeLength, n)
	if err != nil {
		return nil, fmt.Errorf("short remarks: %w", err)
	}
	return short, nil
}

// reviewActions names what a remark's new state means in the log.
var reviewActions = map[survey.RemarkState]string{
	survey.RemarkApproved: "remark.approve", survey.RemarkWithheld: "remark.withhold", survey.RemarkNew: "remark.reopen", survey.RemarkUnsure: "remark.reopen",
}

// ReviewRemark changes a remark's state. survey.ErrConflict: it is not in the state any more that the reviewer saw.
func (s *Scope) ReviewRemark(ctx context.Context, id string, from, to survey.RemarkState, by Actor) error {
	reviewer, day := by.Login, survey.DayOf(by.At)
	if to.Waiting() {
		reviewer, day = "", survey.Day{}
	}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		err := one(ctx, tx, `
			UPDATE remarks
			SET state = $4, reviewed_by = $5, reviewed_on = $6
			WHERE tenant_id = $1 AND id = $2 AND state = $3`, s.tenant, id, from, to, reviewer, day)
		if err != nil {
			return s.changedRemark(ctx, tx, id, err)
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: reviewActions[to], Subject: id})
	})
	if err != nil {
		return fmt.Errorf("review remark %s: %w", id, err)
	}
	return nil
}

// changedRemark turns "no such row" into survey.ErrConflict if the remark is there, but not as it was.
func (s *Scope) changedRemark(ctx context.Context, tx *sqlx.Tx, id string, err error) error {
	if !errors.Is(err, survey.ErrNotFound) {
		return err
	}
	var there bool
	if err := tx.GetContext(ctx, &there, `SELECT true FROM remarks WHERE tenant_id = $1 AND id = $2`, s.tenant, id); err != nil {
		return err
	}
	return survey.ErrConflict
}

// ApproveRemarks lets new remarks pass together and returns how many; those that somebody reviewed meanwhile, or that
// are not the tenant's, stay as they are.
func (s *Scope) ApproveRemarks(ctx context.Context, ids []string, by Actor) (int, error) {
	var approved []string
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		err := tx.SelectContext(ctx, &approved, `
			UPDATE remarks
			SET state = 'approved', reviewed_by = $3, reviewed_on = $4
			WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) AND state = 'new'
			RETURNING id`, s.tenant, pq.StringArray(ids), by.Login, survey.DayOf(by.At))
		if err != nil || len(approved) == 0 {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "remark.approve_alike", Subject: fmt.Sprint(len(approved)), After: approved})
	})
	if err != nil {
		return 0, fmt.Errorf("approve remarks: %w", err)
	}
	return len(approved), nil
}

// Redaction replaces words of a remark, one way: the text before is gone.
type Redaction struct {
	Remark *Remark            // as the reviewer saw it
	Text   string             // with tokens in place of the words
	State  survey.RemarkState // of what is left
	Kind   string             // what the words were, for the log
	Hidden int                // how many characters they had
}

// RedactRemark stores a redaction and logs it without the text. survey.ErrConflict: the text or the state is not any
// more what the reviewer saw.
func (s *Scope) RedactRemark(ctx context.Context, r Redaction, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		err := one(ctx, tx, `
			UPDATE remarks
			SET text = $5, state = $6, reviewed_by = $7, reviewed_on = $8
			WHERE tenant_id = $1 AND id = $2 AND text = $3 AND state = $4`,
			s.tenant, r.Remark.ID, r.Remark.Text, r.Remark.State, r.Text, r.State, by.Login, survey.DayOf(by.At))
		if err != nil {
			return s.changedRemark(ctx, tx, r.Remark.ID, err)
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "remark.redact",
			Subject: fmt.Sprintf("%s %s %d", r.Remark.ID, r.Kind, r.Hidden)})
	})
	if err != nil {
		return fmt.Errorf("redact remark %s: %w", r.Remark.ID, err)
	}
	return nil
}

func stateArray(states []survey.RemarkState) pq.StringArray {
	texts := pq.StringArray{}
	for _, state := range states {
		texts = append(texts, string(state))
	}
	return texts
}

package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ocenaurzedu.eu/pkg/survey"
)

const actionColumns = `
	a.id, a.number, COALESCE(a.report, 0), a.finding, a.cause, a.action, a.owner, a.department, a.due, a.status, a.done_on, a.check_how,
	a.measure_question, a.measure_row, a.measure_area, a.published, a.public_text, a.revision, COALESCE(s.signed_by, ''), s.signed_at`

// signedNow joins the sign-off that is good for an action as it is now: the newest, unless more than the publication was
// changed behind it.
const signedNow = `
	LEFT JOIN LATERAL (
	    SELECT o.signed_by, o.signed_at
	    FROM action_signoffs o
	    WHERE o.tenant_id = a.tenant_id AND o.action_id = a.id AND o.revision >= a.changed_in
	    ORDER BY o.revision DESC
	    LIMIT 1
	) s ON true`

// scanner is a row, or the row that rows are at.
type scanner interface{ Scan(into ...any) error }

func scanAction(row scanner) (survey.CorrectiveAction, error) {
	var a survey.CorrectiveAction
	var signedAt *time.Time
	err := row.Scan(&a.ID, &a.Number, &a.Report, &a.Finding, &a.Cause, &a.Action, &a.Owner, &a.Department, &a.Due, &a.Status, &a.DoneOn, &a.Check,
		&a.Measure.Question, &a.Measure.Row, &a.Measure.Area, &a.Published, &a.PublicText, &a.Revision, &a.SignedBy, &signedAt)
	if signedAt != nil {
		a.SignedAt = *signedAt
	}
	return a, err
}

// Actions returns the register of corrective actions in the order of their numbers.
func (s *Scope) Actions(ctx context.Context) ([]survey.CorrectiveAction, error) {
	var actions []survey.CorrectiveAction
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT`+actionColumns+`
			FROM actions a`+signedNow+`
			WHERE a.tenant_id = $1
			ORDER BY a.number`, s.tenant)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			a, err := scanAction(rows)
			if err != nil {
				return err
			}
			actions = append(actions, a)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("actions: %w", err)
	}
	return actions, nil
}

// Action returns one action of the register, or survey.ErrNotFound.
func (s *Scope) Action(ctx context.Context, id int64) (*survey.CorrectiveAction, error) {
	var a survey.CorrectiveAction
	err := s.tx(ctx, func(tx *sqlx.Tx) (err error) {
		a, err = s.action(ctx, tx, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("action %d: %w", id, err)
	}
	return &a, nil
}

func (s *Scope) action(ctx context.Context, tx *sqlx.Tx, id int64) (survey.CorrectiveAction, error) {
	return scanAction(tx.QueryRowContext(ctx, `
		SELECT`+actionColumns+`
		FROM actions a`+signedNow+`
		WHERE a.tenant_id = $1 AND a.id = $2`, s.tenant, id))
}

// AddAction puts an action into the register under the next number, not published, and returns its id. A form's key adds
// one action, however often it comes. survey.ErrNotFound: there is no report of that number.
func (s *Scope) AddAction(ctx context.Context, a survey.CorrectiveAction, key string, by Actor) (int64, error) {
	var id int64
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		// One at a time, so that numbers have no gaps and a form sent twice finds what it added.
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('actions', $1))`, s.tenant); err != nil {
			return err
		}
		err := tx.GetContext(ctx, &id, `
			SELECT id
			FROM actions
			WHERE tenant_id = $1 AND form_key = $2`, s.tenant, key)
		if err = classify(err); !errors.Is(err, survey.ErrNotFound) {
			return err
		}
		err = tx.QueryRowContext(ctx, `
			INSERT INTO actions (tenant_id, number, form_key, report, finding, cause, action, owner, department, due, status, done_on, check_how,
			                     measure_question, measure_row, measure_area, public_text, updated_at, updated_by)
			SELECT $1, COALESCE(max(number), 0) + 1, $2, NULLIF($3, 0), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18
			FROM actions
			WHERE tenant_id = $1
			RETURNING id, number`, s.tenant, key, a.Report, a.Finding, a.Cause, a.Action, a.Owner, a.Department, a.Due, a.Status, a.DoneOn, a.Check,
			a.Measure.Question, a.Measure.Row, a.Measure.Area, a.PublicText, by.At, by.Login).Scan(&id, &a.Number)
		if err != nil {
			return err
		}
		added, err := s.action(ctx, tx, id)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "action.add", Subject: fmt.Sprint(a.Number), After: added})
	})
	if err != nil {
		return 0, fmt.Errorf("add action: %w", err)
	}
	return id, nil
}

// SaveAction changes an action: all but its number and sign-offs. A sign-off is no longer good if more changes than the
// publication. survey.ErrConflict: the action is no longer of a.Revision.
func (s *Scope) SaveAction(ctx context.Context, a survey.CorrectiveAction, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		before, err := s.action(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if a.Revision != before.Revision {
			return survey.ErrConflict
		}
		a.Number = before.Number
		err = one(ctx, tx, `
			UPDATE actions
			SET report = NULLIF($3, 0), finding = $4, cause = $5, action = $6, owner = $7, department = $8, due = $9, status = $10, done_on = $11,
			    check_how = $12, measure_question = $13, measure_row = $14, measure_area = $15, published = $16, public_text = $17,
			    revision = revision + 1, changed_in = CASE WHEN $18 THEN changed_in ELSE revision + 1 END, updated_at = $19, updated_by = $20
			WHERE tenant_id = $1 AND id = $2 AND revision = $21`, s.tenant, a.ID, a.Report, a.Finding, a.Cause, a.Action, a.Owner, a.Department, a.Due, a.Status,
			a.DoneOn, a.Check, a.Measure.Question, a.Measure.Row, a.Measure.Area, a.Published, a.PublicText, a.SameSubstance(&before), by.At, by.Login, a.Revision)
		if err != nil {
			return changedMeanwhile(classify(err))
		}
		after, err := s.action(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		event := Event{At: by.At, Actor: by.Login, Action: "action.save", Subject: fmt.Sprint(a.Number), Before: before, After: after}
		switch {
		case after.Published && !before.Published:
			event.Action = "action.publish"
		case before.Published && !after.Published:
			event.Action = "action.withdraw"
		}
		return s.audit(ctx, tx, event)
	})
	if err != nil {
		return fmt.Errorf("save action %d: %w", a.ID, err)
	}
	return nil
}

// SignOff is a supervisor's approval of an action as it was in a revision.
type SignOff struct {
	Revision int
	Note     string
	SignedBy string    `db:"signed_by"`
	SignedAt time.Time `db:"signed_at"`
}

// SignAction adds a sign-off of an action that is not open any more, as the supervisor saw it. survey.ErrConflict: it has been
// changed or signed meanwhile, or is open.
func (s *Scope) SignAction(ctx context.Context, id int64, seen SignOff) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `
			SELECT id
			FROM actions
			WHERE tenant_id = $1 AND id = $2
			FOR UPDATE`, s.tenant, id); err != nil {
			return err
		}
		a, err := s.action(ctx, tx, id)
		if err != nil {
			return err
		}
		if a.Revision != seen.Revision || a.SignedBy != "" || a.Status.Open() {
			return survey.ErrConflict
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO action_signoffs (tenant_id, action_id, revision, note, signed_by, signed_at)
			VALUES ($1, $2, $3, $4, $5, $6)`, s.tenant, id, seen.Revision, seen.Note, seen.SignedBy, seen.SignedAt)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: seen.SignedAt, Actor: seen.SignedBy, Action: "action.sign", Subject: fmt.Sprint(a.Number), After: seen})
	})
	if err != nil {
		return fmt.Errorf("sign action %d: %w", id, err)
	}
	return nil
}

// SignOffs returns an action's sign-offs, the newest first; those of states that were changed since too.
func (s *Scope) SignOffs(ctx context.Context, id int64) ([]SignOff, error) {
	var all []SignOff
	err := s.list(ctx, &all, `
		SELECT revision, note, signed_by, signed_at
		FROM action_signoffs
		WHERE tenant_id = $1 AND action_id = $2
		ORDER BY revision DESC`, s.tenant, id)
	if err != nil {
		return nil, fmt.Errorf("sign-offs of action %d: %w", id, err)
	}
	return all, nil
}

// ActionChange is a line of an action's history.
type ActionChange struct {
	At            time.Time
	Actor         string
	Action        string                   // of the audit log: action.add, action.save …
	Before, After *survey.CorrectiveAction // nil: nothing to tell, as of a sign-off
}

// ActionHistory returns what the audit log has of the action with a number, the newest first.
func (s *Scope) ActionHistory(ctx context.Context, number int) ([]ActionChange, error) {
	var lines []struct {
		At            time.Time
		Actor, Action string
		Before, After *[]byte
	}
	err := s.list(ctx, &lines, `
		SELECT at, actor, action, before, CASE action WHEN 'action.sign' THEN NULL ELSE after END AS after
		FROM audit_log
		WHERE tenant_id = $1 AND action IN ('action.add', 'action.save', 'action.publish', 'action.withdraw', 'action.sign') AND subject = $2
		ORDER BY id DESC`, s.tenant, fmt.Sprint(number))
	if err != nil {
		return nil, fmt.Errorf("history of action %d: %w", number, err)
	}
	changes := make([]ActionChange, len(lines))
	for i, l := range lines {
		changes[i] = ActionChange{At: l.At, Actor: l.Actor, Action: l.Action}
		for _, side := range []struct {
			data *[]byte
			into **survey.CorrectiveAction
		}{{l.Before, &changes[i].Before}, {l.After, &changes[i].After}} {
			if side.data == nil {
				continue
			}
			if err := json.Unmarshal(*side.data, side.into); err != nil {
				return nil, fmt.Errorf("history of action %d: %w", number, err)
			}
		}
	}
	return changes, nil
}

// PublicAction is what residents are told of an action.
type PublicAction struct {
	Text   string `db:"public_text"`
	Status survey.ActionStatus
	Due    survey.Day
	DoneOn survey.Day `db:"done_on"`
}

// PublicActions returns what the office publishes of its actions, the newest first.
func (s *Scope) PublicActions(ctx context.Context) ([]PublicAction, error) {
	var all []PublicAction
	err := s.list(ctx, &all, `
		SELECT public_text, status, due, done_on
		FROM actions
		WHERE tenant_id = $1 AND published
		ORDER BY number DESC`, s.tenant)
	if err != nil {
		return nil, fmt.Errorf("published actions: %w", err)
	}
	return all, nil
}

// ReportFigures are the figures of an archived report, without its files.
type ReportFigures struct {
	ID      int64
	Number  int
	Filter  survey.Filter
	Summary json.RawMessage // stats.Summary
}

// ReportByNumber returns the figures of the report with a number, or survey.ErrNotFound.
func (s *Scope) ReportByNumber(ctx context.Context, number int) (*ReportFigures, error) {
	return s.figures(ctx, `
		SELECT id, number, filter, summary
		FROM reports
		WHERE tenant_id = $1 AND number = $2`, s.tenant, number)
}

// ReportAfter returns the figures of the newest report that can tell the effect of what was found in one report and done
// on a day, or survey.ErrNotFound: it makes the same choice of channels and service points, begins behind the end of the
// earlier one, so that no answer is in both, and ends behind the day.
func (s *Scope) ReportAfter(ctx context.Context, number int, done survey.Day) (*ReportFigures, error) {
	return s.figures(ctx, `
		SELECT later.id, later.number, later.filter, later.summary
		FROM reports AS earlier
		JOIN reports AS later ON later.tenant_id = earlier.tenant_id AND later.number > earlier.number
		WHERE earlier.tenant_id = $1 AND earlier.number = $2
		  AND later.filter - 'from' - 'to' = earlier.filter - 'from' - 'to'
		  AND later.filter ->> 'from' > earlier.filter ->> 'to'
		  AND later.filter ->> 'to' > $3
		ORDER BY later.number DESC
		LIMIT 1`, s.tenant, number, done.String())
}

func (s *Scope) figures(ctx context.Context, query string, args ...any) (*ReportFigures, error) {
	var f ReportFigures
	var filter []byte
	err := s.txOn(ctx, s.store.reports, func(tx *sqlx.Tx) error {
		return tx.QueryRowContext(ctx, query, args...).Scan(&f.ID, &f.Number, &filter, &f.Summary)
	})
	if err == nil {
		err = json.Unmarshal(filter, &f.Filter)
	}
	if err != nil {
		return nil, fmt.Errorf("figures of a report: %w", err)
	}
	return &f, nil
}

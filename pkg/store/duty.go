package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ocenaurzedu.eu/pkg/survey"
)

// Duty is where an office stands with the yearly report of § 4 of the order: moments and counts, never answers.
type Duty struct {
	Tenant     int64        `db:"tenant_id"`
	Slug       string       `db:"slug"`
	Since      sql.NullTime `db:"since"`   // the first publication
	LastAt     sql.NullTime `db:"last_at"` // of the newest report
	LastNumber int          `db:"last_number"`
	Reports    int          `db:"reports"`
}

// In returns the duty in calendar days of a time zone.
func (d Duty) In(zone *time.Location) survey.Duty {
	var duty survey.Duty
	if d.Since.Valid {
		duty.Since = survey.DayOf(d.Since.Time.In(zone))
	}
	if d.LastAt.Valid {
		duty.Last = survey.DayOf(d.LastAt.Time.In(zone))
	}
	return duty
}

// DutyMail is a reminder that went into the outbox.
type DutyMail struct {
	Tenant int64 `db:"tenant_id"`
	Due    survey.Day
	Days   int // before Due that it is meant for
	At     time.Time
}

// Duties returns the duty of each active office, by slug, and all reminders of due dates from a day on (none: all), most days first.
func (s *Store) Duties(ctx context.Context, from survey.Day) (duties []Duty, mails []DutyMail, err error) {
	err = inTx(ctx, s.operator, s.wait, func(tx *sqlx.Tx) error {
		err := tx.SelectContext(ctx, &duties, `
			SELECT t.id AS tenant_id, t.slug, d.since, d.last_at, COALESCE(d.last_number, 0) AS last_number, COALESCE(d.reports, 0) AS reports
			FROM tenants t
			LEFT JOIN duties d ON d.tenant_id = t.id
			WHERE t.active
			ORDER BY t.slug`)
		if err != nil {
			return err
		}
		return tx.SelectContext(ctx, &mails, `
			SELECT tenant_id, due, days, at
			FROM duty_mails
			WHERE $1::date IS NULL OR due >= $1
			ORDER BY tenant_id, due, days DESC`, from)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("duties: %w", err)
	}
	return duties, mails, nil
}

// Duty returns the tenant's duty; one that has neither published nor reported has none.
func (s *Scope) Duty(ctx context.Context) (*Duty, error) {
	var duties []Duty
	err := s.list(ctx, &duties, `
		SELECT d.tenant_id, t.slug, d.since, d.last_at, d.last_number, d.reports
		FROM duties d
		JOIN tenants t ON t.id = d.tenant_id
		WHERE d.tenant_id = $1`, s.tenant)
	if err != nil {
		return nil, fmt.Errorf("duty: %w", err)
	}
	if len(duties) == 0 {
		return &Duty{Tenant: s.tenant}, nil
	}
	return &duties[0], nil
}

// DutyMails returns the tenant's reminders, newest first, at most n.
func (s *Scope) DutyMails(ctx context.Context, n int) ([]DutyMail, error) {
	var mails []DutyMail
	err := s.list(ctx, &mails, `
		SELECT tenant_id, due, days, at
		FROM duty_mails
		WHERE tenant_id = $1
		ORDER BY at DESC, days
		LIMIT $2`, s.tenant, n)
	if err != nil {
		return nil, fmt.Errorf("mails of the duty: %w", err)
	}
	return mails, nil
}

// Remind puts the mail of so many days before a due date into the outbox, once: it returns false where it, or one of
// fewer days, went before.
func (s *Scope) Remind(ctx context.Context, m DutyMail, mails []Mail) (bool, error) {
	claimed := false
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		result, err := tx.ExecContext(ctx, `
			INSERT INTO duty_mails (tenant_id, due, days, at)
			SELECT $1, $2, $3, $4
			WHERE NOT EXISTS (SELECT FROM duty_mails WHERE tenant_id = $1 AND due = $2 AND days <= $3)
			ON CONFLICT (tenant_id, due, days) DO NOTHING`, s.tenant, m.Due, m.Days, m.At)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil || n == 0 {
			return err
		}
		claimed = true
		return s.post(ctx, tx, mails)
	})
	if err != nil {
		return false, fmt.Errorf("remind of %s: %w", m.Due, err)
	}
	return claimed, nil
}

package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/survey"
)

// Schedule makes reports of an office by itself: one a period of the calendar, of the whole period, when it is over.
type Schedule struct {
	Tenant    int64 `db:"tenant_id"`
	Every     survey.Every
	DoneTo    survey.Day `db:"done_to"` // last day of the last period that has its report, or that needs none
	UpdatedAt time.Time  `db:"updated_at"`
	UpdatedBy string     `db:"updated_by"`
}

// Schedules returns the schedules of all active offices.
func (s *Store) Schedules(ctx context.Context) ([]Schedule, error) {
	var schedules []Schedule
	err := inTx(ctx, s.operator, s.wait, func(tx *sqlx.Tx) error {
		return tx.SelectContext(ctx, &schedules, `
			SELECT s.tenant_id, s.every, s.done_to, s.updated_at, s.updated_by
			FROM schedules s
			JOIN tenants t ON t.id = s.tenant_id
			WHERE t.active
			ORDER BY s.done_to, s.tenant_id, s.every`)
	})
	if err != nil {
		return nil, fmt.Errorf("schedules: %w", err)
	}
	return schedules, nil
}

// Schedules returns the tenant's schedules.
func (s *Scope) Schedules(ctx context.Context) ([]Schedule, error) {
	var schedules []Schedule
	err := s.list(ctx, &schedules, `
		SELECT tenant_id, every, done_to, updated_at, updated_by
		FROM schedules
		WHERE tenant_id = $1
		ORDER BY every`, s.tenant)
	if err != nil {
		return nil, fmt.Errorf("schedules: %w", err)
	}
	return schedules, nil
}

// SaveSchedules sets which schedules the tenant has. One that is new begins with the period that a day is in; one that
// was there goes on where it is.
func (s *Scope) SaveSchedules(ctx context.Context, every []survey.Every, today survey.Day, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var before []survey.Every
		err := tx.SelectContext(ctx, &before, `
			SELECT every
			FROM schedules
			WHERE tenant_id = $1
			ORDER BY every
			FOR UPDATE`, s.tenant)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			DELETE FROM schedules
			WHERE tenant_id = $1 AND every <> ALL ($2)`, s.tenant, everyArray(every))
		if err != nil {
			return err
		}
		for _, e := range every {
			from, _ := e.Period(today)
			_, err := tx.ExecContext(ctx, `
				INSERT INTO schedules (tenant_id, every, done_to, updated_at, updated_by)
				VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (tenant_id, every) DO NOTHING`, s.tenant, e, from.Add(-1), by.At, by.Login)
			if err != nil {
				return err
			}
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "schedule.save", Before: before, After: every})
	})
	if err != nil {
		return fmt.Errorf("save schedules: %w", err)
	}
	return nil
}

// ArchiveScheduled freezes the report of a schedule's period and puts the mail about it into the outbox, in one
// transaction and once: survey.ErrClosed where the period has its report already, or the schedule is gone;
// survey.ErrConflict as with ArchiveReport.
func (s *Scope) ArchiveScheduled(ctx context.Context, every survey.Every, r *Report, mails func(*Report) []Mail) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		result, err := tx.ExecContext(ctx, `
			UPDATE schedules
			SET done_to = $3
			WHERE tenant_id = $1 AND every = $2 AND done_to < $3`, s.tenant, every, r.Filter.To)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		if n == 0 {
			return survey.ErrClosed
		}
		if err := s.archive(ctx, tx, r); err != nil {
			return err
		}
		return s.post(ctx, tx, mails(r))
	})
	if err != nil {
		return fmt.Errorf("scheduled report to %s: %w", r.Filter.To, err)
	}
	return nil
}

func everyArray(every []survey.Every) pq.StringArray {
	texts := make(pq.StringArray, len(every))
	for i, e := range every {
		texts[i] = string(e)
	}
	return texts
}

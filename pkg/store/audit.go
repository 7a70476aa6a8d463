package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// Actor is who does something, and when.
type Actor struct {
	Login string // an account's login, or "operator"
	At    time.Time
}

// Event is one entry of the audit log: who did what to what, and how it was before and after. It never holds
// answers, remarks or secrets.
type Event struct {
	At            time.Time
	Actor         string
	Action        string // noun.verb: office.save, version.publish, account.login …
	Subject       string
	Reason        string // an operator's
	Before, After any    // nil: nothing to tell
}

// audit adds an event in the transaction of what it tells of.
func (s *Scope) audit(ctx context.Context, tx *sqlx.Tx, e Event) error {
	return addEvent(ctx, tx, s.tenant, e)
}

func addEvent(ctx context.Context, tx *sqlx.Tx, tenant int64, e Event) error {
	before, err := jsonOrNull(e.Before)
	if err != nil {
		return err
	}
	after, err := jsonOrNull(e.After)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO audit_log (tenant_id, at, actor, action, subject, reason, before, after)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, tenant, e.At, e.Actor, e.Action, e.Subject, e.Reason, before, after)
	return err
}

// jsonOrNull encodes a value for a jsonb column; nil is NULL.
func jsonOrNull(v any) (*string, error) {
	if v == nil {
		return nil, nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	if text := string(data); text != "null" { // a nil pointer is nothing to tell either
		return &text, nil
	}
	return nil, nil
}

// Record adds an event that changes nothing else, such as a log-in or a download.
func (s *Scope) Record(ctx context.Context, e Event) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error { return s.audit(ctx, tx, e) })
	if err != nil {
		return fmt.Errorf("record %s: %w", e.Action, err)
	}
	return nil
}

// RecordOnce is Record of an event that may go on for several requests: it adds none where the same person has one of the
// same action and subject.
func (s *Scope) RecordOnce(ctx context.Context, e Event) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var known bool
		err := tx.GetContext(ctx, &known, `
			SELECT EXISTS (
				SELECT
				FROM audit_log
				WHERE tenant_id = $1 AND action = $2 AND subject = $3 AND actor = $4)`, s.tenant, e.Action, e.Subject, e.Actor)
		if err != nil || known {
			return err
		}
		return s.audit(ctx, tx, e)
	})
	if err != nil {
		return fmt.Errorf("record %s: %w", e.Action, err)
	}
	return nil
}

// LoggedEvent is an event as the log tells it.
type LoggedEvent struct {
	At      time.Time
	Actor   string
	Action  string
	Subject string
	Reason  string
}

// Events returns the newest events of the tenant, at most n.
func (s *Scope) Events(ctx context.Context, n int) ([]LoggedEvent, error) {
	var events []LoggedEvent
	err := s.list(ctx, &events, `
		SELECT at, actor, action, subject, reason
		FROM audit_log
		WHERE tenant_id = $1
		ORDER BY id DESC
		LIMIT $2`, s.tenant, n)
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	return events, nil
}

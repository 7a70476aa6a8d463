package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// Mail is a message to one address, on its way or sent.
type Mail struct {
	ID        int64
	MessageID string `db:"message_id"` // the same at each attempt
	Recipient string
	Subject   string
	Body      string       // plain text
	CreatedAt time.Time    `db:"created_at"`
	NextAt    sql.NullTime `db:"next_at"` // of the next attempt; none: settled
	Tries     int
	SentAt    sql.NullTime `db:"sent_at"`
	Problem   string       // of the last attempt
}

// post puts mail into the outbox, in the transaction of what it tells of. The audit log says so too.
func (s *Scope) post(ctx context.Context, tx *sqlx.Tx, mails []Mail) error {
	for _, m := range mails {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO outbox (tenant_id, message_id, recipient, subject, body, created_at, next_at)
			VALUES ($1, $2, $3, $4, $5, $6, $6)`, s.tenant, m.MessageID, m.Recipient, m.Subject, m.Body, m.CreatedAt)
		if err != nil {
			return err
		}
		err = s.audit(ctx, tx, Event{At: m.CreatedAt, Actor: "system", Action: "mail.post", Subject: m.Subject + " → " + m.Recipient})
		if err != nil {
			return err
		}
	}
	return nil
}

// MailWaits returns the tenants for which mail is due at a moment.
func (s *Store) MailWaits(ctx context.Context, now time.Time) ([]int64, error) {
	var tenants []int64
	err := inTx(ctx, s.operator, s.wait, func(tx *sqlx.Tx) error {
		return tx.SelectContext(ctx, &tenants, `
			SELECT DISTINCT tenant_id
			FROM outbox
			WHERE next_at <= $1
			ORDER BY tenant_id`, now)
	})
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return tenants, nil
}

// ClaimMail takes one mail that is due for an attempt, the oldest first, and holds it back from others until a moment,
// when whoever took it has settled it or died. survey.ErrNotFound: there is none.
func (s *Scope) ClaimMail(ctx context.Context, now, until time.Time) (*Mail, error) {
	var m Mail
	err := s.get(ctx, &m, `
		UPDATE outbox
		SET next_at = $3, tries = tries + 1
		WHERE tenant_id = $1 AND id = (
			SELECT id
			FROM outbox
			WHERE tenant_id = $1 AND next_at <= $2
			ORDER BY id
			LIMIT 1
			FOR UPDATE SKIP LOCKED)
		RETURNING id, message_id, recipient, subject, body, created_at, next_at, tries, sent_at, problem`, s.tenant, now, until)
	if err != nil {
		return nil, fmt.Errorf("claim mail: %w", err)
	}
	return &m, nil
}

// SettleMail keeps how an attempt ended: sent, or with a problem and to be tried again, or for good where NextAt is none.
// survey.ErrConflict: another one has settled it, or is at it, since it was claimed.
func (s *Scope) SettleMail(ctx context.Context, m Mail) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		return changedMeanwhile(one(ctx, tx, `
			UPDATE outbox
			SET next_at = $3, sent_at = $4, problem = $5
			WHERE tenant_id = $1 AND id = $2 AND tries = $6 AND next_at IS NOT NULL`, s.tenant, m.ID, m.NextAt, m.SentAt, m.Problem, m.Tries))
	})
	if err != nil {
		return fmt.Errorf("settle mail %d: %w", m.ID, err)
	}
	return nil
}

// Mails returns the tenant's mail, newest first, at most n.
func (s *Scope) Mails(ctx context.Context, n int) ([]Mail, error) {
	var mails []Mail
	err := s.list(ctx, &mails, `
		SELECT id, message_id, recipient, subject, body, created_at, next_at, tries, sent_at, problem
		FROM outbox
		WHERE tenant_id = $1
		ORDER BY id DESC
		LIMIT $2`, s.tenant, n)
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return mails, nil
}

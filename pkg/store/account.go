package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// Role is what a person may do in an office's panel.
type Role string

// The roles of an office (§§ 6, 7 of the order) and of a county's.
const (
	RoleAdministrator Role = "administrator" // runs the tool: everything
	RoleEmployee      Role = "employee"      // types paper, prints, makes reports
	RoleSupervisor    Role = "supervisor"    // reads all, changes nothing (Sekretarz)
	RoleAnalyst       Role = "analyst"       // reads the county's figures
)

// Account is a person's log-in to one office.
type Account struct {
	ID           int64
	Login        string // an e-mail address in lower case
	Name         string
	Role         Role
	PasswordHash string `db:"password_hash"` // "": invited, nothing set yet
	TOTPSecret   string `db:"totp_secret"`   // "": not set up
	Disabled     bool
}

const accountColumns = `a.id, a.login, a.name, a.role, a.password_hash, a.totp_secret, a.disabled`

// AccountByLogin returns the account with the login, or survey.ErrNotFound.
func (s *Scope) AccountByLogin(ctx context.Context, login string) (*Account, error) {
	var a Account
	err := s.get(ctx, &a, `
		SELECT `+accountColumns+`
		FROM accounts a
		WHERE a.tenant_id = $1 AND a.login = $2`, s.tenant, login)
	if err != nil {
		return nil, fmt.Errorf("account: %w", err)
	}
	return &a, nil
}

// Accounts returns all accounts of the office without their secrets.
func (s *Scope) Accounts(ctx context.Context) ([]Account, error) {
	var accounts []Account
	err := s.list(ctx, &accounts, `
		SELECT id, login, name, role, disabled
		FROM accounts
		WHERE tenant_id = $1
		ORDER BY login`, s.tenant)
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	return accounts, nil
}

// InvitedAccount returns the account that an unexpired invitation is for, or survey.ErrNotFound.
func (s *Scope) InvitedAccount(ctx context.Context, token []byte, now time.Time) (*Account, error) {
	var a Account
	err := s.get(ctx, &a, `
		SELECT `+accountColumns+`
		FROM invitations i
		JOIN accounts a ON a.tenant_id = i.tenant_id AND a.id = i.account_id
		WHERE i.tenant_id = $1 AND i.token = $2 AND i.expires_at > $3 AND NOT a.disabled`, s.tenant, token, now)
	if err != nil {
		return nil, fmt.Errorf("invitation: %w", err)
	}
	return &a, nil
}

// Credentials are what an invited person sets up. TOTPStep is the step of the code that proved the secret.
type Credentials struct {
	PasswordHash  string
	TOTPSecret    string
	TOTPStep      int64
	RecoveryCodes [][]byte // hashes
}

// AcceptInvitation sets the account's credentials, uses the invitation up and ends all of the account's sessions.
func (s *Scope) AcceptInvitation(ctx context.Context, token []byte, c Credentials, now time.Time) (*Account, error) {
	var a Account
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var id int64
		err := tx.GetContext(ctx, &id, `
			DELETE FROM invitations
			WHERE tenant_id = $1 AND token = $2 AND expires_at > $3
			RETURNING account_id`, s.tenant, token, now)
		if err != nil {
			return err
		}
		if err := s.setCredentials(ctx, tx, id, c); err != nil {
			return err
		}
		err = tx.GetContext(ctx, &a, `
			SELECT `+accountColumns+`
			FROM accounts a
			WHERE a.tenant_id = $1 AND a.id = $2 AND NOT a.disabled`, s.tenant, id)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: now, Actor: a.Login, Action: "account.accept", Subject: a.Login})
	})
	if err != nil {
		return nil, fmt.Errorf("accept invitation: %w", err)
	}
	return &a, nil
}

func (s *Scope) setCredentials(ctx context.Context, tx *sqlx.Tx, account int64, c Credentials) error {
	err := one(ctx, tx, `
		UPDATE accounts
		SET password_hash = $3, totp_secret = $4, totp_step = $5
		WHERE tenant_id = $1 AND id = $2`, s.tenant, account, c.PasswordHash, c.TOTPSecret, c.TOTPStep)
	if err != nil {
		return err
	}
	for _, table := range []string{
		`DELETE FROM recovery_codes WHERE tenant_id = $1 AND account_id = $2`,
		`DELETE FROM sessions WHERE tenant_id = $1 AND account_id = $2`,
	} {
		if _, err := tx.ExecContext(ctx, table, s.tenant, account); err != nil {
			return err
		}
	}
	for _, hash := range c.RecoveryCodes {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO recovery_codes (tenant_id, account_id, hash)
			VALUES ($1, $2, $3)`, s.tenant, account, hash)
		if err != nil {
			return err
		}
	}
	return nil
}

// Session is a browser that has logged in.
type Session struct {
	Account
	Stage  string    // SessionPassword or SessionFull
	SeenAt time.Time `db:"seen_at"`
	// Waiting is how many of the office's remarks wait for review, which every page of the panel tells.
	Waiting int
}

// Stages of a session: after the password, and after the second factor.
const (
	SessionPassword = "password"
	SessionFull     = "full"
)

// Lifetimes of a session.
const (
	SessionIdle     = 30 * time.Minute // without a request
	SessionLongest  = 10 * time.Hour
	sessionPassword = 10 * time.Minute // from the password to the code
)

// StartSession opens a session of a token's hash. It is of stage SessionPassword until FinishSession.
func (s *Scope) StartSession(ctx context.Context, token []byte, account int64, now time.Time) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error { return s.insertSession(ctx, tx, token, account, SessionPassword, now) })
	if err != nil {
		return fmt.Errorf("start session: %w", err)
	}
	return nil
}

func (s *Scope) insertSession(ctx context.Context, tx *sqlx.Tx, token []byte, account int64, stage string, now time.Time) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO sessions (tenant_id, token, account_id, stage, created_at, seen_at)
		VALUES ($1, $2, $3, $4, $5, $5)`, s.tenant, token, account, stage, now)
	return err
}

// SecondFactor is what completes a log-in: a TOTP step, or the hash of a recovery code.
type SecondFactor struct {
	Step     int64
	Recovery []byte // nil: Step counts
}

// FinishSession uses a second factor up and replaces the session by a full one under a new token.
// survey.ErrNotFound: the step or code was used before, or is none of the account's, or the log-in took too long.
func (s *Scope) FinishSession(ctx context.Context, old, token []byte, account int64, factor SecondFactor, now time.Time) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.useFactor(ctx, tx, account, factor); err != nil {
			return err
		}
		err := one(ctx, tx, `
			DELETE FROM sessions
			WHERE tenant_id = $1 AND token = $2 AND account_id = $3 AND stage = 'password' AND created_at > $4`,
			s.tenant, old, account, now.Add(-sessionPassword))
		if err != nil {
			return err
		}
		if err := s.insertSession(ctx, tx, token, account, SessionFull, now); err != nil {
			return err
		}
		return s.recordLogin(ctx, tx, account, factor, now)
	})
	if err != nil {
		return fmt.Errorf("finish session: %w", err)
	}
	return nil
}

// useFactor refuses a TOTP step that is not later than the last one used (RFC 6238, 5.2), atomically.
func (s *Scope) useFactor(ctx context.Context, tx *sqlx.Tx, account int64, factor SecondFactor) error {
	if factor.Recovery != nil {
		return one(ctx, tx, `
			DELETE FROM recovery_codes
			WHERE tenant_id = $1 AND account_id = $2 AND hash = $3`, s.tenant, account, factor.Recovery)
	}
	return one(ctx, tx, `
		UPDATE accounts
		SET totp_step = $3
		WHERE tenant_id = $1 AND id = $2 AND totp_step < $3 AND NOT disabled`, s.tenant, account, factor.Step)
}

func (s *Scope) recordLogin(ctx context.Context, tx *sqlx.Tx, account int64, factor SecondFactor, now time.Time) error {
	var login string
	err := tx.GetContext(ctx, &login, `
		SELECT login
		FROM accounts
		WHERE tenant_id = $1 AND id = $2 AND NOT disabled`, s.tenant, account)
	if err != nil {
		return err
	}
	action := "account.login"
	if factor.Recovery != nil {
		action = "account.login_recovery"
	}
	return s.audit(ctx, tx, Event{At: now, Actor: login, Action: action, Subject: login})
}

// Session returns the live session of a token's hash, or survey.ErrNotFound, and notes that it was seen.
func (s *Scope) Session(ctx context.Context, token []byte, now time.Time) (*Session, error) {
	var session Session
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &session, `
			SELECT `+accountColumns+`, s.stage, s.seen_at,
			       (SELECT count(*) FROM remarks r WHERE r.tenant_id = s.tenant_id AND r.state IN ('new', 'unsure')) AS waiting
			FROM sessions s
			JOIN accounts a ON a.tenant_id = s.tenant_id AND a.id = s.account_id
			WHERE s.tenant_id = $1 AND s.token = $2 AND NOT a.disabled AND s.seen_at > $3
			  AND s.created_at > CASE s.stage WHEN 'password' THEN $4::timestamptz ELSE $5::timestamptz END`,
			s.tenant, token, now.Add(-SessionIdle), now.Add(-sessionPassword), now.Add(-SessionLongest))
		if err != nil || now.Sub(session.SeenAt) < time.Minute {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE sessions
			SET seen_at = $3
			WHERE tenant_id = $1 AND token = $2`, s.tenant, token, now)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	return &session, nil
}

// EndSession logs a session out; one that is not there is fine.
func (s *Scope) EndSession(ctx context.Context, token []byte) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			DELETE FROM sessions
			WHERE tenant_id = $1 AND token = $2`, s.tenant, token)
		return err
	})
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

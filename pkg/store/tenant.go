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

// NewTenant is an office about to be added, live at once.
type NewTenant struct {
	Slug          string
	County        string // slug; "": none
	Population    int
	Office        survey.Office
	Departments   []survey.SeedDepartment
	ServicePoints []survey.SeedServicePoint
	Questionnaire *survey.Questionnaire // published at once; nil: none yet
	Sheet         json.RawMessage       // sheet.Layout of the questionnaire in firstFormat
	Sheets        Sheets                // and in others
	Reason        string
	At            time.Time
}

// Operator is the actor of what the platform's operator does.
const Operator = "operator"

// CreateTenant adds an office and publishes its questionnaire. survey.ErrTaken: the slug is in use;
// survey.ErrNotFound: no such county.
func (s *Store) CreateTenant(ctx context.Context, n NewTenant) (int64, error) {
	var id int64
	err := inTx(ctx, s.operator, s.wait, func(tx *sqlx.Tx) error {
		county, err := countyID(ctx, tx, n.County)
		if err != nil {
			return err
		}
		err = tx.GetContext(ctx, &id, `
			INSERT INTO tenants (slug, county_id, population, created_on)
			VALUES ($1, NULLIF($2, 0), $3, $4)
			RETURNING id`, n.Slug, county, n.Population, survey.DayOf(n.At))
		if err != nil {
			return err
		}
		if err := setTenant(ctx, tx, id); err != nil {
			return err
		}
		if err := insertOffice(ctx, tx, id, n); err != nil {
			return err
		}
		if err := insertQuestionnaire(ctx, tx, id, n); err != nil {
			return err
		}
		return addEvent(ctx, tx, id, Event{At: n.At, Actor: Operator, Action: "tenant.add", Subject: n.Slug, Reason: n.Reason})
	})
	if err != nil {
		return 0, fmt.Errorf("add tenant %q: %w", n.Slug, err)
	}
	return id, nil
}

func countyID(ctx context.Context, tx *sqlx.Tx, slug string) (int64, error) {
	if slug == "" {
		return 0, nil
	}
	var id int64
	err := tx.GetContext(ctx, &id, `SELECT id FROM counties WHERE slug = $1`, slug)
	if err = classify(err); errors.Is(err, survey.ErrNotFound) {
		return 0, fmt.Errorf("county %q: %w", slug, err)
	}
	return id, err
}

func insertOffice(ctx context.Context, tx *sqlx.Tx, tenant int64, n NewTenant) error {
	record, err := json.Marshal(n.Office)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO offices (tenant_id, record, updated_at, updated_by)
		VALUES ($1, $2, $3, $4)`, tenant, record, n.At, Operator)
	if err != nil {
		return err
	}
	departments := map[string]int64{} // by short name
	for _, d := range n.Departments {
		var id int64
		err := tx.GetContext(ctx, &id, `
			INSERT INTO departments (tenant_id, name, short, valid_from)
			VALUES ($1, $2, $3, $4)
			RETURNING id`, tenant, d.Name, d.Short, survey.DayOf(n.At))
		if err != nil {
			return err
		}
		departments[d.Short] = id
	}
	for _, p := range n.ServicePoints {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO service_points (tenant_id, code, name, department_id, valid_from)
			VALUES ($1, $2, $3, NULLIF($4, 0), $5)`, tenant, p.Code, p.Name, departments[p.Department], survey.DayOf(n.At))
		if err != nil {
			return err
		}
	}
	return nil
}

func insertQuestionnaire(ctx context.Context, tx *sqlx.Tx, tenant int64, n NewTenant) error {
	if n.Questionnaire == nil {
		return nil
	}
	content, err := json.Marshal(n.Questionnaire)
	if err != nil {
		return err
	}
	v := NewVersion{Draft: Draft{Questionnaire: *n.Questionnaire}, Sheet: n.Sheet, Sheets: n.Sheets, By: Actor{Operator, n.At}}
	err = tx.GetContext(ctx, &v.Draft.ID, `
		INSERT INTO questionnaires (tenant_id, key, draft, updated_at, updated_by)
		VALUES ($1, $2, $3, $4, $5)
		RETURNING id`, tenant, n.Questionnaire.Key, content, n.At, Operator)
	if err != nil {
		return err
	}
	return insertVersion(ctx, tx, tenant, v, &survey.Version{Questionnaire: *n.Questionnaire, Layout: survey.NewLayout(n.Questionnaire)})
}

// CreateCounty adds a county. survey.ErrTaken: the slug is in use.
func (s *Store) CreateCounty(ctx context.Context, c survey.County) (int64, error) {
	var id int64
	err := inTx(ctx, s.operator, s.wait, func(tx *sqlx.Tx) error {
		return tx.GetContext(ctx, &id, `
			INSERT INTO counties (slug, name, teryt)
			VALUES ($1, $2, $3)
			RETURNING id`, c.Slug, c.Name, c.TERYT)
	})
	if err != nil {
		return 0, fmt.Errorf("add county %q: %w", c.Slug, err)
	}
	return id, nil
}

// Invitation lets a person set up an account's password and second factor once.
type Invitation struct {
	Login   string
	Name    string
	Role    Role
	Token   []byte // hash
	At      time.Time
	Expires time.Time
	Reason  string // why the operator does it
}

// Invite adds an account to an office, or takes password and second factor of the one that has the login
// away and ends its sessions, and opens an invitation for it. An operator never sets a password.
func (s *Store) Invite(ctx context.Context, tenant int64, i Invitation) error {
	err := inTx(ctx, s.operator, s.wait, func(tx *sqlx.Tx) error {
		if err := setTenant(ctx, tx, tenant); err != nil {
			return err
		}
		account, action, err := invitedAccount(ctx, tx, tenant, i)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO invitations (tenant_id, token, account_id, expires_at)
			VALUES ($1, $2, $3, $4)`, tenant, i.Token, account, i.Expires)
		if err != nil {
			return err
		}
		return addEvent(ctx, tx, tenant, Event{At: i.At, Actor: Operator, Action: action, Subject: i.Login, Reason: i.Reason})
	})
	if err != nil {
		return fmt.Errorf("invite: %w", err)
	}
	return nil
}

func invitedAccount(ctx context.Context, tx *sqlx.Tx, tenant int64, i Invitation) (id int64, action string, err error) {
	err = tx.GetContext(ctx, &id, `
		SELECT id
		FROM accounts
		WHERE tenant_id = $1 AND login = $2`, tenant, i.Login)
	if errors.Is(classify(err), survey.ErrNotFound) {
		if i.Role == "" {
			return 0, "", survey.ErrNotFound
		}
		err = tx.GetContext(ctx, &id, `
			INSERT INTO accounts (tenant_id, login, name, role, created_at)
			VALUES ($1, $2, $3, $4, $5)
			RETURNING id`, tenant, i.Login, i.Name, i.Role, i.At)
		return id, "account.invite", err
	}
	if err != nil {
		return 0, "", err
	}
	for _, statement := range []string{
		`UPDATE accounts SET password_hash = '', totp_secret = '' WHERE tenant_id = $1 AND id = $2`,
		`DELETE FROM sessions WHERE tenant_id = $1 AND account_id = $2`,
		`DELETE FROM recovery_codes WHERE tenant_id = $1 AND account_id = $2`,
		`DELETE FROM invitations WHERE tenant_id = $1 AND account_id = $2`,
	} {
		if _, err := tx.ExecContext(ctx, statement, tenant, id); err != nil {
			return 0, "", err
		}
	}
	return id, "account.reset", nil
}

package store

import (
	"context"
	"errors"
	"strconv"

	"github.com/jmoiron/sqlx"

	"ocenaurzedu.eu/pkg/survey"
)

// Scope reads and writes one tenant's records, and no other's: every statement names the tenant, and
// row-level security holds each transaction to it besides.
type Scope struct {
	store  *Store
	tenant int64
}

// Scope returns the scope of a tenant.
func (s *Store) Scope(tenant int64) *Scope { return &Scope{s, tenant} }

// Tenant returns the tenant's id.
func (s *Scope) Tenant() int64 { return s.tenant }

// tx runs f in a transaction of the tenant.
func (s *Scope) tx(ctx context.Context, f func(*sqlx.Tx) error) error {
	return s.txOn(ctx, s.store.app, f)
}

func (s *Scope) txOn(ctx context.Context, db *sqlx.DB, f func(*sqlx.Tx) error) error {
	return inTx(ctx, db, s.store.wait, func(tx *sqlx.Tx) error {
		if err := setTenant(ctx, tx, s.tenant); err != nil {
			return err
		}
		return f(tx)
	})
}

// get runs one query that returns one row into dest, or survey.ErrNotFound.
func (s *Scope) get(ctx context.Context, dest any, query string, args ...any) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error { return tx.GetContext(ctx, dest, query, args...) })
}

// list runs one query that returns rows into dest, a pointer to a slice.
func (s *Scope) list(ctx context.Context, dest any, query string, args ...any) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error { return tx.SelectContext(ctx, dest, query, args...) })
}

// one runs a statement that must change exactly one row; none is survey.ErrNotFound.
func one(ctx context.Context, tx *sqlx.Tx, statement string, args ...any) error {
	result, err := tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n != 0 {
		return err
	}
	return survey.ErrNotFound
}

// changedMeanwhile is for updates that name the revision they began with: no row means another one came first.
func changedMeanwhile(err error) error {
	if errors.Is(err, survey.ErrNotFound) {
		return survey.ErrConflict
	}
	return err
}

// setTenant sets the transaction's tenant for row-level security; it is gone when the transaction ends.
func setTenant(ctx context.Context, tx *sqlx.Tx, tenant int64) error {
	_, err := tx.ExecContext(ctx, `SELECT set_config('ocena.tenant', $1, true)`, strconv.FormatInt(tenant, 10))
	return err
}

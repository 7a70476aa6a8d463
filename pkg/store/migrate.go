package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"net/url"

	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
)

// Roles lists the schema's roles; the service's login must be a member of each.
func Roles() []string { return []string{"ocena_app", "ocena_intake", "ocena_county", "ocena_operator"} }

// Migrate brings the schema up to date with the owner's login, and lets the service's login (of serviceURL,
// unless it is empty) take on the roles. A service login that does not exist yet is made, with the password
// of its URL. It returns the schema's version.
func Migrate(ctx context.Context, ownerURL, serviceURL string, files fs.FS) (int64, error) {
	db, err := sql.Open("postgres", ownerURL)
	if err != nil {
		return 0, fmt.Errorf("owner's database address: %w", err)
	}
	defer func() { _ = db.Close() }()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files)
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	if serviceURL != "" {
		if err := admit(ctx, db, serviceURL); err != nil {
			return 0, fmt.Errorf("service login: %w", err)
		}
	}
	return provider.GetDBVersion(ctx)
}

// admit lets the login of a URL take on the service's roles. It inherits none of their rights by itself.
func admit(ctx context.Context, db *sql.DB, serviceURL string) error {
	u, err := url.Parse(serviceURL)
	if err != nil || u.User == nil || u.User.Username() == "" {
		return fmt.Errorf("want postgres://user:password@host:port/name")
	}
	login := u.User.Username()
	var exists, super bool
	err = db.QueryRowContext(ctx, `
		SELECT count(*) > 0, COALESCE(bool_or(rolsuper), false)
		FROM pg_roles
		WHERE rolname = $1`, login).Scan(&exists, &super)
	if err != nil || super {
		return err // a superuser takes on any role as it is
	}
	if !exists {
		create := `CREATE ROLE ` + pq.QuoteIdentifier(login) + ` LOGIN NOINHERIT`
		if password, ok := u.User.Password(); ok {
			create += ` PASSWORD ` + pq.QuoteLiteral(password)
		}
		if _, err := db.ExecContext(ctx, create); err != nil {
			return err
		}
	}
	for _, role := range Roles() {
		if _, err := db.ExecContext(ctx, `GRANT `+pq.QuoteIdentifier(role)+` TO `+pq.QuoteIdentifier(login)); err != nil {
			return err
		}
	}
	return nil
}

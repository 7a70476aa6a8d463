package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"time"

	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
)

// Roles lists the schema's roles; the service's login must be a member of each.
func Roles() []string { return []string{"ocena_app", "ocena_intake", "ocena_county", "ocena_operator"} }

// Migrate brings the schema up to date with the owner's login, and lets the service's login (of serviceURL,
// unless it is empty) take on the roles. A service login that does not exist yet is made, with the password
// of its URL. It returns the schema's version.
func Migrate(ctx context.Context, ownerURL, serviceURL string, files fs.FS) (int64, error) {
	connector, err := pq.NewConnector(withLockTimeout(ownerURL))
	if err != nil {
		return 0, fmt.Errorf("owner's database address: %w", err)
	}
	db := sql.OpenDB(connector)
	defer func() { _ = db.Close() }()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files)
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	if err := up(ctx, provider); err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	if serviceURL != "" {
		if err := admit(ctx, db, serviceURL); err != nil {
			return 0, fmt.Errorf("service login: %w", err)
		}
	}
	return provider.GetDBVersion(ctx)
}

// A migration that waits for a table keeps everybody behind it in the queue waiting too, submissions above all. So it
// waits for less than their own lock_timeout, lets them by, and tries again until a long report has ended.
const (
	migrateLock     = 1500 * time.Millisecond
	migratePause    = 2 * time.Second
	migratePatience = 10 * time.Minute
)

// withLockTimeout adds the bound on waiting to the address of a database, of either of its two forms.
func withLockTimeout(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return address + " lock_timeout=" + milliseconds(migrateLock)
	}
	q := u.Query()
	q.Set("lock_timeout", milliseconds(migrateLock))
	u.RawQuery = q.Encode()
	return u.String()
}

// up runs what is missing. Each migration is a transaction of its own, so that one which could not have its tables is as if
// it had not begun.
func up(ctx context.Context, provider *goose.Provider) error {
	for began := time.Now(); ; {
		_, err := provider.Up(ctx)
		var refused *pq.Error
		if !errors.As(err, &refused) || refused.Code != codeLockTimeout && refused.Code != codeDeadlock || time.Since(began) > migratePatience {
			return err
		}
		select {
		case <-time.After(migratePause):
		case <-ctx.Done():
			return err
		}
	}
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

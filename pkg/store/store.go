// Package store keeps everything in Postgres: all SQL of the service stands here. What belongs to one tenant
// is read and written through a *Scope, counts of a county through a *County, what crosses tenants through
// the *Store itself.
package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Options say how to reach the database. URL names the service's login; each pool takes on one of the
// schema's roles, so that no query runs with the login's own rights.
type Options struct {
	URL        string
	AppConns   int           // most connections of the role that serves tenants; 0: 10
	ReportConn int           // most connections for reports and exports, so that they never starve submissions; 0: 2
	Statement  time.Duration // longest statement; 0: 5 s
	Wait       time.Duration // longest wait for a connection and a transaction; 0: 4 s
}

// Store is the database of all tenants.
type Store struct {
	app, reports, intake, county, operator *sqlx.DB
	url                                    string
	wait                                   time.Duration
	columns                                *columnCache
}

// Open makes the pools. It does not connect yet: a service starts, and says it is not ready, while Postgres
// is away.
func Open(o Options) (*Store, error) {
	o = o.withDefaults()
	s := &Store{url: o.URL, wait: o.Wait, columns: newColumnCache(keptColumns)}
	pools := []struct {
		db        **sqlx.DB
		role      string
		most      int
		statement time.Duration
	}{
		{&s.app, "ocena_app", o.AppConns, o.Statement},
		{&s.reports, "ocena_app", o.ReportConn, time.Minute},
		{&s.intake, "ocena_intake", 2, o.Statement},
		{&s.county, "ocena_county", 2, o.Statement},
		{&s.operator, "ocena_operator", 2, o.Statement},
	}
	for _, p := range pools {
		settings := map[string]string{}
		if p.db == &s.intake {
			// Its plans are kept, and those made while a table is small would go on to read it whole when it no longer is.
			settings["enable_seqscan"] = "off"
		}
		connector, err := newConnector(o.URL, p.role, p.statement, settings)
		if err != nil {
			return nil, err
		}
		if p.db == &s.intake {
			connector = preparingConnector{connector}
		}
		db := sqlx.NewDb(newDB(connector), "postgres")
		db.SetMaxOpenConns(p.most)
		db.SetMaxIdleConns(p.most)
		db.SetConnMaxIdleTime(5 * time.Minute)
		*p.db = db
	}
	return s, nil
}

func (o Options) withDefaults() Options {
	if o.AppConns == 0 {
		o.AppConns = 10
	}
	if o.ReportConn == 0 {
		o.ReportConn = 2
	}
	if o.Statement == 0 {
		o.Statement = 5 * time.Second
	}
	if o.Wait == 0 {
		o.Wait = 4 * time.Second
	}
	return o
}

// newConnector makes connections that carry the role, the time-outs and more settings from their first byte on.
func newConnector(databaseURL, role string, statement time.Duration, settings map[string]string) (driver.Connector, error) {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: want postgres://user:password@host:port/name") // the error would show the password
	}
	q := u.Query()
	for name, value := range settings {
		q.Set(name, value)
	}
	q.Set("role", role)
	q.Set("application_name", role)
	q.Set("timezone", "UTC")
	q.Set("statement_timeout", milliseconds(statement))
	q.Set("lock_timeout", milliseconds(min(statement, 3*time.Second)))
	q.Set("idle_in_transaction_session_timeout", milliseconds(statement+5*time.Second))
	if q.Get("connect_timeout") == "" {
		q.Set("connect_timeout", "3")
	}
	u.RawQuery = q.Encode()
	connector, err := pq.NewConnector(u.String())
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	connector.Dialer(dialer{statement + replySlack})
	return connector, nil
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// Close closes all pools.
func (s *Store) Close() {
	for _, db := range []*sqlx.DB{s.app, s.reports, s.intake, s.county, s.operator} {
		_ = db.Close() // nothing to be done about a connection that is closed badly
	}
}

// Ready returns nil if the database answers and has the schema that this program was built for, or a later
// one.
func (s *Store) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.wait)
	defer cancel()
	var has bool
	if err := s.app.GetContext(ctx, &has, `SELECT to_regclass('version_sheets') IS NOT NULL`); err != nil {
		return classify(err)
	}
	if !has {
		return fmt.Errorf("the schema is missing: run ocenaurzedu migrate")
	}
	return nil
}

// Secret returns the key that all replicas share for idempotency hashes and request tokens.
func (s *Store) Secret(ctx context.Context) ([]byte, error) {
	var secret []byte
	err := inTx(ctx, s.app, s.wait, func(tx *sqlx.Tx) error {
		return tx.GetContext(ctx, &secret, `SELECT value FROM secrets WHERE name = 'hmac'`)
	})
	return secret, err
}

// Pools returns how many connections each role has in use, for the metrics.
func (s *Store) Pools() map[string]int {
	return map[string]int{
		"app": s.app.Stats().InUse, "reports": s.reports.Stats().InUse, "intake": s.intake.Stats().InUse,
		"county": s.county.Stats().InUse, "operator": s.operator.Stats().InUse,
	}
}

package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/survey"
)

// Codes that the schema raises (migrations 00004 and 00005).
const (
	codeReportRequired = "OC001"
	codeClosed         = "OC002"
	codeUnique         = "23505"
	codeForeignKey     = "23503"
	codeLockTimeout    = "55P03"
	codeDeadlock       = "40P01"
	codeCanceled       = "57014" // a statement that took too long
	codeBadBytes       = "22021" // a text with NUL, or that is no UTF-8
	codeBadEscape      = "22P05" // the same in JSON
)

// ErrBusy reports that a transaction was rolled back as it waited too long for what another one holds, while the database
// is well. It comes with survey.ErrUnavailable.
var ErrBusy = errors.New("held by another transaction")

func newDB(c driver.Connector) *sql.DB { return sql.OpenDB(c) }

// inTx runs f in a transaction. Every statement of the service runs in one: outside of a transaction
// database/sql may run a statement a second time when the connection drops after the first.
func inTx(ctx context.Context, db *sqlx.DB, wait time.Duration, f func(*sqlx.Tx) error) error {
	return inTxWith(ctx, db, wait, nil, f)
}

// inTxWith is inTx with options; nil: read committed, read and write.
func inTxWith(ctx context.Context, db *sqlx.DB, wait time.Duration, options *sql.TxOptions, f func(*sqlx.Tx) error) error {
	conn, tx, err := begin(ctx, db, wait, options)
	if err != nil {
		return classify(err)
	}
	defer func() { _ = conn.Close() }() // gives it back to the pool
	// After a commit this does nothing. After an error or a panic of f it must come before conn.Close, or the
	// next user of the connection would find itself in this transaction, with this tenant.
	defer func() { _ = tx.Rollback() }()
	if err := f(tx); err != nil {
		return classify(err)
	}
	return classify(tx.Commit())
}

// begin starts a transaction on a connection of the pool. Only the wait for a connection has the short
// deadline. A connection that died while it was idle shows so here, where nothing has been done yet: it leaves
// the pool and the next one is tried, so that a restart of Postgres costs no request once it is back.
func begin(ctx context.Context, db *sqlx.DB, wait time.Duration, options *sql.TxOptions) (*sqlx.Conn, *sqlx.Tx, error) {
	limited, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for dead := 0; ; dead++ {
		conn, err := db.Connx(limited)
		if err != nil {
			return nil, nil, err
		}
		tx, err := conn.BeginTxx(ctx, options)
		if err == nil {
			return conn, tx, nil
		}
		_ = conn.Close()
		if dead == db.Stats().MaxOpenConnections || limited.Err() != nil || !errors.Is(classify(err), survey.ErrUnavailable) {
			return nil, nil, err
		}
	}
}

// classify turns what Postgres and the network say into the errors that callers act on.
func classify(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%w", survey.ErrNotFound)
	}
	var pqErr *pq.Error
	if errors.As(err, &pqErr) {
		switch {
		case pqErr.Code == codeReportRequired:
			return survey.ErrReportRequired
		case pqErr.Code == codeClosed:
			return survey.ErrClosed
		case pqErr.Code == codeUnique:
			return fmt.Errorf("%w (%s)", survey.ErrTaken, pqErr.Constraint)
		case pqErr.Code == codeForeignKey: // the tenant has no record of that id, whoever else may have one
			return fmt.Errorf("%w (%s)", survey.ErrNotFound, pqErr.Constraint)
		case pqErr.Code == codeBadBytes || pqErr.Code == codeBadEscape:
			return survey.ErrUnreadable // without the words of Postgres, which quote it
		case pqErr.Code == codeLockTimeout || pqErr.Code == codeCanceled:
			return fmt.Errorf("%w: %w: %w", survey.ErrUnavailable, ErrBusy, err)
		case away(string(pqErr.Code)):
			return fmt.Errorf("%w: %w", survey.ErrUnavailable, err)
		}
		return err
	}
	var netErr net.Error
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, context.DeadlineExceeded) || errors.As(err, &netErr) || strings.Contains(err.Error(), "connection") {
		return fmt.Errorf("%w: %w", survey.ErrUnavailable, err)
	}
	return err
}

// away reports whether an SQLSTATE says that the server can't serve now: connection exceptions (08),
// resources (53), operator intervention and start-up (57P), a lock or statement that took too long.
func away(code string) bool {
	return strings.HasPrefix(code, "08") || strings.HasPrefix(code, "53") || strings.HasPrefix(code, "57P") ||
		code == "40001" || code == codeDeadlock || code == "25006" || code == "25P03"
}

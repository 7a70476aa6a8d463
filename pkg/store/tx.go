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
)

func newDB(c driver.Connector) *sql.DB { return sql.OpenDB(c) }

// inTx runs f in a transaction. Every statement of the service runs in one: outside of a transaction
// database/sql may run a statement a second time when the connection drops after the first.
func inTx(ctx context.Context, db *sqlx.DB, wait time.Duration, f func(*sqlx.Tx) error) error {
	return inTxWith(ctx, db, wait, nil, f)
}

// inTxWith is inTx with options; nil: read committed, read and write.
func inTxWith(ctx context.Context, db *sqlx.DB, wait time.Duration, options *sql.TxOptions, f func(*sqlx.Tx) error) error {
	begin, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	conn, err := db.Connx(begin) // only the wait for a connection has the short deadline
	if err != nil {
		return classify(err)
	}
	defer func() { _ = conn.Close() }() // gives it back to the pool
	tx, err := conn.BeginTxx(ctx, options)
	if err != nil {
		return classify(err)
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback() // the first error is the one to tell
		return classify(err)
	}
	return classify(tx.Commit())
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
		code == "55P03" || code == "57014" || code == "40001" || code == "40P01" || code == "25006" || code == "25P03"
}

package store

import (
	"context"
	"database/sql/driver"
)

// preparingConnector makes connections that prepare each statement with arguments once and keep it. Without it the
// driver sends every statement twice, to be parsed and to be run, and Postgres plans it anew; for a group commit that
// is most of the wait. Only for pools whose statements are few and constant: none is ever forgotten.
type preparingConnector struct{ driver.Connector }

// Connect makes a connection.
func (c preparingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &preparingConn{conn.(pqConn), map[string]driver.Stmt{}}, nil
}

// pqConn is what lib/pq's connections can do and database/sql makes use of.
type pqConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// preparingConn is used by one goroutine at a time, as database/sql promises.
type preparingConn struct {
	pqConn
	statements map[string]driver.Stmt
}

// prepared returns the connection's statement for a query.
func (c *preparingConn) prepared(ctx context.Context, query string) (driver.Stmt, error) {
	if statement := c.statements[query]; statement != nil {
		return statement, nil
	}
	statement, err := c.PrepareContext(ctx, query)
	if err == nil {
		c.statements[query] = statement
	}
	return statement, err
}

// ExecContext runs a statement; one without arguments goes in one message as it is.
func (c *preparingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 {
		return c.pqConn.ExecContext(ctx, query, args)
	}
	statement, err := c.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.(driver.StmtExecContext).ExecContext(ctx, args)
}

// QueryContext runs a query.
func (c *preparingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if len(args) == 0 {
		return c.pqConn.QueryContext(ctx, query, args)
	}
	statement, err := c.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.(driver.StmtQueryContext).QueryContext(ctx, args)
}

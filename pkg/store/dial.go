package store

import (
	"context"
	"net"
	"time"
)

// replySlack is how much longer than the longest statement an answer of Postgres may take. Postgres ends a statement
// that takes too long, and says so, so whoever hears nothing for that long never will: a host that lost its power, a
// network that swallows packets, a server that hangs. Without a bound the one committer would wait for ever, as lib/pq
// breaks no reading off when a context ends.
const replySlack = 2 * time.Second

// dialer opens connections on which nobody waits longer than reply for bytes to come.
type dialer struct{ reply time.Duration }

// Dial is what lib/pq asks for besides the two others.
func (d dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialTimeout bounds the dialing alone.
func (d dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// DialContext is what lib/pq calls.
func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	var plain net.Dialer
	conn, err := plain.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &patientConn{Conn: conn, reply: d.reply}, nil
}

// patientConn is a connection to Postgres. lib/pq reads only while it waits for an answer.
type patientConn struct {
	net.Conn
	reply time.Duration
	until time.Time // set by lib/pq while it connects; zero: none
}

// SetDeadline sets the bound for connecting.
func (c *patientConn) SetDeadline(t time.Time) error {
	c.until = t
	return c.Conn.SetDeadline(t)
}

// Read waits for no longer than the earlier of the two bounds.
func (c *patientConn) Read(b []byte) (int, error) {
	until := time.Now().Add(c.reply)
	if !c.until.IsZero() && c.until.Before(until) {
		until = c.until
	}
	if err := c.SetReadDeadline(until); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

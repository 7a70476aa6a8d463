// Package embedded runs a private Postgres and Redis for the demo and the tests: on loopback, as an unprivileged
// user, and never longer than the process that started them. It works on Linux.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// ErrInUse reports that another process keeps the data directory. Its server is left alone.
var ErrInUse = errors.New("in use by another process")

// owner is the cluster's superuser.
const owner = "postgres"

// PostgresOptions say where and how a cluster runs.
type PostgresOptions struct {
	Dir      string            // keeps the cluster from one start to the next; made if missing
	Fresh    bool              // begin with an empty cluster, deleting the one that is there
	Port     int               // on 127.0.0.1; 0 takes a free one, which Restart keeps
	Settings map[string]string // of postgresql.conf, such as fsync=off; not the addresses and the port
	Log      io.Writer         // gets the server's messages; nil drops them
}

// Postgres is a running cluster of its own. Whoever can reach the loopback of this machine is let in without a
// password, so that it suits sample data and tests, nothing else. Its methods may be called concurrently.
type Postgres struct {
	options  PostgresOptions
	cluster  *cluster
	binaries binaries

	mu      sync.Mutex
	port    int
	process *process // nil while stopped
}

// StartPostgres starts the cluster in o.Dir, making it if there is none, and returns once it accepts connections.
// What a run before left behind after a kill -9 (lock files, even its server) is cleared away; while such a run is alive,
// the error is ErrInUse.
func StartPostgres(ctx context.Context, o PostgresOptions) (*Postgres, error) {
	c, err := openCluster(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("embedded postgres: %w", err)
	}
	p := &Postgres{options: o, cluster: c, port: o.Port}
	if err := p.start(ctx); err != nil {
		return nil, fmt.Errorf("embedded postgres: %w", err)
	}
	return p, nil
}

// URL returns the connection string of a user for a database, both of which must exist.
func (p *Postgres) URL(user, database string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := url.URL{
		Scheme: "postgres", User: url.User(user), Path: "/" + database, RawQuery: "sslmode=disable",
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)),
	}
	return u.String()
}

// OwnerURL returns the superuser's connection string. The database "postgres" always exists.
func (p *Postgres) OwnerURL(database string) string {
	return p.URL(owner, database)
}

// Pid returns the process number of the running server, 0 while it is stopped: tests pause and kill it.
func (p *Postgres) Pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.process == nil {
		return 0
	}
	return p.process.cmd.Process.Pid
}

// Stop ends the server in order: open transactions are rolled back, everything committed is on disk, and when it
// returns no process is left. Stopping what is stopped does nothing.
func (p *Postgres) Stop() error {
	return p.stop(syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL)
}

// StopImmediate ends the server as a crash would: nothing is written any more, and the next start recovers.
func (p *Postgres) StopImmediate() error {
	return p.stop(syscall.SIGQUIT, syscall.SIGKILL)
}

// Restart starts the server again on the same port, stopping it in order before if it runs.
func (p *Postgres) Restart(ctx context.Context) error {
	if err := p.Stop(); err != nil {
		return err
	}
	if err := p.start(ctx); err != nil {
		return fmt.Errorf("embedded postgres: %w", err)
	}
	return nil
}

// start locks the cluster, makes it ready and launches the server.
func (p *Postgres) start(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.process != nil {
		return errors.New("already started")
	}
	if err := p.cluster.lock(); err != nil {
		return err
	}
	port := 0
	err := p.prepare(ctx)
	if err == nil {
		port, err = launchOn(ctx, p.port, p.launch)
	}
	if err != nil {
		p.cluster.unlock()
		return err
	}
	p.port = port
	return nil
}

// prepare leaves a cluster that no server runs on, and the binaries for it. Only the first start may empty it.
func (p *Postgres) prepare(ctx context.Context) error {
	if err := p.cluster.evict(); err != nil {
		return err
	}
	if p.options.Fresh {
		if err := p.cluster.remove(); err != nil {
			return err
		}
		p.options.Fresh = false
	}
	major, err := p.cluster.major()
	if err != nil {
		return err
	}
	if p.binaries, err = findBinaries(ctx, major); err != nil {
		return err
	}
	if major == "" {
		return p.cluster.create(ctx, p.binaries, p.options.Settings["fsync"] != "off")
	}
	return p.cluster.as.own(p.cluster.data())
}

func (p *Postgres) launch(ctx context.Context, port int) error {
	args := []string{"-D", p.cluster.data()}
	for _, name := range slices.Sorted(maps.Keys(p.options.Settings)) {
		args = append(args, "-c", name+"="+p.options.Settings[name])
	}
	// Ours come last and win. The messages are in English because launchOn reads them.
	args = append(args, "-c", "listen_addresses=127.0.0.1", "-c", "port="+strconv.Itoa(port),
		"-c", "unix_socket_directories=", "-c", "logging_collector=off", "-c", "log_destination=stderr", "-c", "lc_messages=C")

	server, err := startProcess(exec.Command(filepath.Join(p.binaries.dir, "postgres"), args...), p.cluster.as, syscall.SIGINT, p.options.Log)
	if err != nil {
		return err
	}
	err = server.await(ctx, func() bool {
		lock, err := readLockFile(p.cluster.data())
		return err == nil && lock.pid == server.cmd.Process.Pid && lock.status == "ready"
	})
	if err != nil {
		return errors.Join(err, server.end(patience, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL))
	}
	p.process = server
	return nil
}

// patience is how long a server may take to follow a signal before it gets the next, harder one.
const patience = 20 * time.Second

func (p *Postgres) stop(signals ...syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.process == nil {
		return nil
	}
	if err := p.process.end(patience, signals...); err != nil {
		return fmt.Errorf("embedded postgres: %w", err)
	}
	p.process = nil
	p.cluster.unlock()
	return nil
}

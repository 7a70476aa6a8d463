package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"strconv"
	"syscall"
	"text/tabwriter"

	"ocenaurzedu.eu/migrations"
	"ocenaurzedu.eu/pkg/config"
	"ocenaurzedu.eu/pkg/embedded"
	"ocenaurzedu.eu/pkg/store"
)

// The demo's database and the login that its service has there.
const (
	demoDatabase = "ocenaurzedu"
	demoLogin    = "ocena_service"
)

// demoCommands run the demo, or tell its one-time codes.
type demoCommands struct {
	Run   demoRunCommand   `cmd:"" default:"withargs" help:"Start the demo; Ctrl-C ends it."`
	Codes demoCodesCommand `cmd:"" help:"Print the table of log-ins again, with current one-time codes."`
}

// demoRunCommand starts everything.
type demoRunCommand struct {
	Fresh   bool   `help:"Begin with an empty database, deleting what the demo kept."`
	Port    int    `default:"8080" help:"Port of the demo; another one is taken if it is in use."`
	Dir     string `help:"Directory that keeps the demo's data; by default one of the user's."`
	Answers bool   `default:"true" negatable:"" help:"Seed two and three years of sample answers."`
	JSON    bool   `name:"json" help:"Print the table as one line of JSON."`
}

// Run starts Postgres, Redis and the service, fills what is empty, prints who can log in, and serves until
// Ctrl-C.
func (c *demoRunCommand) Run(p *program) (err error) {
	dir, err := demoDir(c.Dir)
	if err != nil {
		return err
	}
	listener, err := c.listen(p.err)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }() // closed already where the service ran
	pg, err := embedded.StartPostgres(p.ctx, embedded.PostgresOptions{Dir: dir, Fresh: c.Fresh})
	if errors.Is(err, embedded.ErrInUse) {
		return fmt.Errorf("a demo is running on %s: end it, or choose another --dir and --port", dir)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pg.Stop()) }()
	redis, err := embedded.StartRedis()
	if err != nil {
		return err
	}
	defer redis.Stop()
	cfg, err := demoSettings(p, listener, pg, redis)
	if err != nil {
		return err
	}
	if err := prepareDatabase(p.ctx, pg); err != nil {
		return err
	}
	state, err := seedDemo(p, cfg, demoOptions{dir, c.Answers, c.Fresh})
	if err != nil {
		return err
	}
	s, err := newService(p.ctx, cfg, p.err)
	if err != nil {
		return err
	}
	if c.Answers {
		if err := errors.Join(s.addDemoHistory(p.ctx, p), s.archiveDemoReports(p.ctx), s.publishDemoResults(p.ctx), s.addDemoActions(p.ctx), s.addDemoDesk(p.ctx)); err != nil {
			return errors.Join(err, s.close())
		}
	}
	if err := c.print(p, state); err != nil {
		return errors.Join(err, s.close())
	}
	return s.run(p.ctx, listener)
}

// demoDir returns the directory that keeps the demo.
func demoDir(dir string) (string, error) {
	if dir != "" {
		return dir, nil
	}
	return embedded.DataDir()
}

// listen takes the port that is asked for, or a free one.
func (c *demoRunCommand) listen(messages io.Writer) (net.Listener, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(c.Port)))
	if errors.Is(err, syscall.EADDRINUSE) {
		if listener, err = net.Listen("tcp", "127.0.0.1:0"); err == nil {
			_, _ = fmt.Fprintf(messages, "Port %d is in use; the demo takes %d.\n", c.Port, listener.Addr().(*net.TCPAddr).Port)
		}
	}
	return listener, err
}

// demoSettings are the environment's, but for what the demo brings along.
func demoSettings(p *program, listener net.Listener, pg *embedded.Postgres, redis *embedded.Redis) (*config.Config, error) {
	environ := map[string]string{"ADMIN_ADDR": "127.0.0.1:0", "LOG_LEVEL": "WARN"}
	maps.Copy(environ, p.environ)
	maps.Copy(environ, map[string]string{
		"APP_ENV": string(config.Demo), "BASE_DOMAIN": "localhost", "LISTEN_ADDR": listener.Addr().String(), "DATABASE_URL": pg.URL(demoLogin, demoDatabase),
		"REDIS_URL": redis.URL(), "PUBLIC_SCHEME": "", "PUBLIC_PORT": "", "DRAIN_DELAY": "0s",
	})
	return config.Load(environ)
}

// prepareDatabase makes the database and brings its schema up to date, as an operator does with migrate.
func prepareDatabase(ctx context.Context, pg *embedded.Postgres) error {
	owner, err := sql.Open("postgres", pg.OwnerURL("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = owner.Close() }()
	var exists bool
	if err := owner.QueryRowContext(ctx, `SELECT count(*) > 0 FROM pg_database WHERE datname = $1`, demoDatabase).Scan(&exists); err != nil {
		return err
	}
	if !exists {
		if _, err := owner.ExecContext(ctx, `CREATE DATABASE `+demoDatabase); err != nil {
			return err
		}
	}
	_, err = store.Migrate(ctx, pg.OwnerURL(demoDatabase), pg.URL(demoLogin, demoDatabase), migrations.Files)
	return err
}

// print prints the table of log-ins.
func (c *demoRunCommand) print(p *program, state *demoState) error {
	logins, err := state.logins()
	if err != nil {
		return err
	}
	if c.JSON {
		return p.printLine(logins)
	}
	if err := printLogins(p, logins); err != nil {
		return err
	}
	p.printf("\nThese are sample data: no office said any of it, and the people do not exist.\n"+
		"Residents answer at the office's address itself, such as %s/\n"+
		"A one-time code lives 30 seconds and counts once; new ones: ocenaurzedu demo codes\n"+
		"Ctrl-C ends the demo; its data are kept for the next start (--fresh empties it).\n", logins[0].Address)
	return nil
}

// demoCodesCommand prints the table again.
type demoCodesCommand struct {
	Dir  string `help:"Directory that keeps the demo's data."`
	JSON bool   `name:"json" help:"Print the table as one line of JSON."`
}

// Run reads the demo's directory; it needs neither the database nor a running demo.
func (c *demoCodesCommand) Run(p *program) error {
	dir, err := demoDir(c.Dir)
	if err != nil {
		return err
	}
	state, err := readDemoState(dir)
	if err != nil {
		return err
	}
	if len(state.Accounts) == 0 {
		return fmt.Errorf("no demo has been started in %s", dir)
	}
	logins, err := state.logins()
	if err != nil {
		return err
	}
	if c.JSON {
		return p.printLine(logins)
	}
	return printLogins(p, logins)
}

func printLogins(p *program, logins []demoAccount) error {
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "ADDRESS\tROLE\tLOGIN\tPASSWORD\tCODE")
	for _, l := range logins {
		_, _ = fmt.Fprintf(table, "%s/panel\t%s\t%s\t%s\t%s\n", l.Address, l.Role, l.Login, l.Password, l.Code)
	}
	return table.Flush()
}

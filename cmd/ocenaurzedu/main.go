// Command ocenaurzedu is the service and all that its operator does: one binary, one file a command.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // the offices' time zone, on machines without a database of zones

	"github.com/alecthomas/kong"

	"ocenaurzedu.eu/pkg/config"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/pkg/web"
)

// Exit codes.
const (
	exitRefused = 1 // refused or failed; one line on standard error says why
	exitUsage   = 2 // the command line makes no sense
)

// commands is the command line.
type commands struct {
	Serve   serveCommand      `cmd:"" help:"Run the service on DATABASE_URL and REDIS_URL."`
	Demo    demoCommands      `cmd:"" help:"Run everything with sample data; needs nothing but PostgreSQL's binaries."`
	Migrate migrateCommand    `cmd:"" help:"Bring the database's schema up to date."`
	Tenant  tenantCommands    `cmd:"" help:"Add, list and sync offices."`
	User    userCommands      `cmd:"" help:"Invite people to an office, or let them set up their log-in anew."`
	County  countyCommands    `cmd:"" help:"Add counties."`
	Report  reportCommands    `cmd:"" help:"Make an office's report in all formats, or verify the archive."`
	Sheet   sheetCommand      `cmd:"" help:"Print sheets of a questionnaire in a file, and tell where everything stands on them; needs no database."`
	Omr     omrCommand        `cmd:"" help:"Read sheets off scans and photos: a line of JSON a page; needs no database."`
	Worker  scanWorkerCommand `cmd:"" name:"scan-worker" hidden:"" help:"Read files for another process of this program."`
	Verify  verifyCommand     `cmd:"" help:"Count all answers again and compare; fails with the differences."`
	Comply  complianceCommand `cmd:"" name:"compliance" help:"List which offices are late with the yearly report (§ 4 of the order): dates and counts only."`
	Scan    scanCommand       `cmd:"" help:"Put scans into the queue of an office's stack, as the panel does."`
	Routes  routesCommand     `cmd:"" help:"List all addresses of the service."`
	Config  configCommand     `cmd:"" help:"List all settings, or check those of the environment."`
}

// program is what a command runs with.
type program struct {
	ctx      context.Context // ends with Ctrl-C and SIGTERM
	environ  map[string]string
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	os.Exit(run(&program{ctx, config.Environ(os.Environ()), os.Stdout, os.Stderr}, os.Args[1:]))
}

// run runs one command line and returns the exit code.
func run(p *program, args []string) int {
	parser, err := kong.New(&commands{}, kong.Name("ocenaurzedu"), kong.Writers(p.out, p.err),
		kong.Description("Oceń Urząd: how public offices serve residents. Settings come from the environment: ocenaurzedu config lists them."))
	if err != nil {
		panic(err) // a mistake in the struct above
	}
	command, err := parser.Parse(args)
	if err != nil {
		_, _ = fmt.Fprintf(p.err, "ocenaurzedu: %v; try --help\n", err)
		return exitUsage
	}
	if err := command.Run(p); err != nil {
		_, _ = fmt.Fprintf(p.err, "ocenaurzedu %s: %s\n", command.Command(), oneLine(explain(err)))
		return exitRefused
	}
	return 0
}

// explain adds what to do about a failure.
func explain(err error) string {
	if errors.Is(err, survey.ErrUnavailable) {
		return "the database can't be reached: " + err.Error()
	}
	return err.Error()
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// settings reads the environment; names are the settings that the command can't do without.
func (p *program) settings(required ...string) (*config.Config, error) {
	return config.Load(p.environ, required...)
}

// printJSON writes a value as indented JSON.
func (p *program) printJSON(v any) error {
	encoder := json.NewEncoder(p.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// printLine writes a value as one line of JSON, for whoever reads a running command line by line.
func (p *program) printLine(v any) error { return json.NewEncoder(p.out).Encode(v) }

func (p *program) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(p.out, format, args...) // a reader that went away is no failure of what was done
}

// console is what an operator's command works with: the database, the clock, and where offices are reached.
type console struct {
	ctx   context.Context
	store *store.Store
	site  web.Site
	now   func() time.Time
}

// console opens the database of DATABASE_URL, which must answer and have the schema. The caller closes it.
func (p *program) console() (*console, context.CancelFunc, error) {
	cfg, err := p.settings("DATABASE_URL", "BASE_DOMAIN")
	if err != nil {
		return nil, nil, err
	}
	s, err := store.Open(store.Options{URL: string(cfg.DatabaseURL)})
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	done := func() { cancel(); s.Close() }
	if err := s.Ready(ctx); err != nil {
		done()
		return nil, nil, err
	}
	return &console{ctx, s, siteOf(cfg), cfg.Clock()}, done, nil
}

func siteOf(cfg *config.Config) web.Site {
	scheme, port := cfg.Public()
	_, listenPort, _ := net.SplitHostPort(string(cfg.ListenAddr)) // "" where it has none
	return web.Site{BaseDomain: string(cfg.BaseDomain), Scheme: scheme, Port: port, ListenPort: listenPort}
}

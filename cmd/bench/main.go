// Command bench measures the service against what the machine can do: the same rows inserted by pgbench, the same
// bytes served by a bare Fiber. Client and service are processes of their own; what is compared is measured in
// turns within one run, so that a busy machine slows both. ops/bench builds and starts it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // the offices' time zone, on machines without a database of zones

	"github.com/alecthomas/kong"
)

// commands is the command line.
type commands struct {
	Service string        `required:"" type:"existingfile" help:"The built ocenaurzedu."`
	Tenants int           `default:"2500" help:"How many offices there are."`
	Slice   time.Duration `default:"5s" help:"How long one measurement takes."`
	Rounds  int           `default:"3" help:"How many measurements of each kind there are."`
	Profile string        `help:"Where to write a CPU profile of the service (submit, form)."`

	Submit   submitCommand   `cmd:"" help:"Submissions per second, beside pgbench."`
	Form     formCommand     `cmd:"" help:"Cached forms per second, beside a bare Fiber that serves the same bytes."`
	Limits   limitsCommand   `cmd:"" help:"Checks of limits per second, beside bare increments in Redis; submissions while Redis hangs."`
	Memory   memoryCommand   `cmd:"" help:"Resident memory, and the time from start to the first answer."`
	Report   reportCommand   `cmd:"" help:"The data of a report over a million submissions, beside a thousand."`
	Crosstab crosstabCommand `cmd:"" help:"A cross-tab over a million submissions, beside SQL over jsonb."`
	Export   exportCommand   `cmd:"" help:"Submissions to XLSX and CSV as staff take them out, beside a bare StreamWriter."`
	Bare     bareCommand     `cmd:"" hidden:"" help:"Write rows with a bare StreamWriter; export starts it."`
	PDF      pdfCommand      `cmd:"" name:"pdf" help:"A report as PDF, beside the same pages with core fonts, and without tags."`
	OMR      omrCommand      `cmd:"" name:"omr" help:"Filled sheets in all the ways they come back: how many are read, flagged and wrong, against every bar."`
	Static   staticCommand   `cmd:"" hidden:"" help:"Serve bytes over Fiber; form starts it."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c commands
	parsed := kong.Parse(&c, kong.Name("bench"))
	if err := parsed.Run(&bench{ctx: ctx, commands: &c}); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is what a command runs with.
type bench struct {
	*commands
	ctx context.Context // ends with Ctrl-C
}

// row is a line of the table of goals: a ratio, or a figure with its unit.
type row struct {
	what        string
	got         float64
	floor, goal float64
	most        bool // floor and goal are the most that it may be, not the least
	unit        string
}

// print writes lines as a table in Markdown, as README has it.
func printTable(rows []row) {
	fmt.Println("\n| what | floor | goal | measured | |\n|---|---|---|---|---|")
	for _, r := range rows {
		reached := func(bound float64) bool { return r.got >= bound && !r.most || r.got <= bound && r.most }
		verdict := "below the floor"
		switch {
		case reached(r.goal):
			verdict = "goal"
		case reached(r.floor):
			verdict = "floor"
		}
		fmt.Printf("| %s | %g%s | %g%s | %.3g%s | %s |\n", r.what, r.floor, r.unit, r.goal, r.unit, r.got, r.unit, verdict)
	}
}

package main

import (
	"fmt"
	"text/tabwriter"

	"ocenaurzedu.eu/pkg/config"
)

// configCommand lists the settings.
type configCommand struct {
	JSON  bool `name:"json" help:"Print JSON."`
	Check bool `help:"Check the settings of the environment as serve does, and list nothing."`
}

// Run prints name, default and meaning of every setting; never a value, which may be a password.
func (c *configCommand) Run(p *program) error {
	if c.Check {
		_, err := serveSettings(p)
		return err
	}
	if c.JSON {
		return p.printJSON(config.Settings())
	}
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "NAME\tDEFAULT\tMEANING")
	for _, s := range config.Settings() {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", s.Name, s.Default, s.Meaning)
	}
	return table.Flush()
}

package main

import (
	"context"
	"fmt"
	"log/slog"
	"text/tabwriter"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/web"
)

// routesCommand lists the addresses.
type routesCommand struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints method, path, audience and whether the route changes state. It needs no database.
func (c *routesCommand) Run(p *program) error {
	routes, err := allRoutes(p.ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return p.printJSON(routes)
	}
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "METHOD\tPATH\tAUDIENCE\tCHANGES")
	for _, r := range routes {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%t\n", r.Method, r.Path, r.Audience, r.Changes)
	}
	return table.Flush()
}

// allRoutes asks a server that is never started. Its store never connects: the context of its one look at the
// database has ended before.
func allRoutes(ctx context.Context) ([]web.Route, error) {
	s, err := store.Open(store.Options{URL: "postgres://nobody@127.0.0.1:1/nothing"})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	ended, cancel := context.WithCancel(ctx)
	cancel()
	server, err := web.New(ended, web.Options{Store: s, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	routes := []web.Route{{Method: "GET", Path: "/healthz", Audience: web.Anyone}, {Method: "GET", Path: "/readyz", Audience: web.Anyone},
		{Method: "GET", Path: "/metrics", Audience: "operator"}} // on ADMIN_ADDR, which only this machine reaches
	return append(server.Routes(), routes...), nil
}

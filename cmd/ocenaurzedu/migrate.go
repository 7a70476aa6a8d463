package main

import (
	"context"
	"time"

	"ocenaurzedu.eu/migrations"
	"ocenaurzedu.eu/pkg/store"
)

// migrateCommand brings the schema up to date.
type migrateCommand struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// migratedResult is what migrate tells.
type migratedResult struct {
	Version int64 `json:"version"` // number of the last migration
}

// Run migrates with the owner's login. If DATABASE_URL is set, its login may take on the schema's roles
// afterwards, and is made if it does not exist.
func (c *migrateCommand) Run(p *program) error {
	cfg, err := p.settings("DATABASE_OWNER_URL")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(p.ctx, 10*time.Minute)
	defer cancel()
	version, err := store.Migrate(ctx, string(cfg.OwnerURL), string(cfg.DatabaseURL), migrations.Files)
	if err != nil {
		return err
	}
	if c.JSON {
		return p.printJSON(migratedResult{version})
	}
	p.printf("The schema is at version %d.\n", version)
	return nil
}

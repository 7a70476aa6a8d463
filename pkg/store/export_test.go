package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
)

// AppPool gives tests the connections that serve tenants.
func AppPool(s *Store) *sqlx.DB { return s.app }

// WatchDirectoryAt is WatchDirectory with another floor.
func (s *Store) WatchDirectoryAt(ctx context.Context, floor time.Duration, changed func()) error {
	return s.watchDirectory(ctx, floor, changed)
}

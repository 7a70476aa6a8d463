package store

import "github.com/jmoiron/sqlx"

// AppPool gives tests the connections that serve tenants.
func AppPool(s *Store) *sqlx.DB { return s.app }

// Package migrations holds the schema. Migrations expand first and contract in a later release, so that the
// previous binary keeps working on the new schema.
package migrations

import "embed"

// Files are the migrations, in goose's format.
//
//go:embed *.sql
var Files embed.FS

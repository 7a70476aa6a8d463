package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/jmoiron/sqlx"
)

// firstFormat is the format of versions.sheet, of which each version has a layout.
const firstFormat = "A"

// Sheets are the layouts of a version's printed sheet (sheet.Layout in JSON) by format.
type Sheets map[string]json.RawMessage

func insertLayouts(ctx context.Context, tx *sqlx.Tx, tenant, version int64, sheets Sheets) error {
	for _, format := range slices.Sorted(maps.Keys(sheets)) {
		if format == firstFormat {
			continue
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO version_sheets (tenant_id, version_id, format, layout)
			VALUES ($1, $2, $3, $4)`, tenant, version, format, []byte(sheets[format]))
		if err != nil {
			return err
		}
	}
	return nil
}

// SheetLayout returns where everything stands on a version's printed sheet (sheet.Layout in JSON) as it was frozen in a
// format, or survey.ErrNotFound if none was.
func (s *Scope) SheetLayout(ctx context.Context, version int64, format string) (json.RawMessage, error) {
	var layout []byte
	err := s.get(ctx, &layout, `
		SELECT sheet
		FROM versions
		WHERE tenant_id = $1 AND id = $2 AND $3 = $4
		UNION ALL
		SELECT layout
		FROM version_sheets
		WHERE tenant_id = $1 AND version_id = $2 AND format = $3`, s.tenant, version, format, firstFormat)
	if err != nil {
		return nil, fmt.Errorf("sheet of version %d, format %s: %w", version, format, err)
	}
	return layout, nil
}

// FreezeSheet keeps the layout of a version that was published without one in that format, and returns what is kept: if
// others were first, theirs. Nothing may be printed from a layout that is not kept. survey.ErrNotFound: no such version.
func (s *Scope) FreezeSheet(ctx context.Context, version int64, format string, layout json.RawMessage) (json.RawMessage, error) {
	var kept []byte
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO version_sheets (tenant_id, version_id, format, layout)
			SELECT tenant_id, id, $3, $4
			FROM versions
			WHERE tenant_id = $1 AND id = $2
			ON CONFLICT DO NOTHING`, s.tenant, version, format, []byte(layout))
		if err != nil {
			return err
		}
		return tx.GetContext(ctx, &kept, `
			SELECT layout
			FROM version_sheets
			WHERE tenant_id = $1 AND version_id = $2 AND format = $3`, s.tenant, version, format)
	})
	if err != nil {
		return nil, fmt.Errorf("freezing the sheet of version %d, format %s: %w", version, format, err)
	}
	return kept, nil
}

// SheetLayout is a layout that sheets of a version were or may be printed from.
type SheetLayout struct {
	VersionID int64 `db:"version_id"`
	Format    string
	Layout    json.RawMessage // sheet.Layout
}

// SheetLayouts returns all layouts of the tenant's sheets, by version and format.
func (s *Scope) SheetLayouts(ctx context.Context) ([]SheetLayout, error) {
	var all []SheetLayout
	err := s.list(ctx, &all, `
		SELECT id AS version_id, $2 AS format, sheet AS layout
		FROM versions
		WHERE tenant_id = $1
		UNION ALL
		SELECT version_id, format, layout
		FROM version_sheets
		WHERE tenant_id = $1
		ORDER BY version_id, format`, s.tenant, firstFormat)
	if err != nil {
		return nil, fmt.Errorf("layouts of sheets: %w", err)
	}
	return all, nil
}

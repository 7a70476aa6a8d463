package store

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/survey"
)

// Theme is a tag of the office's own on remarks.
type Theme struct {
	ID   int64
	Name string
	N    int // remarks that have it
}

// Themes returns the tenant's themes by name.
func (s *Scope) Themes(ctx context.Context) ([]Theme, error) {
	var themes []Theme
	err := s.list(ctx, &themes, `
		SELECT t.id, t.name, count(r.theme_id) AS n
		FROM themes t
		LEFT JOIN remark_themes r ON r.tenant_id = t.tenant_id AND r.theme_id = t.id
		WHERE t.tenant_id = $1
		GROUP BY t.id, t.name, t.folded
		ORDER BY t.folded, t.id`, s.tenant)
	if err != nil {
		return nil, fmt.Errorf("themes: %w", err)
	}
	return themes, nil
}

// CreateTheme adds a theme and returns its id. survey.ErrTaken: there is one of that name.
func (s *Scope) CreateTheme(ctx context.Context, name string, by Actor) (int64, error) {
	var id int64
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &id, `
			INSERT INTO themes (tenant_id, name, folded)
			VALUES ($1, $2, $3)
			RETURNING id`, s.tenant, name, survey.Fold(name))
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "theme.create", Subject: name})
	})
	if err != nil {
		return 0, fmt.Errorf("create theme: %w", err)
	}
	return id, nil
}

// RenameTheme gives a theme another name. survey.ErrTaken: another one has it.
func (s *Scope) RenameTheme(ctx context.Context, id int64, name string, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		old, err := s.themeName(ctx, tx, id)
		if err != nil {
			return err
		}
		err = one(ctx, tx, `
			UPDATE themes
			SET name = $3, folded = $4
			WHERE tenant_id = $1 AND id = $2`, s.tenant, id, name, survey.Fold(name))
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "theme.rename", Subject: old, Before: old, After: name})
	})
	if err != nil {
		return fmt.Errorf("rename theme %d: %w", id, err)
	}
	return nil
}

// MergeThemes puts all remarks of one theme into another and drops the first.
func (s *Scope) MergeThemes(ctx context.Context, from, into int64, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		old, err := s.themeName(ctx, tx, from)
		if err != nil {
			return err
		}
		kept, err := s.themeName(ctx, tx, into)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO remark_themes (tenant_id, submission_id, question, theme_id)
			SELECT tenant_id, submission_id, question, $3
			FROM remark_themes
			WHERE tenant_id = $1 AND theme_id = $2
			ON CONFLICT DO NOTHING`, s.tenant, from, into)
		if err != nil || from == into {
			return err
		}
		if err := one(ctx, tx, `DELETE FROM themes WHERE tenant_id = $1 AND id = $2`, s.tenant, from); err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "theme.merge", Subject: old, Before: old, After: kept})
	})
	if err != nil {
		return fmt.Errorf("merge theme %d into %d: %w", from, into, err)
	}
	return nil
}

// DeleteTheme drops a theme; the remarks that had it stay.
func (s *Scope) DeleteTheme(ctx context.Context, id int64, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		name, err := s.themeName(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := one(ctx, tx, `DELETE FROM themes WHERE tenant_id = $1 AND id = $2`, s.tenant, id); err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "theme.delete", Subject: name, Before: name})
	})
	if err != nil {
		return fmt.Errorf("delete theme %d: %w", id, err)
	}
	return nil
}

// themeName locks a theme and returns its name.
func (s *Scope) themeName(ctx context.Context, tx *sqlx.Tx, id int64) (name string, err error) {
	err = tx.GetContext(ctx, &name, `
		SELECT name
		FROM themes
		WHERE tenant_id = $1 AND id = $2
		FOR UPDATE`, s.tenant, id)
	return name, err
}

// TagRemarks puts a theme on remarks and returns how many did not have it. Ids of no remark of the tenant's are passed
// over; they must be UUIDs.
func (s *Scope) TagRemarks(ctx context.Context, ids []string, theme int64, by Actor) (int, error) {
	return s.changeTags(ctx, "theme.tag", ids, theme, by, `
		INSERT INTO remark_themes (tenant_id, submission_id, question, theme_id)
		SELECT tenant_id, submission_id, question, $3
		FROM remarks
		WHERE tenant_id = $1 AND id = ANY ($2::uuid[])
		ON CONFLICT DO NOTHING`)
}

// UntagRemarks takes a theme off remarks and returns how many had it.
func (s *Scope) UntagRemarks(ctx context.Context, ids []string, theme int64, by Actor) (int, error) {
	return s.changeTags(ctx, "theme.untag", ids, theme, by, `
		DELETE FROM remark_themes t
		USING remarks r
		WHERE t.tenant_id = $1 AND t.theme_id = $3
		  AND r.tenant_id = $1 AND r.submission_id = t.submission_id AND r.question = t.question AND r.id = ANY ($2::uuid[])`)
}

func (s *Scope) changeTags(ctx context.Context, action string, ids []string, theme int64, by Actor, statement string) (int, error) {
	changed := 0
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		name, err := s.themeName(ctx, tx, theme)
		if err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, statement, s.tenant, pq.StringArray(ids), theme)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if changed = int(n); err != nil || n == 0 {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: action, Subject: name + ": " + strconv.Itoa(changed)})
	})
	if err != nil {
		return 0, fmt.Errorf("%s %d: %w", action, theme, err)
	}
	return changed, nil
}

// TaggedRemark is a remark with the themes that it has, in the order of their ids.
type TaggedRemark struct {
	Remark
	Themes pq.Int64Array
}

// EachRemark hands over every remark of the filter, in whatever state, newest day first and in the order of random ids
// within it. All of one snapshot; they are not gathered, as an office may have very many.
func (s *Scope) EachRemark(ctx context.Context, f survey.Filter, each func(TaggedRemark)) error {
	err := s.txOn(ctx, s.store.reports, func(tx *sqlx.Tx) error {
		rows, err := tx.QueryxContext(ctx, `
			SELECT`+remarkColumns+`, COALESCE(t.themes, '{}') AS themes
			FROM remarks r
			JOIN submissions s ON s.tenant_id = r.tenant_id AND s.id = r.submission_id
			LEFT JOIN (
				SELECT submission_id, question, array_agg(theme_id ORDER BY theme_id) AS themes
				FROM remark_themes
				WHERE tenant_id = $1
				GROUP BY submission_id, question
			) t ON t.submission_id = r.submission_id AND t.question = r.question
			WHERE r.tenant_id = $1 AND s.day BETWEEN $2 AND $3
			  AND (cardinality($4::text[]) = 0 OR s.channel = ANY ($4))
			  AND (cardinality($5::bigint[]) = 0 OR COALESCE(s.service_point_id, 0) = ANY ($5))
			ORDER BY s.day DESC, r.id`, s.tenant, f.From, f.To, channelArray(f.Channels), pointArray(f.ServicePoints))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var r TaggedRemark
			if err := rows.StructScan(&r); err != nil {
				return err
			}
			each(r)
		}
		return rows.Err()
	})
	if err != nil {
		return fmt.Errorf("remarks: %w", err)
	}
	return nil
}

package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/survey"
)

// Publication is a public edition of an archived report. It never changes but for being withdrawn.
type Publication struct {
	ID          int64
	ReportID    int64           `db:"report_id"`
	Name        string          // <year>-<number>, in addresses
	PeriodTo    survey.Day      `db:"period_to"`
	Edition     json.RawMessage // report.Edition
	PublishedAt time.Time       `db:"published_at"`
	PublishedBy string          `db:"published_by"`
	WithdrawnAt sql.NullTime    `db:"withdrawn_at"`
}

// PublicFile is one file of a publication. Data is empty where the reader has it already.
type PublicFile struct {
	Name string
	Data []byte
	Hash []byte `db:"sha256"`
	Size int
}

const publicationColumns = ` p.id, p.report_id, p.name, p.period_to, p.edition, p.published_at, p.published_by, p.withdrawn_at`

// PublicOpen reports whether the office shows its public results.
func (s *Scope) PublicOpen(ctx context.Context) (bool, error) {
	var open bool
	err := s.get(ctx, &open, `
		SELECT EXISTS (SELECT FROM public_pages WHERE tenant_id = $1 AND open)`, s.tenant)
	if err != nil {
		return false, fmt.Errorf("public results: %w", err)
	}
	return open, nil
}

// ShowsResults reports whether there is anything that everybody may see.
func (s *Scope) ShowsResults(ctx context.Context) (bool, error) {
	var shows bool
	err := s.get(ctx, &shows, `
		SELECT EXISTS (
			SELECT
			FROM publications p
			JOIN public_pages o ON o.tenant_id = p.tenant_id AND o.open
			WHERE p.tenant_id = $1 AND p.withdrawn_at IS NULL)`, s.tenant)
	if err != nil {
		return false, fmt.Errorf("public results: %w", err)
	}
	return shows, nil
}

// tellReplicas has residents' pages drawn anew where the transaction changes whether they lead to results.
func tellReplicas(ctx context.Context, tx *sqlx.Tx) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_notify('directory', '')`)
	return err
}

// OpenPublic lets everybody see what is published, or nobody.
func (s *Scope) OpenPublic(ctx context.Context, open bool, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO public_pages (tenant_id, open)
			VALUES ($1, $2)
			ON CONFLICT (tenant_id) DO UPDATE SET open = $2`, s.tenant, open)
		if err != nil {
			return err
		}
		if err := tellReplicas(ctx, tx); err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "public.open", Subject: "", After: map[string]bool{"open": open}})
	})
	if err != nil {
		return fmt.Errorf("open public results: %w", err)
	}
	return nil
}

// Publications returns every edition that the office ever published, withdrawn ones too, oldest first.
func (s *Scope) Publications(ctx context.Context) ([]Publication, error) {
	var all []Publication
	err := s.txOn(ctx, s.store.reports, func(tx *sqlx.Tx) error {
		return tx.SelectContext(ctx, &all, `
			SELECT`+publicationColumns+`
			FROM publications p
			WHERE p.tenant_id = $1
			ORDER BY p.id`, s.tenant)
	})
	if err != nil {
		return nil, fmt.Errorf("publications: %w", err)
	}
	return all, nil
}

// What residents read is not read through the pool of reports: neither shall a crowd of readers keep an office from its
// reports, nor long reports the residents from what was published.

// Published returns the editions that everybody may see, the newest period first, and none while the page is closed. Of
// the one with the name, or of the first if the name is empty, the edition is whole; of the others its Summary has only
// the period.
func (s *Scope) Published(ctx context.Context, name string) ([]Publication, error) {
	var all []Publication
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		return tx.SelectContext(ctx, &all, `
			SELECT p.id, p.report_id, p.name, p.period_to, p.published_at, p.published_by, p.withdrawn_at,
			       CASE WHEN p.name = $2 OR $2 = '' AND row_number() OVER (ORDER BY p.period_to DESC, p.report_id DESC) = 1
			            THEN p.edition
			            ELSE p.edition || jsonb_build_object('summary', jsonb_build_object('filter', p.edition #> '{summary,filter}'))
			       END AS edition
			FROM publications p
			JOIN public_pages o ON o.tenant_id = p.tenant_id AND o.open
			WHERE p.tenant_id = $1 AND p.withdrawn_at IS NULL
			ORDER BY p.period_to DESC, p.report_id DESC`, s.tenant, name)
	})
	if err != nil {
		return nil, fmt.Errorf("published results: %w", err)
	}
	return all, nil
}

// PublicFiles lists the files of an edition that everybody may see, without their data.
func (s *Scope) PublicFiles(ctx context.Context, publication int64) ([]PublicFile, error) {
	var files []PublicFile
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		return tx.SelectContext(ctx, &files, `
			SELECT f.name, f.sha256, length(f.data) AS size
			FROM publication_files f
			JOIN publications p ON p.tenant_id = f.tenant_id AND p.id = f.publication_id AND p.withdrawn_at IS NULL
			JOIN public_pages o ON o.tenant_id = f.tenant_id AND o.open
			WHERE f.tenant_id = $1 AND f.publication_id = $2
			ORDER BY f.name`, s.tenant, publication)
	})
	if err != nil {
		return nil, fmt.Errorf("files of publication %d: %w", publication, err)
	}
	return files, nil
}

// PublicFile returns a file of an edition that everybody may see, or survey.ErrNotFound. The data of one that has the
// hash known are left out.
func (s *Scope) PublicFile(ctx context.Context, edition, file string, known []byte) (*PublicFile, error) {
	var f PublicFile
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		return tx.GetContext(ctx, &f, `
			SELECT f.name, f.sha256, length(f.data) AS size, CASE WHEN f.sha256 = $4 THEN ''::bytea ELSE f.data END AS data
			FROM publication_files f
			JOIN publications p ON p.tenant_id = f.tenant_id AND p.id = f.publication_id AND p.withdrawn_at IS NULL
			JOIN public_pages o ON o.tenant_id = f.tenant_id AND o.open
			WHERE f.tenant_id = $1 AND p.name = $2 AND f.name = $3`, s.tenant, edition, file, append([]byte{}, known...))
	})
	if err != nil {
		return nil, fmt.Errorf("public file: %w", err)
	}
	return &f, nil
}

// PublishReport stores an edition with its files and sets its ID. One of the same name is withdrawn. last is the
// newest publication that the edition was made beside, 0 for none; survey.ErrConflict: there is a newer one.
func (s *Scope) PublishReport(ctx context.Context, p *Publication, files []PublicFile, last int64) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.lockPublications(ctx, tx, last); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			UPDATE publications
			SET withdrawn_at = $3
			WHERE tenant_id = $1 AND name = $2 AND withdrawn_at IS NULL`, s.tenant, p.Name, p.PublishedAt)
		if err != nil {
			return err
		}
		err = tx.GetContext(ctx, &p.ID, `
			INSERT INTO publications (tenant_id, report_id, name, period_to, edition, published_at, published_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7)
			RETURNING id`, s.tenant, p.ReportID, p.Name, p.PeriodTo, []byte(p.Edition), p.PublishedAt, p.PublishedBy)
		if err != nil {
			return err
		}
		for _, f := range files {
			hash := sha256.Sum256(f.Data)
			_, err := tx.ExecContext(ctx, `
				INSERT INTO publication_files (tenant_id, publication_id, name, data, sha256)
				VALUES ($1, $2, $3, $4, $5)`, s.tenant, p.ID, f.Name, f.Data, hash[:])
			if err != nil {
				return err
			}
		}
		if err := tellReplicas(ctx, tx); err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: p.PublishedAt, Actor: p.PublishedBy, Action: "public.publish", Subject: p.Name})
	})
	if err != nil {
		return fmt.Errorf("publish %s: %w", p.Name, err)
	}
	return nil
}

// lockPublications lets publications of one office come one after the other.
func (s *Scope) lockPublications(ctx context.Context, tx *sqlx.Tx, last int64) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO public_pages (tenant_id)
		VALUES ($1)
		ON CONFLICT (tenant_id) DO NOTHING`, s.tenant)
	if err != nil {
		return err
	}
	if err := one(ctx, tx, `
		UPDATE public_pages
		SET open = open
		WHERE tenant_id = $1`, s.tenant); err != nil {
		return err
	}
	var newest int64
	if err := tx.GetContext(ctx, &newest, `
		SELECT COALESCE(max(id), 0)
		FROM publications
		WHERE tenant_id = $1`, s.tenant); err != nil {
		return err
	}
	if newest != last {
		return survey.ErrConflict
	}
	return nil
}

// WithdrawPublication takes an edition off the public page, or returns survey.ErrNotFound where it is not there.
func (s *Scope) WithdrawPublication(ctx context.Context, id int64, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var name string
		err := tx.GetContext(ctx, &name, `
			UPDATE publications
			SET withdrawn_at = $3
			WHERE tenant_id = $1 AND id = $2 AND withdrawn_at IS NULL
			RETURNING name`, s.tenant, id, by.At)
		if err != nil {
			return err
		}
		if err := tellReplicas(ctx, tx); err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "public.withdraw", Subject: name})
	})
	if err != nil {
		return fmt.Errorf("withdraw publication %d: %w", id, err)
	}
	return nil
}

// StillApproved returns those of the texts, by question, that stand in a remark which is approved now.
func (s *Scope) StillApproved(ctx context.Context, texts []string) (map[[2]string]bool, error) {
	approved := map[[2]string]bool{}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT DISTINCT question, text
			FROM remarks
			WHERE tenant_id = $1 AND state = 'approved' AND text = ANY ($2)
			  AND md5(text) IN (SELECT md5(t) FROM unnest($2::text[]) AS t) -- for the index`, s.tenant, append(pq.StringArray{}, texts...))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var question, text string
			if err := rows.Scan(&question, &text); err != nil {
				return err
			}
			approved[[2]string{question, text}] = true
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("approved remarks: %w", err)
	}
	return approved, nil
}

package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ocenaurzedu.eu/pkg/survey"
)

// NewVersion is a draft about to be frozen, with the boxes of its sheet.
type NewVersion struct {
	Draft   Draft
	Sheet   json.RawMessage // sheet.Layout of firstFormat
	Sheets  Sheets          // and of others
	Changes any             // what the editor said of changed questions, for the log
	By      Actor
}

// EditPublish is the edit that a publication is for who has a form of the draft open: it raises the revision. It can't
// be undone.
const EditPublish = "publish"

// Publish freezes the draft, which must be of v.Draft.Revision, as the questionnaire's next version; it is
// live once the transaction commits, and the draft to go on with. § 5: together with archive as SaveOffice does.
func (s *Scope) Publish(ctx context.Context, v NewVersion, archive *Report) (*survey.Version, error) {
	q := v.Draft.Questionnaire
	version := survey.Version{Questionnaire: q, Layout: survey.NewLayout(&q), PublishedAt: v.By.At}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.archive(ctx, tx, archive); err != nil {
			return err
		}
		content, err := json.Marshal(q)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO draft_edits (tenant_id, questionnaire_id, revision, at, actor, action, target, before, undone)
			SELECT tenant_id, id, revision + 1, $4, $5, $6, '', draft, true
			FROM questionnaires
			WHERE tenant_id = $1 AND id = $2 AND revision = $3
			FOR UPDATE`, s.tenant, v.Draft.ID, v.Draft.Revision, v.By.At, v.By.Login, EditPublish)
		if err != nil {
			return err
		}
		err = one(ctx, tx, `
			UPDATE questionnaires
			SET draft = $4, revision = revision + 1
			WHERE tenant_id = $1 AND id = $2 AND revision = $3`, s.tenant, v.Draft.ID, v.Draft.Revision, content)
		if err != nil {
			return changedMeanwhile(err)
		}
		if err := insertVersion(ctx, tx, s.tenant, v, &version); err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: v.By.At, Actor: v.By.Login, Action: "version.publish", Subject: fmt.Sprint(version.Number), After: v.Changes})
	})
	if err != nil {
		return nil, fmt.Errorf("publish: %w", err)
	}
	return &version, nil
}

func insertVersion(ctx context.Context, tx *sqlx.Tx, tenant int64, v NewVersion, version *survey.Version) error {
	content, err := json.Marshal(version.Questionnaire)
	if err != nil {
		return err
	}
	layout, err := json.Marshal(version.Layout)
	if err != nil {
		return err
	}
	err = tx.QueryRowContext(ctx, `
		INSERT INTO versions (tenant_id, questionnaire_id, number, content, layout, sheet, published_at, published_by)
		SELECT $1, $2, COALESCE(max(number), 0) + 1, $3, $4, $5, $6, $7
		FROM versions
		WHERE tenant_id = $1 AND questionnaire_id = $2
		RETURNING id, number`,
		tenant, v.Draft.ID, content, layout, []byte(v.Sheet), v.By.At, v.By.Login).Scan(&version.ID, &version.Number)
	if err != nil {
		return err
	}
	return insertLayouts(ctx, tx, tenant, version.ID, v.Sheets)
}

// versionRow is a version as it is stored.
type versionRow struct {
	ID          int64
	Number      int
	Content     []byte
	Layout      []byte
	PublishedAt time.Time `db:"published_at"`
}

func (r versionRow) version() (*survey.Version, error) {
	v := survey.Version{ID: r.ID, Number: r.Number, PublishedAt: r.PublishedAt}
	if err := json.Unmarshal(r.Content, &v.Questionnaire); err != nil {
		return nil, fmt.Errorf("version %d: %w", r.ID, err)
	}
	if err := json.Unmarshal(r.Layout, &v.Layout); err != nil {
		return nil, fmt.Errorf("version %d: %w", r.ID, err)
	}
	return &v, nil
}

// PublishedVersion returns the version that residents see: the newest one, or survey.ErrNotFound.
func (s *Scope) PublishedVersion(ctx context.Context) (*survey.Version, error) {
	var row versionRow
	err := s.get(ctx, &row, `
		SELECT id, number, content, layout, published_at
		FROM versions
		WHERE tenant_id = $1
		ORDER BY number DESC
		LIMIT 1`, s.tenant)
	if err != nil {
		return nil, fmt.Errorf("published version: %w", err)
	}
	return row.version()
}

// PublishedID returns the id of the version that residents see, or survey.ErrNotFound.
func (s *Scope) PublishedID(ctx context.Context) (int64, error) {
	var id int64
	err := s.get(ctx, &id, `
		SELECT id
		FROM versions
		WHERE tenant_id = $1
		ORDER BY number DESC
		LIMIT 1`, s.tenant)
	if err != nil {
		return 0, fmt.Errorf("published version: %w", err)
	}
	return id, nil
}

// Version returns one of the tenant's versions, however old, or survey.ErrNotFound.
func (s *Scope) Version(ctx context.Context, id int64) (*survey.Version, error) {
	var row versionRow
	err := s.get(ctx, &row, `
		SELECT id, number, content, layout, published_at
		FROM versions
		WHERE tenant_id = $1 AND id = $2`, s.tenant, id)
	if err != nil {
		return nil, fmt.Errorf("version %d: %w", id, err)
	}
	return row.version()
}

// VersionContents returns all the tenant's versions with their wording, oldest first.
func (s *Scope) VersionContents(ctx context.Context) ([]*survey.Version, error) {
	var rows []versionRow
	err := s.list(ctx, &rows, `
		SELECT id, number, content, layout, published_at
		FROM versions
		WHERE tenant_id = $1
		ORDER BY number`, s.tenant)
	if err != nil {
		return nil, fmt.Errorf("versions: %w", err)
	}
	versions := make([]*survey.Version, len(rows))
	for i, row := range rows {
		if versions[i], err = row.version(); err != nil {
			return nil, fmt.Errorf("versions: %w", err)
		}
	}
	return versions, nil
}

// VersionInfo is a line of the history of versions.
type VersionInfo struct {
	ID          int64
	Number      int
	PublishedAt time.Time `db:"published_at"`
	PublishedBy string    `db:"published_by"`
	N           int       // submissions so far
}

// Versions returns all versions, newest first.
func (s *Scope) Versions(ctx context.Context) ([]VersionInfo, error) {
	var versions []VersionInfo
	err := s.list(ctx, &versions, `
		SELECT v.id, v.number, v.published_at, v.published_by,
		       (SELECT COALESCE(sum(t.n), 0) FROM tallies t WHERE t.tenant_id = v.tenant_id AND t.version_id = v.id) AS n
		FROM versions v
		WHERE v.tenant_id = $1
		ORDER BY v.number DESC`, s.tenant)
	if err != nil {
		return nil, fmt.Errorf("versions: %w", err)
	}
	return versions, nil
}

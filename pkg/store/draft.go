package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"

	"ocenaurzedu.eu/pkg/survey"
)

// Draft is the questionnaire as it is being edited.
type Draft struct {
	ID            int64
	Questionnaire survey.Questionnaire
	Revision      int // raised by each save; a save names the one it began with
	UpdatedAt     time.Time
	UpdatedBy     string
}

// Edit says what a save changed.
type Edit struct {
	Action string // a word that the page of edits knows: question, section, texts, move, remove …
	Target string // key of the question or section; "": the whole
	Undoes int    // revision of the edit that this one takes back; 0: none
}

// DraftEdit is a saved edit. Edits of one person to one target within mergeFor are one.
type DraftEdit struct {
	Edit
	Revision int // of the draft after it
	At       time.Time
	Actor    string
	Before   survey.Questionnaire // the draft before it
	After    survey.Questionnaire
}

const (
	mergeFor = 30 * time.Second    // typing goes on: what is saved meanwhile is one edit
	keepFor  = 30 * 24 * time.Hour // how long edits can be told
)

// Draft returns the draft of the tenant's questionnaire.
func (s *Scope) Draft(ctx context.Context) (*Draft, error) {
	var d *Draft
	err := s.tx(ctx, func(tx *sqlx.Tx) (err error) {
		d, err = s.readDraft(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("draft: %w", err)
	}
	return d, nil
}

func (s *Scope) readDraft(ctx context.Context, tx *sqlx.Tx) (*Draft, error) {
	var d Draft
	var content []byte
	err := tx.QueryRowContext(ctx, `
		SELECT id, draft, revision, updated_at, updated_by
		FROM questionnaires
		WHERE tenant_id = $1
		ORDER BY id
		LIMIT 1`, s.tenant).Scan(&d.ID, &content, &d.Revision, &d.UpdatedAt, &d.UpdatedBy)
	if err != nil {
		return nil, err
	}
	return &d, json.Unmarshal(content, &d.Questionnaire)
}

// SaveDraft keeps a draft and the edit that made it, and returns its new revision, or survey.ErrConflict if the
// stored draft is no longer of d.Revision. A draft need not be complete: only publishing asks for that.
func (s *Scope) SaveDraft(ctx context.Context, d Draft, e Edit) (int, error) {
	content, err := json.Marshal(d.Questionnaire)
	if err != nil {
		return 0, fmt.Errorf("save draft: %w", err)
	}
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		var before []byte
		err := tx.QueryRowContext(ctx, `
			SELECT draft
			FROM questionnaires
			WHERE tenant_id = $1 AND id = $2 AND revision = $3
			FOR UPDATE`, s.tenant, d.ID, d.Revision).Scan(&before)
		if errors.Is(err, sql.ErrNoRows) {
			return survey.ErrConflict
		}
		if err != nil {
			return err
		}
		err = one(ctx, tx, `
			UPDATE questionnaires
			SET draft = $3, revision = revision + 1, updated_at = $4, updated_by = $5
			WHERE tenant_id = $1 AND id = $2`, s.tenant, d.ID, content, d.UpdatedAt, d.UpdatedBy)
		if err != nil {
			return err
		}
		return s.noteEdit(ctx, tx, d, e, before)
	})
	if err != nil {
		return 0, fmt.Errorf("save draft: %w", err)
	}
	return d.Revision + 1, nil
}

// noteEdit adds an edit to the list, or joins it to the last one if the same person goes on with the same thing.
func (s *Scope) noteEdit(ctx context.Context, tx *sqlx.Tx, d Draft, e Edit, before []byte) error {
	if e.Undoes == 0 && e.Target != "" {
		err := one(ctx, tx, `
			UPDATE draft_edits
			SET revision = revision + 1, at = $4
			WHERE tenant_id = $1 AND questionnaire_id = $2 AND revision = $3
			  AND actor = $5 AND action = $6 AND target = $7 AND at > $8 AND NOT undone`,
			s.tenant, d.ID, d.Revision, d.UpdatedAt, d.UpdatedBy, e.Action, e.Target, d.UpdatedAt.Add(-mergeFor))
		if !errors.Is(err, survey.ErrNotFound) {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO draft_edits (tenant_id, questionnaire_id, revision, at, actor, action, target, before, undone)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		s.tenant, d.ID, d.Revision+1, d.UpdatedAt, d.UpdatedBy, e.Action, e.Target, before, e.Undoes > 0)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE draft_edits
		SET undone = true
		WHERE tenant_id = $1 AND questionnaire_id = $2 AND revision = $3`, s.tenant, d.ID, e.Undoes)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		DELETE FROM draft_edits
		WHERE tenant_id = $1 AND questionnaire_id = $2 AND at < $3`, s.tenant, d.ID, d.UpdatedAt.Add(-keepFor))
	if err != nil {
		return err
	}
	return s.audit(ctx, tx, Event{At: d.UpdatedAt, Actor: d.UpdatedBy, Action: "draft.save", Subject: strconv.Itoa(d.Revision + 1)})
}

// DraftEdits returns the edits that made the draft what it is since a revision, oldest first. Those older than a
// month are gone.
func (s *Scope) DraftEdits(ctx context.Context, since int) ([]DraftEdit, error) {
	var edits []DraftEdit
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		draft, err := s.readDraft(ctx, tx)
		if err != nil {
			return err
		}
		edits, err = s.readEdits(ctx, tx, draft, `
			SELECT revision, at, actor, action, target, before
			FROM draft_edits
			WHERE tenant_id = $1 AND questionnaire_id = $2 AND revision > $3
			ORDER BY revision`, s.tenant, draft.ID, since)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("edits of the draft: %w", err)
	}
	return edits, nil
}

// LastEdit returns the newest edit of a person since a moment that was not taken back yet, or survey.ErrNotFound.
func (s *Scope) LastEdit(ctx context.Context, actor string, since time.Time) (*DraftEdit, error) {
	var edits []DraftEdit
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		draft, err := s.readDraft(ctx, tx)
		if err != nil {
			return err
		}
		edits, err = s.readEdits(ctx, tx, draft, `
			SELECT revision, at, actor, action, target, before
			FROM draft_edits
			WHERE tenant_id = $1 AND questionnaire_id = $2 AND revision >=
			      (SELECT max(revision) FROM draft_edits
			       WHERE tenant_id = $1 AND questionnaire_id = $2 AND actor = $3 AND at >= $4 AND NOT undone)
			ORDER BY revision
			LIMIT 2`, s.tenant, draft.ID, actor, since)
		if err == nil && len(edits) == 0 {
			return survey.ErrNotFound
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("last edit of the draft: %w", err)
	}
	return &edits[0], nil
}

// readEdits reads edits in the order of their revisions. After of the last one is the draft, or what the one that
// follows it began with.
func (s *Scope) readEdits(ctx context.Context, tx *sqlx.Tx, draft *Draft, query string, args ...any) ([]DraftEdit, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var edits []DraftEdit
	for rows.Next() {
		e := DraftEdit{After: draft.Questionnaire}
		var before []byte
		if err := rows.Scan(&e.Revision, &e.At, &e.Actor, &e.Action, &e.Target, &before); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(before, &e.Before); err != nil {
			return nil, err
		}
		if n := len(edits); n > 0 {
			edits[n-1].After = e.Before
		}
		edits = append(edits, e)
	}
	return edits, rows.Err()
}

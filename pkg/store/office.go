package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ocenaurzedu.eu/pkg/survey"
)

// OfficeRecord is an office's data as its administrator edits it.
type OfficeRecord struct {
	Office    survey.Office
	Threshold int            // smallest group that a figure is told of
	Weights   survey.Weights // of the indicators in their composite
	Revision  int            // raised by each change; an edit names the one it began with
	UpdatedAt time.Time
	UpdatedBy string
}

// Office returns the tenant's data.
func (s *Scope) Office(ctx context.Context) (*OfficeRecord, error) {
	var o OfficeRecord
	err := s.tx(ctx, func(tx *sqlx.Tx) error { return s.office(ctx, tx, &o) })
	if err != nil {
		return nil, fmt.Errorf("office: %w", err)
	}
	return &o, nil
}

func (s *Scope) office(ctx context.Context, tx *sqlx.Tx, o *OfficeRecord) error {
	var record, weights []byte
	err := tx.QueryRowContext(ctx, `
		SELECT record, threshold, weights, revision, updated_at, updated_by
		FROM offices
		WHERE tenant_id = $1`, s.tenant).Scan(&record, &o.Threshold, &weights, &o.Revision, &o.UpdatedAt, &o.UpdatedBy)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(weights, &o.Weights); err != nil {
		return err
	}
	return json.Unmarshal(record, &o.Office)
}

// SaveOffice changes the office's data under § 5 of the order: together with archive, a report made just now
// of the results so far, unless that is nil. Without a complete report in the archive it is
// survey.ErrReportRequired, and survey.ErrConflict if the record is no longer of o.Revision.
func (s *Scope) SaveOffice(ctx context.Context, o OfficeRecord, archive *Report) error {
	record, err := json.Marshal(o.Office)
	if err != nil {
		return fmt.Errorf("office: %w", err)
	}
	if o.Weights == nil {
		o.Weights = survey.Weights{}
	}
	weights, err := json.Marshal(o.Weights)
	if err != nil {
		return fmt.Errorf("office: %w", err)
	}
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		var before OfficeRecord
		if err := s.office(ctx, tx, &before); err != nil {
			return err
		}
		if before.Revision != o.Revision {
			return survey.ErrConflict
		}
		if err := s.archive(ctx, tx, archive); err != nil {
			return err
		}
		err := one(ctx, tx, `
			UPDATE offices
			SET record = $2, threshold = $3, weights = $4, revision = revision + 1, updated_at = $5, updated_by = $6
			WHERE tenant_id = $1 AND revision = $7`, s.tenant, record, o.Threshold, weights, o.UpdatedAt, o.UpdatedBy, o.Revision)
		if err != nil {
			return changedMeanwhile(err)
		}
		return s.audit(ctx, tx, Event{At: o.UpdatedAt, Actor: o.UpdatedBy, Action: "office.save",
			Before: map[string]any{"office": before.Office, "threshold": before.Threshold, "weights": before.Weights},
			After:  map[string]any{"office": o.Office, "threshold": o.Threshold, "weights": o.Weights}})
	})
	if err != nil {
		return fmt.Errorf("save office: %w", err)
	}
	return nil
}

// Crest returns the office's crest, a PNG; survey.ErrNotFound: it has none.
func (s *Scope) Crest(ctx context.Context) ([]byte, error) {
	var crest []byte
	err := s.get(ctx, &crest, `
		SELECT crest
		FROM offices
		WHERE tenant_id = $1 AND crest IS NOT NULL`, s.tenant)
	if err != nil {
		return nil, fmt.Errorf("crest: %w", err)
	}
	return crest, nil
}

// SaveCrest changes the office's crest, or takes it away if crest is nil, under § 5 as SaveOffice does. The log keeps the
// hashes of what was and of what is. It leaves the revision of the record, so that who edits its texts meanwhile may
// go on.
func (s *Scope) SaveCrest(ctx context.Context, crest []byte, by Actor, archive *Report) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.archive(ctx, tx, archive); err != nil {
			return err
		}
		var before, after string
		err := tx.GetContext(ctx, &before, `
			SELECT COALESCE(encode(crest_sha256, 'hex'), '')
			FROM offices
			WHERE tenant_id = $1
			FOR UPDATE`, s.tenant)
		if err != nil {
			return err
		}
		err = tx.GetContext(ctx, &after, `
			UPDATE offices
			SET crest = $2::bytea, crest_sha256 = sha256($2::bytea), updated_at = $3, updated_by = $4
			WHERE tenant_id = $1
			RETURNING COALESCE(encode(crest_sha256, 'hex'), '')`, s.tenant, crest, by.At, by.Login)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "office.crest", Before: map[string]any{"sha256": before}, After: map[string]any{"sha256": after}})
	})
	if err != nil {
		return fmt.Errorf("save crest: %w", err)
	}
	return nil
}

// ServicePoint is a desk or place that hands out forms and QR codes.
type ServicePoint struct {
	ID           int64
	Code         string
	Name         string
	DepartmentID int64      `db:"department_id"` // 0: none
	ValidFrom    survey.Day `db:"valid_from"`
	ValidTo      survey.Day `db:"valid_to"` // none: still open
}

// OpenOn reports whether the point is in use on a day.
func (p ServicePoint) OpenOn(day survey.Day) bool {
	return !day.Before(p.ValidFrom) && (p.ValidTo.IsZero() || !p.ValidTo.Before(day))
}

// ServicePoints returns all the tenant's points, closed ones too, by name.
func (s *Scope) ServicePoints(ctx context.Context) ([]ServicePoint, error) {
	var points []ServicePoint
	err := s.list(ctx, &points, `
		SELECT id, code, name, COALESCE(department_id, 0) AS department_id, valid_from, valid_to
		FROM service_points
		WHERE tenant_id = $1
		ORDER BY name, id`, s.tenant)
	if err != nil {
		return nil, fmt.Errorf("service points: %w", err)
	}
	return points, nil
}

// SaveServicePoint adds a point (ID 0) or changes its name or last day, under § 5 as SaveOffice does.
func (s *Scope) SaveServicePoint(ctx context.Context, p ServicePoint, by Actor, archive *Report) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.archive(ctx, tx, archive); err != nil {
			return err
		}
		var before *ServicePoint
		if p.ID == 0 {
			_, err := tx.ExecContext(ctx, `
				INSERT INTO service_points (tenant_id, code, name, department_id, valid_from)
				VALUES ($1, $2, $3, NULLIF($4, 0), $5)`, s.tenant, p.Code, p.Name, p.DepartmentID, p.ValidFrom)
			if err != nil {
				return err
			}
		} else {
			before = new(ServicePoint)
			err := tx.GetContext(ctx, before, `
				SELECT id, code, name, COALESCE(department_id, 0) AS department_id, valid_from, valid_to
				FROM service_points
				WHERE tenant_id = $1 AND id = $2
				FOR UPDATE`, s.tenant, p.ID)
			if err != nil {
				return err
			}
			err = one(ctx, tx, `
				UPDATE service_points
				SET name = $3, valid_to = $4
				WHERE tenant_id = $1 AND id = $2`, s.tenant, p.ID, p.Name, p.ValidTo)
			if err != nil {
				return err
			}
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "service_point.save", Subject: p.Code, Before: before, After: p})
	})
	if err != nil {
		return fmt.Errorf("save service point %q: %w", p.Code, err)
	}
	return nil
}

// Department is a referat.
type Department struct {
	ID    int64
	Name  string
	Short string
}

// Departments returns the tenant's departments that are in use, by name.
func (s *Scope) Departments(ctx context.Context) ([]Department, error) {
	var departments []Department
	err := s.list(ctx, &departments, `
		SELECT id, name, short
		FROM departments
		WHERE tenant_id = $1 AND valid_to IS NULL
		ORDER BY name, id`, s.tenant)
	if err != nil {
		return nil, fmt.Errorf("departments: %w", err)
	}
	return departments, nil
}

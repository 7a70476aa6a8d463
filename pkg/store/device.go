package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ocenaurzedu.eu/pkg/survey"
)

// Device is a kiosk: a tablet or a screen of the office on which residents fill the survey.
type Device struct {
	ID           int64
	Name         string
	ServicePoint int64      `db:"service_point_id"`
	PointName    string     `db:"point_name"`
	Seed         []byte     `db:"pairing_seed"`  // nil: no code is good
	Until        *time.Time `db:"pairing_until"` // how long the code is good
	PairedAt     *time.Time `db:"paired_at"`     // nil: not paired yet
	SeenAt       *time.Time `db:"seen_at"`       // to the minute; nil: never
	Queued       int        // answers that wait in it, as it last said
	Refused      int        // of those that waited, what was not taken
	Paused       bool
}

const deviceColumns = `d.id, d.name, d.service_point_id, p.name AS point_name, d.pairing_seed, d.pairing_until, d.paired_at, d.seen_at, d.queued, d.refused, d.paused`

// Devices returns the office's devices, without those that were removed.
func (s *Scope) Devices(ctx context.Context) ([]Device, error) {
	var devices []Device
	err := s.list(ctx, &devices, `
		SELECT `+deviceColumns+`
		FROM devices d
		JOIN service_points p ON p.tenant_id = d.tenant_id AND p.id = d.service_point_id
		WHERE d.tenant_id = $1 AND d.removed_at IS NULL
		ORDER BY d.name, d.id`, s.tenant)
	if err != nil {
		return nil, fmt.Errorf("devices: %w", err)
	}
	return devices, nil
}

// Device returns the paired device of a token's hash, or survey.ErrNotFound.
func (s *Scope) Device(ctx context.Context, token []byte) (*Device, error) {
	var d Device
	err := s.get(ctx, &d, `
		SELECT `+deviceColumns+`
		FROM devices d
		JOIN service_points p ON p.tenant_id = d.tenant_id AND p.id = d.service_point_id
		WHERE d.tenant_id = $1 AND d.token = $2 AND d.removed_at IS NULL`, s.tenant, token)
	if err != nil {
		return nil, fmt.Errorf("device: %w", err)
	}
	return &d, nil
}

// AddDevice adds a device that a code of the seed pairs until a moment, and sets its id.
func (s *Scope) AddDevice(ctx context.Context, d *Device, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &d.ID, `
			INSERT INTO devices (tenant_id, name, service_point_id, pairing_seed, pairing_until, created_at, created_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7)
			RETURNING id`, s.tenant, d.Name, d.ServicePoint, d.Seed, d.Until, by.At, by.Login)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "device.add", Subject: d.Name, After: map[string]any{"service_point": d.ServicePoint}})
	})
	if err != nil {
		return fmt.Errorf("add device: %w", err)
	}
	return nil
}

// changeDevice runs a statement on a device, which returns its name, and writes that down.
func (s *Scope) changeDevice(ctx context.Context, action string, by Actor, statement string, args ...any) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var name string
		if err := tx.GetContext(ctx, &name, statement, append([]any{s.tenant}, args...)...); err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: action, Subject: name})
	})
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return nil
}

// OfferPairing gives a device another code, by which it, or a new one in its place, is paired. Until then its token is good.
func (s *Scope) OfferPairing(ctx context.Context, id int64, seed []byte, until time.Time, by Actor) error {
	return s.changeDevice(ctx, "device.code", by, `
		UPDATE devices
		SET pairing_seed = $3, pairing_until = $4
		WHERE tenant_id = $1 AND id = $2 AND removed_at IS NULL
		RETURNING name`, id, seed, until)
}

// PairDevice uses a code up, and makes the token of a hash the device's only one. survey.ErrNotFound: it was used, or is too old.
func (s *Scope) PairDevice(ctx context.Context, id int64, seed, token []byte, now time.Time) error {
	return s.changeDevice(ctx, "device.pair", Actor{Login: "kiosk", At: now}, `
		UPDATE devices
		SET token = $4, pairing_seed = NULL, pairing_until = NULL, paired_at = $5, seen_at = date_trunc('minute', $5::timestamptz), queued = 0, refused = 0
		WHERE tenant_id = $1 AND id = $2 AND pairing_seed = $3 AND pairing_until > $5 AND removed_at IS NULL
		RETURNING name`, id, seed, token, now)
}

// PauseDevice lets a device show no survey for now, or again.
func (s *Scope) PauseDevice(ctx context.Context, id int64, paused bool, by Actor) error {
	action := map[bool]string{true: "device.pause", false: "device.resume"}[paused]
	return s.changeDevice(ctx, action, by, `
		UPDATE devices
		SET paused = $3
		WHERE tenant_id = $1 AND id = $2 AND removed_at IS NULL
		RETURNING name`, id, paused)
}

// RemoveDevice takes a device's token away for good. What it brought stays.
func (s *Scope) RemoveDevice(ctx context.Context, id int64, by Actor) error {
	return s.changeDevice(ctx, "device.remove", by, `
		UPDATE devices
		SET token = NULL, pairing_seed = NULL, pairing_until = NULL, removed_at = $3
		WHERE tenant_id = $1 AND id = $2 AND removed_at IS NULL
		RETURNING name`, id, by.At)
}

// NoteDevice keeps what a device tells of itself, and the minute.
func (s *Scope) NoteDevice(ctx context.Context, id int64, queued, refused int, now time.Time) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		return one(ctx, tx, `
			UPDATE devices
			SET seen_at = date_trunc('minute', $3::timestamptz), queued = $4, refused = $5
			WHERE tenant_id = $1 AND id = $2 AND removed_at IS NULL`, s.tenant, id, now, queued, refused)
	})
	if err != nil {
		return fmt.Errorf("note device: %w", err)
	}
	return nil
}

// DeviceDay is what a device brought on a day.
type DeviceDay struct {
	Device  int64 `db:"device_id"`
	Day     survey.Day
	Answers int
	Fast    int // faster than people take turns, or than they read
}

// CountAnswer counts an answer of a device.
func (s *Scope) CountAnswer(ctx context.Context, device int64, day survey.Day, fast bool) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO kiosk_days (tenant_id, device_id, day, answers, fast)
			VALUES ($1, $2, $3, 1, $4::boolean::integer)
			ON CONFLICT (tenant_id, device_id, day) DO UPDATE
			SET answers = kiosk_days.answers + 1, fast = kiosk_days.fast + excluded.fast`, s.tenant, device, day, fast)
		return err
	})
	if err != nil {
		return fmt.Errorf("count answer: %w", err)
	}
	return nil
}

// DeviceDays returns what devices brought, since a day, the newest first.
func (s *Scope) DeviceDays(ctx context.Context, since survey.Day) ([]DeviceDay, error) {
	var days []DeviceDay
	err := s.list(ctx, &days, `
		SELECT device_id, day, answers, fast
		FROM kiosk_days
		WHERE tenant_id = $1 AND day >= $2
		ORDER BY day DESC, device_id`, s.tenant, since)
	if err != nil {
		return nil, fmt.Errorf("days of devices: %w", err)
	}
	return days, nil
}

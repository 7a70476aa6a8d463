package store_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// seed makes the 16 bytes of a pairing code.
func seed(name string) []byte { return key("seed", name)[:16] }

// newDevice adds a device of the tenant's only point.
func newDevice(t testing.TB, scope *store.Scope, name string) *store.Device {
	t.Helper()
	points, err := scope.ServicePoints(ctx)
	must(t, "points", err)
	until := admin.At.Add(10 * time.Minute)
	d := &store.Device{Name: name, ServicePoint: points[0].ID, Seed: seed(name), Until: &until}
	must(t, "add device", scope.AddDevice(ctx, d, admin))
	return d
}

// addDevices adds a device that is paired and has another code besides.
func addDevices(t testing.TB, scope *store.Scope, id *ids) {
	t.Helper()
	d := newDevice(t, scope, secret)
	id.device, id.deviceSeed, id.deviceToken = d.ID, seed("second"), key("device", id.login)
	must(t, "pair", scope.PairDevice(ctx, d.ID, d.Seed, id.deviceToken, admin.At))
	must(t, "offer", scope.OfferPairing(ctx, d.ID, id.deviceSeed, admin.At.Add(time.Hour), admin))
	must(t, "count", scope.CountAnswer(ctx, d.ID, survey.NewDay(2026, 3, 10), true))
}

// deviceCases are those of kiosks, see scopeCases.
func deviceCases() map[string]scopeCase {
	return map[string]scopeCase{
		"Devices": {call: func(s *store.Scope, _ ids) (any, error) { return s.Devices(ctx) }},
		"Device":  {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) { return s.Device(ctx, id.deviceToken) }},
		"DeviceDays": {hides: true, call: func(s *store.Scope, _ ids) (any, error) {
			return s.DeviceDays(ctx, survey.NewDay(2026, 1, 1))
		}},
		"AddDevice": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			until := admin.At
			return s.AddDevice(ctx, &store.Device{Name: "x", ServicePoint: id.point, Seed: seed("x"), Until: &until}, admin)
		})},
		"OfferPairing": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.OfferPairing(ctx, id.device, seed("x"), admin.At, admin)
		})},
		"PairDevice": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.PairDevice(ctx, id.device, id.deviceSeed, key("stolen"), admin.At)
		})},
		"PauseDevice":  {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error { return s.PauseDevice(ctx, id.device, true, admin) })},
		"RemoveDevice": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error { return s.RemoveDevice(ctx, id.device, admin) })},
		"NoteDevice":   {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error { return s.NoteDevice(ctx, id.device, 7, 7, admin.At) })},
		"CountAnswer": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.CountAnswer(ctx, id.device, survey.NewDay(2026, 3, 11), true)
		})},
	}
}

func TestPairingCodeIsGoodOnceAndForItsTime(t *testing.T) {
	s, _, _ := open(t)
	scope := plainTenant(t, s, "paruje")
	d := newDevice(t, scope, "Tablet")
	if err := scope.PairDevice(ctx, d.ID, d.Seed, key("late"), admin.At.Add(10*time.Minute)); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("pair when the code has expired: %v, want ErrNotFound", err)
	}
	if err := scope.PairDevice(ctx, d.ID, seed("another"), key("wrong"), admin.At); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("pair by another seed: %v, want ErrNotFound", err)
	}
	var paired atomic.Int32
	var racing sync.WaitGroup
	for i := range 8 {
		racing.Go(func() {
			if scope.PairDevice(ctx, d.ID, d.Seed, key("token", string(rune('a'+i))), admin.At) == nil {
				paired.Add(1)
			}
		})
	}
	racing.Wait()
	if paired.Load() != 1 {
		t.Errorf("the code paired %d devices, want 1", paired.Load())
	}
}

func TestDeviceFromPairingToRemoval(t *testing.T) {
	s, _, _ := open(t)
	scope := plainTenant(t, s, "urzadzenia")
	d := newDevice(t, scope, "Tablet")
	first, second := key("first"), key("second")
	must(t, "pair", scope.PairDevice(ctx, d.ID, d.Seed, first, admin.At))
	must(t, "note", scope.NoteDevice(ctx, d.ID, 12, 1, admin.At.Add(90*time.Second)))
	got, err := scope.Device(ctx, first)
	must(t, "device", err)
	if got.Queued != 12 || got.Refused != 1 || got.SeenAt.Second() != 0 || got.PointName != "urzadzenia" {
		t.Errorf("device %+v, want 12 queued, 1 refused, seen to the minute", got)
	}
	must(t, "pause", scope.PauseDevice(ctx, d.ID, true, admin))
	must(t, "offer", scope.OfferPairing(ctx, d.ID, seed("again"), admin.At.Add(time.Minute), admin))
	if _, err := scope.Device(ctx, first); err != nil {
		t.Errorf("the token is dead before the device is paired again: %v", err)
	}
	must(t, "pair again", scope.PairDevice(ctx, d.ID, seed("again"), second, admin.At))
	if _, err := scope.Device(ctx, first); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("the old token still lives: %v", err)
	}
	must(t, "offer", scope.OfferPairing(ctx, d.ID, seed("third"), admin.At.Add(time.Minute), admin))
	must(t, "remove", scope.RemoveDevice(ctx, d.ID, admin))
	for what, err := range map[string]error{
		"note": scope.NoteDevice(ctx, d.ID, 0, 0, admin.At), "pause": scope.PauseDevice(ctx, d.ID, true, admin), "remove": scope.RemoveDevice(ctx, d.ID, admin),
		"pair": scope.PairDevice(ctx, d.ID, seed("third"), key("third"), admin.At), "offer": scope.OfferPairing(ctx, d.ID, seed("x"), admin.At, admin),
	} {
		if !errors.Is(err, survey.ErrNotFound) {
			t.Errorf("%s a device that was removed: %v, want ErrNotFound", what, err)
		}
	}
	if _, err := scope.Device(ctx, second); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("the token of a removed device lives: %v", err)
	}
	events, err := scope.Events(ctx, 8)
	must(t, "events", err)
	var actions []string
	for _, e := range events[:7] {
		actions = append(actions, e.Action)
	}
	if diff := cmp.Diff([]string{"device.remove", "device.code", "device.pair", "device.code", "device.pause", "device.pair", "device.add"}, actions); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

// A kiosk's day on which somebody only tapped is a suspicion, however few days there are to set it against.
func TestTappingOnAKioskIsSuspicious(t *testing.T) {
	s, _, _ := open(t)
	scope := plainTenant(t, s, "stuka")
	d := newDevice(t, scope, "Tablet")
	day := survey.NewDay(2026, 3, 10)
	for i := range 12 {
		e := entry(t, scope, string(rune('a'+i)), survey.Values{"overall": {"1"}}, day)
		stored, again := false, false
		e.Submission.Channel, e.Stored = survey.ChannelKiosk, &stored
		must(t, "add", s.AddSubmissions(ctx, []store.Entry{e}))
		e.Stored = &again
		must(t, "add again", s.AddSubmissions(ctx, []store.Entry{e}))
		if !stored || again {
			t.Errorf("stored tells %t of a new answer, %t of one that was there", stored, again)
		}
		must(t, "count", scope.CountAnswer(ctx, d.ID, day, i > 1))
	}
	must(t, "count days", scope.CountDays(ctx))
	results, err := scope.Results(ctx, year)
	must(t, "results", err)
	if len(results.Suspicions) != 1 || results.Suspicions[0].Fast != 10 || !results.Suspicions[0].Burst || results.Suspicions[0].Rate {
		t.Errorf("suspicions %+v, want the day with 10 of 12 fast", results.Suspicions)
	}
	days, err := scope.DeviceDays(ctx, day)
	must(t, "days", err)
	if len(days) != 1 || days[0] != (store.DeviceDay{Device: d.ID, Day: day, Answers: 12, Fast: 10}) {
		t.Errorf("days of devices %+v, want 10 fast ones of 12", days)
	}
}

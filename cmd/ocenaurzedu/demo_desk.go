package main

import (
	"context"
	"time"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// addDemoDesk gives the demo's first office what stands at a desk: a kiosk that waits for its code, and a stack that is being
// typed, with a second keying. An office that has a kiosk is left alone.
func (s *service) addDemoDesk(ctx context.Context) error {
	d, err := s.store.Directory(ctx)
	if err != nil {
		return err
	}
	for i := range d.Tenants {
		if d.Tenants[i].Slug == demoOffice {
			return s.addDesk(ctx, s.store.Scope(d.Tenants[i].ID))
		}
	}
	return nil
}

func (s *service) addDesk(ctx context.Context, scope *store.Scope) error {
	devices, err := scope.Devices(ctx)
	if err != nil || len(devices) > 0 {
		return err
	}
	points, err := scope.ServicePoints(ctx)
	if err != nil || len(points) == 0 {
		return err
	}
	version, err := scope.PublishedVersion(ctx)
	if err != nil {
		return err
	}
	by := store.Actor{Login: "administrator@" + demoOffice + ".example", At: s.now().Add(-time.Hour)}
	if err := scope.AddDevice(ctx, &store.Device{Name: "Tablet w sali obsługi", ServicePoint: points[0].ID}, by); err != nil {
		return err
	}
	issued, returned := 40, 26
	return scope.OpenBatch(ctx, &store.Batch{VersionID: version.ID, ServicePoint: points[0].ID, Day: survey.DayOf(by.At), Issued: &issued, Returned: &returned,
		OpenedBy: by.Login, OpenedAt: by.At, Rekeying: store.Rekeying{RekeyPercent: 10}})
}

package main

import "testing"

// The demo's office has a kiosk to pair and a stack to type, once.
func TestDemoDesk(t *testing.T) {
	with := settings(t)
	o := demoConsole(open(t, with))
	if _, err := o.addDemoOffices(); err != nil {
		t.Fatal(err)
	}
	s := demoService(t, with)
	s.now = o.now
	for range 2 { // the second start finds it there
		if err := s.addDemoDesk(o.ctx); err != nil {
			t.Fatal(err)
		}
	}
	scope := scopeOf(t, o.store, demoOffice)
	devices, err := scope.Devices(o.ctx)
	if err != nil || len(devices) != 1 || devices[0].PairedAt != nil {
		t.Errorf("devices are %+v, %v; want one that is not paired", devices, err)
	}
	batches, err := scope.Batches(o.ctx, 10)
	if err != nil || len(batches) != 1 || !batches[0].Open() || batches[0].RekeyPercent != 10 || batches[0].Sheets != 0 {
		t.Errorf("batches are %+v, %v; want an open one with a second keying", batches, err)
	}
}

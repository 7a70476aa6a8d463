package main

import (
	"context"
	"io"
	"slices"
	"testing"

	"ocenaurzedu.eu/pkg/config"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// The first office of the demo has three years of answers to five versions, each change behind a complete report.
func TestDemoHistory(t *testing.T) {
	with := settings(t)
	o := demoConsole(open(t, with))
	if _, err := o.addDemoOffices(); err != nil {
		t.Fatal(err)
	}
	s := demoService(t, with)
	s.now = o.now
	p := &program{ctx: o.ctx, out: t.Output(), err: t.Output()}
	for range 2 { // the second start finds it there
		if err := s.addDemoHistory(o.ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	scope, today := scopeOf(t, o.store, demoOffice), survey.DayOf(o.now())
	f := survey.Filter{From: today.AddMonths(-12 * demoYears), To: today}
	results, err := scope.Results(o.ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	summary := stats.Summarize(*results, f, stats.Rules{})
	if len(summary.Versions) != 5 || summary.N < 6000 || summary.N > 6010 {
		t.Errorf("%d answers to %d versions", summary.N, len(summary.Versions))
	}
	channels := map[survey.Channel]int{}
	for _, c := range summary.Channels {
		channels[c.Channel] = c.N
	}
	for _, c := range survey.Channels() {
		if channels[c] < 100 {
			t.Errorf("%d answers by %s", channels[c], c)
		}
	}
	series := map[string]int{}
	for _, q := range summary.Questions {
		series[q.Key]++
	}
	if series["settled"] != 2 || series["contact"] != 1 || series["recommend"] != 1 || series["minutes"] != 1 || len(summary.Quadrants) != 1 {
		t.Errorf("series %v, %d quadrants", series, len(summary.Quadrants))
	}
	reports, err := scope.Reports(o.ctx)
	if err != nil || len(reports) != 4 || slices.ContainsFunc(reports, func(r store.ReportInfo) bool { return !r.Complete }) {
		t.Errorf("reports %+v, %v; want four complete ones", reports, err)
	}
}

// demoService is the service of the settings, which nobody asks anything.
func demoService(t *testing.T, with []string) *service {
	t.Helper()
	cfg, err := config.Load(config.Environ(with))
	if err != nil {
		t.Fatal(err)
	}
	s, err := newService(context.Background(), cfg, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	return s
}

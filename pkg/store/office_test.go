package store_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/survey"
)

// TestCrest changes a crest under § 5, and the directory tells its hash.
func TestCrest(t *testing.T) {
	s, owner, _ := open(t)
	scope := plainTenant(t, s, "osielsko")
	hash := func() string {
		t.Helper()
		d, err := s.Directory(ctx)
		must(t, "directory", err)
		return d.Tenants[0].Crest
	}
	if _, err := scope.Crest(ctx); !errors.Is(err, survey.ErrNotFound) || hash() != "" {
		t.Errorf("no crest yet: %v, %q; want ErrNotFound", err, hash())
	}
	if err := scope.SaveCrest(ctx, crest("1"), admin, nil); !errors.Is(err, survey.ErrReportRequired) {
		t.Errorf("crest without a report: %v; want ErrReportRequired", err)
	}
	office, err := scope.Office(ctx)
	must(t, "office", err)
	must(t, "crest with a report", scope.SaveCrest(ctx, crest("1"), admin, report(t, scope, -1)))
	got, err := scope.Crest(ctx)
	must(t, "crest", err)
	sum := sha256.Sum256(crest("1"))
	if want := hex.EncodeToString(sum[:]); string(got) != string(crest("1")) || hash() != want {
		t.Errorf("crest %q with the hash %q; want %q", got, hash(), want)
	}
	for _, bad := range []string{`UPDATE offices SET crest = 'GIF89a'`, `UPDATE offices SET crest = crest || 'x'`, `UPDATE offices SET crest_sha256 = NULL`} {
		if _, err := owner.Exec(bad); err == nil {
			t.Errorf("the database takes %s", bad)
		}
	}
	must(t, "an edit that began before", scope.SaveOffice(ctx, *office, nil))
	must(t, "take the crest away", scope.SaveCrest(ctx, nil, admin, nil))
	if _, err := scope.Crest(ctx); !errors.Is(err, survey.ErrNotFound) || hash() != "" {
		t.Errorf("taken away: %v, %q; want ErrNotFound", err, hash())
	}
	events, err := scope.Events(ctx, 10)
	must(t, "events", err)
	if events[0].Action != "office.crest" || events[0].Actor != admin.Login {
		t.Errorf("the log ends with %+v; want office.crest", events[0])
	}
}

// TestWeights keeps the weights of the indicators with the office's data.
func TestWeights(t *testing.T) {
	s, _, _ := open(t)
	scope := plainTenant(t, s, "osielsko")
	office, err := scope.Office(ctx)
	must(t, "office", err)
	if len(office.Weights) != 0 || office.Weights.Of(survey.RoleOverall) != 1 {
		t.Errorf("weights of a new office: %v; want none, and 1 each", office.Weights)
	}
	want := survey.Weights{survey.RoleEfficiency: 50, survey.RoleEmployee: 30, survey.RoleOverall: 20}
	office.Weights, office.UpdatedAt, office.UpdatedBy = want, admin.At, admin.Login
	must(t, "save", scope.SaveOffice(ctx, *office, report(t, scope, -1)))
	office, err = scope.Office(ctx)
	must(t, "office", err)
	if diff := cmp.Diff(want, office.Weights); diff != "" {
		t.Errorf("weights (-want +got):\n%s", diff)
	}
	office.Weights = nil
	must(t, "save none", scope.SaveOffice(ctx, *office, nil))
}

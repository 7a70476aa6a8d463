package store_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// Whatever prints first is what all print from, and what scans are read by.
func TestSheetsAreFrozenOnce(t *testing.T) {
	s, _, _ := open(t)
	scope := plainTenant(t, s, "osielsko")
	draft, err := scope.Draft(ctx)
	must(t, "draft", err)
	sheets := store.Sheets{"A": []byte(`{"pages": 9}`), "E": []byte(`{"pages": 3}`), "B": []byte(`{"pages": 2}`)}
	v, err := scope.Publish(ctx, store.NewVersion{Draft: *draft, Sheet: []byte(`{"pages": 1}`), Sheets: sheets, By: admin}, report(t, scope, -1))
	must(t, "publish", err)
	if kept, err := scope.FreezeSheet(ctx, v.ID, "E", []byte(`{"pages": 4}`)); err != nil || string(kept) != `{"pages": 3}` {
		t.Errorf("freezing E again = %s, %v; want what was published", kept, err)
	}
	kept := make([]string, 8)
	var all sync.WaitGroup
	for i := range kept {
		all.Go(func() {
			layout, err := scope.FreezeSheet(ctx, v.ID, "C", []byte(`{"pages": `+string(rune('1'+i))+`}`))
			if err != nil {
				t.Errorf("FreezeSheet: %v", err)
			}
			kept[i] = string(layout)
		})
	}
	all.Wait()
	for _, one := range kept {
		if one != kept[0] {
			t.Errorf("freezing at once gave %v, want all the same", kept)
			break
		}
	}
	for format, want := range map[string]string{"A": `{"pages": 1}`, "B": `{"pages": 2}`, "C": kept[0], "E": `{"pages": 3}`} {
		if got, err := scope.SheetLayout(ctx, v.ID, format); err != nil || string(got) != want {
			t.Errorf("SheetLayout(%s) = %s, %v; want %s", format, got, err, want)
		}
	}
	if _, err := scope.SheetLayout(ctx, v.ID, "D"); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("SheetLayout(D) = %v, want ErrNotFound", err)
	}
	if kept, err := scope.FreezeSheet(ctx, v.ID, "A", []byte(`{}`)); err == nil {
		t.Errorf("freezing A beside the version's own = %s, want a refusal", kept)
	}
	layouts, err := scope.SheetLayouts(ctx)
	must(t, "layouts", err)
	var got []string
	for _, l := range layouts[1:] { // the first is of the version that the office came with
		got = append(got, l.Format+string(l.Layout))
		if l.VersionID != v.ID {
			t.Errorf("layout of version %d, want %d", l.VersionID, v.ID)
		}
	}
	if diff := cmp.Diff([]string{`A{"pages": 1}`, `B{"pages": 2}`, "C" + kept[0], `E{"pages": 3}`}, got); diff != "" {
		t.Errorf("layouts (-want +got):\n%s", diff)
	}
}

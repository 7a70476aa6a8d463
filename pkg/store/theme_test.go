package store_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// addTheme gives a tenant with secrets a theme, on its remark.
func addTheme(t testing.TB, scope *store.Scope, id *ids) {
	t.Helper()
	theme, err := scope.CreateTheme(ctx, "tajne tematy", admin)
	must(t, "create theme", err)
	_, err = scope.TagRemarks(ctx, []string{id.remark.ID}, theme, admin)
	must(t, "tag", err)
	id.theme = theme
}

func themeCases() map[string]scopeCase {
	return map[string]scopeCase{
		"Themes": {call: func(s *store.Scope, _ ids) (any, error) { return s.Themes(ctx) }},
		"CreateTheme": {hides: true, call: func(s *store.Scope, id ids) (any, error) {
			_, err := s.CreateTheme(ctx, uuid.NewString(), admin)
			return nil, err
		}},
		"RenameTheme": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error { return s.RenameTheme(ctx, id.theme, "x", admin) })},
		"MergeThemes": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			own, err := s.CreateTheme(ctx, uuid.NewString(), admin)
			if err != nil {
				return err
			}
			return s.MergeThemes(ctx, own, id.theme, admin)
		})},
		"DeleteTheme": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error { return s.DeleteTheme(ctx, id.theme, admin) })},
		"UntagRemarks": {foreign: survey.ErrNotFound, hides: true, call: func(s *store.Scope, id ids) (any, error) {
			return s.UntagRemarks(ctx, []string{id.remark.ID}, id.theme, admin)
		}},
		// With a theme of its own another tenant puts nothing on the remark either.
		"TagRemarks": {hides: true, call: func(s *store.Scope, id ids) (any, error) {
			own, err := s.CreateTheme(ctx, uuid.NewString(), admin)
			if err != nil {
				return nil, err
			}
			return s.TagRemarks(ctx, []string{id.remark.ID}, own, admin)
		}},
		"EachRemark": {call: func(s *store.Scope, _ ids) (any, error) {
			var all []store.TaggedRemark
			return all, s.EachRemark(ctx, year, func(r store.TaggedRemark) { all = append(all, r) })
		}},
	}
}

// tagged tells which of a tenant's remarks have which themes, by name.
func tagged(t *testing.T, scope *store.Scope) map[string][]string {
	t.Helper()
	themes, err := scope.Themes(ctx)
	must(t, "themes", err)
	all := map[string][]string{}
	must(t, "each remark", scope.EachRemark(ctx, year, func(r store.TaggedRemark) {
		for _, theme := range themes {
			if slices.Contains(r.Themes, theme.ID) {
				all[r.Text] = append(all[r.Text], theme.Name)
			}
		}
	}))
	return all
}

func TestThemes(t *testing.T) {
	s, owner, _ := open(t)
	scope := plainTenant(t, s, "urzad")
	r := remarked(t, s, scope, survey.NewDay(2026, 3, 9), "kolejka", "parking", "miło")
	queue, err := scope.CreateTheme(ctx, "Kolejki", admin)
	must(t, "create", err)
	if _, err := scope.CreateTheme(ctx, "kolejki ", admin); !errors.Is(err, survey.ErrTaken) {
		t.Errorf("a second theme of the name: %v; want ErrTaken", err)
	}
	building, err := scope.CreateTheme(ctx, "Żółty budynek", admin)
	must(t, "create", err)
	if err := scope.RenameTheme(ctx, building, "KOLEJKI", admin); !errors.Is(err, survey.ErrTaken) {
		t.Errorf("renamed to another one's name: %v; want ErrTaken", err)
	}
	for _, want := range []int{2, 0} { // the second time they have it
		n, err := scope.TagRemarks(ctx, []string{r[0].ID, r[1].ID, uuid.NewString()}, queue, admin)
		if must(t, "tag", err); n != want {
			t.Errorf("tagged %d, want %d", n, want)
		}
	}
	_, err = scope.TagRemarks(ctx, []string{r[1].ID, r[2].ID}, building, admin)
	must(t, "tag", err)
	want := map[string][]string{"kolejka": {"Kolejki"}, "parking": {"Kolejki", "Żółty budynek"}, "miło": {"Żółty budynek"}}
	if diff := cmp.Diff(want, tagged(t, scope)); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	must(t, "merge", scope.MergeThemes(ctx, building, queue, admin))
	if diff := cmp.Diff(map[string][]string{"kolejka": {"Kolejki"}, "parking": {"Kolejki"}, "miło": {"Kolejki"}}, tagged(t, scope)); diff != "" {
		t.Errorf("tags after merging (-want +got):\n%s", diff)
	}
	n, err := scope.UntagRemarks(ctx, []string{r[0].ID}, queue, admin)
	if must(t, "untag", err); n != 1 {
		t.Errorf("untagged %d, want 1", n)
	}
	must(t, "rename", scope.RenameTheme(ctx, queue, "Czekanie", admin))
	themes, err := scope.Themes(ctx)
	must(t, "themes", err)
	if diff := cmp.Diff([]store.Theme{{ID: queue, Name: "Czekanie", N: 2}}, themes); diff != "" {
		t.Errorf("themes (-want +got):\n%s", diff)
	}
	must(t, "merge with itself", scope.MergeThemes(ctx, queue, queue, admin))
	if _, err := owner.Exec(`DELETE FROM remarks WHERE text = 'parking'`); err != nil { // as a corrected sheet does
		t.Fatal(err)
	}
	if themes, err = scope.Themes(ctx); err != nil || len(themes) != 1 || themes[0].N != 1 {
		t.Errorf("after a remark is gone: %+v, %v", themes, err)
	}
	must(t, "delete", scope.DeleteTheme(ctx, queue, admin))
	if got := tagged(t, scope); len(got) != 0 {
		t.Errorf("after the theme is gone: %v", got)
	}
	if err := scope.DeleteTheme(ctx, queue, admin); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("deleted twice: %v; want ErrNotFound", err)
	}
}

func TestEachRemarkFilters(t *testing.T) {
	s, _, _ := open(t)
	scope := plainTenant(t, s, "urzad")
	remarked(t, s, scope, survey.NewDay(2026, 3, 9), "dawna")
	remarked(t, s, scope, survey.NewDay(2026, 3, 10), "nowa")
	tests := []struct {
		name string
		f    survey.Filter
		want []string
	}{
		{"all, newest first", year, []string{"nowa", "dawna"}},
		{"a day", survey.Filter{From: survey.NewDay(2026, 3, 9), To: survey.NewDay(2026, 3, 9)}, []string{"dawna"}},
		{"another channel", survey.Filter{From: year.From, To: year.To, Channels: []survey.Channel{survey.ChannelKiosk}}, nil},
		{"no service point", survey.Filter{From: year.From, To: year.To, ServicePoints: []int64{0}}, []string{"nowa", "dawna"}},
		{"a service point", survey.Filter{From: year.From, To: year.To, ServicePoints: []int64{7}}, nil},
	}
	for _, tt := range tests {
		var got []string
		must(t, tt.name, scope.EachRemark(ctx, tt.f, func(r store.TaggedRemark) { got = append(got, r.Text) }))
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q; want %q", tt.name, got, tt.want)
		}
	}
}

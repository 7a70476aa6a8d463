package sheet

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

func TestFormats(t *testing.T) {
	got := ""
	for _, each := range formats {
		form, err := FormOf(each.letter)
		if err != nil || form.Format() != each.letter || !strings.Contains(alphabet, each.letter) {
			t.Errorf("format %q: FormOf = %+v, %v, with the letter %q", each.letter, form, err, form.Format())
		}
		got += fmt.Sprint(each.letter, each.Lang, each.Large, " ")
	}
	if want := "Aplfalse Bpltrue Cenfalse Dentrue Eukfalse Fuktrue "; got != want {
		t.Errorf("formats are %q, want %q: letters that were printed stay", got, want)
	}
	if _, err := FormOf("G"); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("FormOf(G) = %v, want ErrNotFound", err)
	}
	if got := (Form{Lang: "de"}).Format(); got != "" {
		t.Errorf("format of German is %q, want none", got)
	}
}

func TestFormsAreThoseOfTheQuestionnairesLanguages(t *testing.T) {
	tests := []struct {
		languages []string
		want      string
	}{{nil, "AB"}, {[]string{survey.Ukrainian}, "ABEF"}, {[]string{survey.Ukrainian, survey.English}, "ABCDEF"}}
	for _, tt := range tests {
		got := ""
		for _, form := range Forms(&survey.Questionnaire{Languages: tt.languages}) {
			got += form.Format()
		}
		if got != tt.want {
			t.Errorf("Forms of %v = %s, want %s", tt.languages, got, tt.want)
		}
	}
}

func TestLayoutKeepsRulesInAnyForm(t *testing.T) {
	m := testMetrics(t)
	for _, q := range []*survey.Questionnaire{allKinds(t), shipped(t, "default"), shipped(t, "short"), shipped(t, "kiosk"), shipped(t, "importance"), shipped(t, "call")} {
		q.Languages = []string{survey.English, survey.Ukrainian}
		for _, form := range Forms(q) {
			t.Run(q.Key+"/"+form.Format(), func(t *testing.T) {
				l, err := form.Layout(q)
				if err != nil {
					t.Fatal(err)
				}
				if l.Format != form.Format() || l.Lang != form.Lang {
					t.Errorf("layout is of format %q, language %q", l.Format, l.Lang)
				}
				for _, bad := range append(faults(m, l), missing(q, l)...) {
					t.Error(bad)
				}
				if err := l.Check(q); err != nil {
					t.Errorf("Check: %v", err)
				}
			})
		}
	}
}

func TestLargePrintIsLarge(t *testing.T) {
	q := allKinds(t)
	l, err := Form{survey.Polish, true}.Layout(q)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range l.Pages {
		for _, w := range p.Words {
			least := 18.0
			switch {
			case w.Y > footFrom || w.Style == StyleHead && !w.Turn:
				least = 14
			case w.Style == StyleHint || w.Style == StyleHead:
				least = 16
			}
			if w.Size < least {
				t.Errorf("page %d: %q has %v points, want %v", i+1, w.Text, w.Size, least)
			}
		}
	}
}

// Boxes are large where they stand in one row, and else as in normal print.
func TestLargeBoxes(t *testing.T) {
	for name, want := range map[string]float64{"default": 7, "call": 7} {
		l, err := Form{survey.Polish, true}.Layout(shipped(t, name))
		if err != nil || l.BoxSize != want {
			t.Errorf("%s: boxes of %v mm, %v; want %v", name, l.BoxSize, err, want)
		}
	}
	if l, err := (Form{survey.Polish, true}).Layout(allKinds(t)); err != nil || l.BoxSize != 5 {
		t.Errorf("eleven points and two opt-outs: boxes of %v mm, %v; want 5", l.BoxSize, err)
	}
}

func TestLayoutsLeavesOutWhatIsTooLong(t *testing.T) {
	q := &survey.Questionnaire{Key: "long", Title: survey.PL("Długa"), Languages: []string{survey.Ukrainian}}
	section := survey.Section{Key: "s", Title: survey.PL("Uwagi")}
	for i := range 160 {
		section.Questions = append(section.Questions, survey.Question{Key: fmt.Sprintf("q%d", i), Kind: survey.KindText, Short: true, Label: survey.PL("Jednym słowem")})
	}
	q.Sections = []survey.Section{section}
	all, err := Layouts(q)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range all {
		got = append(got, l.Format)
	}
	if diff := cmp.Diff([]string{"A", "E"}, got); diff != "" {
		t.Errorf("formats (-want +got):\n%s", diff)
	}
	for i := range 40 {
		more := section.Questions[i]
		more.Key = fmt.Sprintf("more%d", i)
		q.Sections[0].Questions = append(q.Sections[0].Questions, more)
	}
	if _, err := Layouts(q); !errors.Is(err, ErrTooLong) {
		t.Errorf("Layouts of 200 = %v, want ErrTooLong", err)
	}
}

// inForm draws one of all forms.
func inForm(t *rapid.T) Form { return rapid.SampledFrom(formats).Draw(t, "form").Form }

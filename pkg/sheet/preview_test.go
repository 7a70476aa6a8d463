package sheet

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

// drafts are questionnaires that an editor may leave at any moment: parts are missing, doubled, or point nowhere.
func drafts() *rapid.Generator[*survey.Questionnaire] {
	text := rapid.Custom(func(t *rapid.T) survey.Text {
		return survey.PL(rapid.SampledFrom([]string{"", " ", "\t\n", "Treść", "\u200b", "\xff", "Pytanie – o\u00a0urząd?", strings.Repeat("słowo ", 200), strings.Repeat("W", survey.MaxLabel+1)}).Draw(t, "text"))
	})
	key := rapid.SampledFrom([]string{"", "a", "b", "c", "ż", "a.b"})
	scale := rapid.Custom(func(t *rapid.T) *survey.Scale {
		if rapid.Bool().Draw(t, "none") {
			return nil
		}
		s := &survey.Scale{Digits: rapid.Bool().Draw(t, "digits")}
		for range rapid.IntRange(0, 20).Draw(t, "points") {
			s.Points = append(s.Points, survey.Point{Label: text.Draw(t, "point")})
		}
		return s
	})
	condition := rapid.Custom(func(t *rapid.T) survey.Condition {
		c := survey.Condition{Question: key.Draw(t, "question"), Row: key.Draw(t, "row"), Is: rapid.SliceOfN(key, 0, 3).Draw(t, "is"), Not: rapid.Bool().Draw(t, "not")}
		bound := rapid.IntRange(-5, 20).Draw(t, "bound")
		if rapid.Bool().Draw(t, "at least") {
			c.AtLeast = &bound
		}
		if rapid.Bool().Draw(t, "at most") {
			c.AtMost = &bound
		}
		return c
	})
	rule := rapid.Custom(func(t *rapid.T) *survey.Rule {
		if rapid.Bool().Draw(t, "none") {
			return nil
		}
		return &survey.Rule{All: rapid.SliceOfN(condition, 0, 2).Draw(t, "all"), Any: rapid.SliceOfN(condition, 0, 2).Draw(t, "any")}
	})
	kind := rapid.SampledFrom([]survey.Kind{"", "slider", survey.KindSingle, survey.KindMulti, survey.KindScale, survey.KindMatrix, survey.KindPaired, survey.KindYesNo,
		survey.KindEmoji, survey.KindNPS, survey.KindNumber, survey.KindText, survey.KindInfo})
	question := rapid.Custom(func(t *rapid.T) survey.Question {
		q := survey.Question{Key: key.Draw(t, "key"), Kind: kind.Draw(t, "kind"), Label: text.Draw(t, "label"), Help: text.Draw(t, "help"), Unit: text.Draw(t, "unit"),
			Scale: scale.Draw(t, "scale"), Importance: scale.Draw(t, "importance"), OptOuts: optOuts().Draw(t, "opt-outs"), ShowIf: rule.Draw(t, "rule"),
			Min: rapid.IntRange(-5, 5).Draw(t, "min"), Max: rapid.IntRange(-5, 5).Draw(t, "max"), Limit: rapid.IntRange(-1, 5000).Draw(t, "limit")}
		for range rapid.IntRange(0, 70).Draw(t, "options") {
			q.Options = append(q.Options, survey.Option{Key: key.Draw(t, "key"), Label: text.Draw(t, "label"), Text: rapid.Bool().Draw(t, "text"), Exclusive: rapid.Bool().Draw(t, "exclusive")})
		}
		for range rapid.IntRange(0, 3).Draw(t, "areas") {
			q.Areas = append(q.Areas, survey.Area{Key: key.Draw(t, "key"), Label: text.Draw(t, "label")})
		}
		for range rapid.IntRange(0, 45).Draw(t, "rows") {
			q.Rows = append(q.Rows, survey.Row{Key: key.Draw(t, "key"), Label: text.Draw(t, "label"), Area: key.Draw(t, "area")})
		}
		return q
	})
	section := rapid.Custom(func(t *rapid.T) survey.Section {
		return survey.Section{Key: key.Draw(t, "key"), Title: text.Draw(t, "title"), Help: text.Draw(t, "help"), ShowIf: rule.Draw(t, "rule"),
			Questions: rapid.SliceOfN(question, 0, 4).Draw(t, "questions")}
	})
	return rapid.Custom(func(t *rapid.T) *survey.Questionnaire {
		return &survey.Questionnaire{Title: text.Draw(t, "title"), Intro: text.Draw(t, "intro"), Sections: rapid.SliceOfN(section, 0, 3).Draw(t, "sections")}
	})
}

// Whatever a draft lacks, it can be looked at: each question has its number, and nothing breaks the rules of paper.
func TestPreviewTakesAnyDraft(t *testing.T) {
	m := testMetrics(t)
	laid := 0
	rapid.Check(t, func(t *rapid.T) {
		q := drafts().Draw(t, "draft")
		l, err := Preview(q)
		if errors.Is(err, ErrTooLong) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		laid++
		for _, bad := range faults(m, l) {
			t.Error(bad)
		}
		words := map[string]bool{}
		for i, p := range l.Pages {
			for _, w := range p.Words {
				number, _, _ := strings.Cut(w.Text, " ")
				words[number] = true
			}
			wellFormed(t, l.SVG(i))
		}
		number := 0
		for _, question := range q.Questions() {
			if question.Kind == survey.KindInfo {
				continue
			}
			if number++; !words[fmt.Sprintf("%d.", number)] {
				t.Errorf("question %d is not there", number)
			}
		}
	})
	if laid == 0 {
		t.Error("no draft was laid out")
	}
}

func wellFormed(t rapid.TB, doc []byte) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(string(doc))); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("SVG is not well formed: %v", err)
		}
	}
}

func TestPreviewOfWhatCanBePublishedIsItsSheet(t *testing.T) {
	for _, q := range []*survey.Questionnaire{allKinds(t), shipped(t, "default"), shipped(t, "call")} {
		got, err := Preview(q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(layout(t, q), got); diff != "" {
			t.Errorf("%s: preview differs from the sheet (-sheet +preview):\n%s", q.Key, diff)
		}
	}
}

func TestPreviewSaysWhatIsMissing(t *testing.T) {
	q := &survey.Questionnaire{Sections: []survey.Section{{Questions: []survey.Question{
		{Kind: survey.KindSingle}, {Kind: survey.KindMatrix, Label: survey.PL("Oceny")}, {Kind: survey.KindYesNo, Label: survey.PL("Czy było dobrze?")},
	}}}}
	l, err := Preview(q)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range l.Pages[0].Words {
		if w.Style == StyleQuestion || w.Style == StyleTitle || w.Text == noAnswers {
			got = append(got, w.Text)
		}
	}
	want := []string{noWording, "1. " + noWording, noAnswers, "2. Oceny", noAnswers, "3. Czy było dobrze?"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("words (-want +got):\n%s", diff)
	}
	if n := len(l.Pages[0].Boxes); n != 2 {
		t.Errorf("%d boxes, want those of yes and no", n)
	}
}

func BenchmarkPreview(b *testing.B) {
	q := shipped(b, "default")
	for b.Loop() {
		l, err := Preview(q)
		if err != nil {
			b.Fatal(err)
		}
		for i := range l.Pages {
			l.SVG(i)
		}
	}
}

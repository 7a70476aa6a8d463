package sheet

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// unrated says which rows of boxes of matrices are in no table that is read out, or under other heads than there are boxes.
func unrated(l *Layout) ([]string, error) {
	pages, err := parts(l)
	if err != nil {
		return nil, err
	}
	var bad []string
	for i, page := range pages {
		want, got := map[int]int{}, map[int]int{} // rows by their number of boxes
		for _, r := range boxRows(l.Pages[i].Boxes) {
			if r.statement() {
				want[len(r.xs)]++
			}
		}
		for _, one := range page {
			if one.table == nil {
				continue
			}
			for _, line := range one.table.lines {
				if line.area == nil {
					got[len(one.table.heads)]++
				}
			}
		}
		if fmt.Sprint(want) != fmt.Sprint(got) {
			bad = append(bad, fmt.Sprintf("page %d: rows by boxes %v, in tables %v", i+1, want, got))
		}
	}
	return bad, nil
}

func TestMatricesAreReadOutAsTables(t *testing.T) {
	q := allKinds(t)
	q.Languages = []string{"en", "uk"}
	for _, form := range Forms(q) {
		l, err := form.Layout(q)
		if err != nil {
			t.Fatal(err)
		}
		bad, err := unrated(l)
		if err != nil || len(bad) > 0 {
			t.Errorf("%s: %q, %v", form.Format(), bad, err)
		}
		p := order(t, q)
		p.Layout = l
		read := strings.Join(strings.Fields(string(poppler(t, pdfOf(t, p), "pdfinfo", "-struct-text"))), " ")
		for _, want := range []string{`/Scope /Column "bardzo słabo 1"`, `/Scope /Row "Dojazd" TD TD TD TD TD TD TD`, `/Scope /Row "Łatwo znaleźć właściwe stanowisko, także osobie, która jest w urzędzie pierwszy raz" TD`} {
			if !strings.Contains(read, want) {
				t.Errorf("%s: %q is not read out", form.Format(), want)
			}
		}
		w, err := wordsIn(form.Lang)
		if err != nil {
			t.Fatal(err)
		}
		if want := `/Scope /Row "Jasność" TH: /Scope /Row "` + w.importance + `" TD`; !strings.Contains(read, want) {
			t.Errorf("%s: %q is not read out", form.Format(), want)
		}
	}
}

func TestAnyMatrixIsReadOutAsATable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, form := questionnaires().Draw(t, "questionnaire"), inForm(t)
		l, err := form.Layout(q)
		if errors.Is(err, ErrTooLong) {
			t.Skip("too long")
		}
		if err != nil {
			t.Fatal(err)
		}
		if bad, err := unrated(l); err != nil || len(bad) > 0 {
			t.Errorf("%q, %v", bad, err)
		}
	})
}

package sheet

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/survey"
)

// points makes a scale of labels.
func points(digits bool, labels ...string) *survey.Scale {
	s := &survey.Scale{Digits: digits}
	for _, l := range labels {
		s.Points = append(s.Points, survey.Point{Label: survey.PL(l)})
	}
	return s
}

func options(labels ...string) []survey.Option {
	all := make([]survey.Option, len(labels))
	for i, l := range labels {
		all[i] = survey.Option{Key: fmt.Sprintf("o%d", i), Label: survey.PL(l)}
	}
	return all
}

func rows(area string, labels ...string) []survey.Row {
	all := make([]survey.Row, len(labels))
	for i, l := range labels {
		all[i] = survey.Row{Key: fmt.Sprintf("r%s%d", area, i), Label: survey.PL(l), Area: area}
	}
	return all
}

// allKinds is a questionnaire with each kind of question and the shapes that are hard to lay out.
func allKinds(t testing.TB) *survey.Questionnaire {
	t.Helper()
	rating := points(true, "bardzo słabo", "słabo", "średnio", "dobrze", "bardzo dobrze")
	wide := points(false, "zdecydowanie się nie zgadzam", "raczej się nie zgadzam", "ani tak, ani nie", "raczej się zgadzam", "zdecydowanie się zgadzam")
	eleven := points(false, "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10")
	both := []survey.OptOut{survey.NoOpinion, survey.NotApplicable}
	single, multi := options("Osobiście", "Przez telefon", "Inaczej"), options("Czas", "Uprzejmość", "Jasność", "Coś innego", "Nic")
	single[2].Text, multi[3].Text, multi[4].Exclusive = true, true, true
	q := &survey.Questionnaire{Key: "wszystko", Title: survey.PL("Zażółć gęślą jaźń – wszystkie rodzaje pytań"), Sections: []survey.Section{
		{Key: "first", Title: survey.PL("Pytania z kratkami"), Questions: []survey.Question{
			{Key: "info", Kind: survey.KindInfo, Label: survey.PL("Na początek"), Help: survey.PL("Prosimy myśleć o ostatniej wizycie.")},
			{Key: "single", Kind: survey.KindSingle, Label: survey.PL("Jak odbył się kontakt?"), Options: single, OptOuts: both},
			{Key: "multi", Kind: survey.KindMulti, Label: survey.PL("Co poprawić?"), Options: multi, Max: 3, OptOuts: both},
			{Key: "scale", Kind: survey.KindScale, Label: survey.PL("Jak ocenia Pani/Pan nasz urząd?"), Scale: rating, OptOuts: both},
			{Key: "emoji", Kind: survey.KindEmoji, Label: survey.PL("A dzisiejszą obsługę?"), Scale: points(false, "źle", "średnio", "dobrze")},
			{Key: "long", Kind: survey.KindScale, Label: survey.PL("Czy zgadza się Pani/Pan, że urząd działa sprawnie?"), Scale: wide, OptOuts: both},
			{Key: "yesno", Kind: survey.KindYesNo, Label: survey.PL("Czy sprawa jest załatwiona?"), Partly: true, OptOuts: both},
			{Key: "nps", Kind: survey.KindNPS, Label: survey.PL("Czy poleci Pani/Pan nasz urząd?"), OptOuts: both},
		}},
		{Key: "second", Title: survey.PL("Pytania z wierszami"), Help: survey.PL("Po jednym krzyżyku w wierszu."), Questions: []survey.Question{
			{Key: "matrix", Kind: survey.KindMatrix, Label: survey.PL("Oceny"), Scale: rating, OptOuts: both,
				Areas: []survey.Area{{Key: "a", Label: survey.PL("Warunki")}, {Key: "b", Label: survey.PL("Ludzie")}},
				Rows: append(append(rows("b", "Uprzejmość", "Wiedza"), rows("a", "Dojazd", "Porządek", "Łatwo znaleźć właściwe stanowisko, także osobie, która jest w urzędzie pierwszy raz")...),
					rows("", "Ogólnie")...)},
			{Key: "turned", Kind: survey.KindMatrix, Label: survey.PL("Jak bardzo się Pani/Pan zgadza?"), Scale: wide, OptOuts: both, Rows: rows("", "Urząd działa sprawnie", "Pisma są zrozumiałe")},
			{Key: "paired", Kind: survey.KindPaired, Label: survey.PL("Ważność i zadowolenie"), Scale: rating, OptOuts: both[:1], Rows: rows("", "Czas oczekiwania", "Uprzejmość", "Jasność")},
			{Key: "weighed", Kind: survey.KindPaired, Label: survey.PL("Każde na swojej skali"), Scale: rating, Importance: points(false, "nieważne", "ważne", "bardzo ważne"), OptOuts: both,
				Areas: []survey.Area{{Key: "a", Label: survey.PL("Warunki")}}, Rows: append(rows("", "Czas oczekiwania"), rows("a", "Dojazd", "Porządek")...)},
			{Key: "areas", Kind: survey.KindMatrix, Label: survey.PL("Ważność obszarów"), Scale: rating, Importance: points(false, "nieważne", "ważne", "bardzo ważne"), OptOuts: both[:1],
				Areas: []survey.Area{{Key: "a", Label: survey.PL("Warunki")}, {Key: "b", Label: survey.PL("Ludzie, także przez telefon")}}, Rows: append(rows("a", "Dojazd"), rows("b", "Uprzejmość")...)},
			{Key: "eleven", Kind: survey.KindMatrix, Label: survey.PL("Od 0 do 10"), Scale: eleven, OptOuts: both, Rows: rows("", "Czas oczekiwania na obsługę", "Uprzejmość")},
			{Key: "eleven_paired", Kind: survey.KindPaired, Label: survey.PL("Od 0 do 10, dwa razy"), Scale: eleven, Rows: rows("", "Czas oczekiwania na obsługę", "Uprzejmość")},
			{Key: "legend", Kind: survey.KindMatrix, Label: survey.PL("Długie nazwy punktów skali"), Scale: points(false, strings.Repeat("bardzo długi opis ", 9), "krótki"),
				OptOuts: both, Rows: rows("", "Pierwszy", "Drugi")},
		}},
		{Key: "third", Title: survey.PL("Pytania do wpisania"), Questions: []survey.Question{
			{Key: "number", Kind: survey.KindNumber, Label: survey.PL("Ile minut trwało czekanie?"), Max: 240, Unit: survey.PL("minut"), OptOuts: both},
			{Key: "short", Kind: survey.KindText, Label: survey.PL("Jednym słowem"), Short: true, Limit: 100},
			{Key: "text", Kind: survey.KindText, Label: survey.PL("Co jeszcze?")},
		}},
	}}
	if err := q.Check(); err != nil {
		t.Fatalf("fixture: %v", err)
	}
	return q
}

// shipped reads one of the questionnaires that every office gets.
func shipped(t testing.TB, name string) *survey.Questionnaire {
	t.Helper()
	path := filepath.Join("..", "..", "tenants", "questionnaires", name+".yaml")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	q, err := survey.ParseQuestionnaire(path, data)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func layout(t testing.TB, q *survey.Questionnaire) *Layout {
	t.Helper()
	l, err := NewLayout(q)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// order is a print of one copy of q for a sample office.
func order(t testing.TB, q *survey.Questionnaire) Print {
	t.Helper()
	version := &survey.Version{ID: 17, Number: 3, Questionnaire: *q, Layout: survey.NewLayout(q), PublishedAt: time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)}
	office := survey.Office{Name: "Urząd Gminy Osielsko", Street: "Szosa Gdańska 55A", PostalCode: "86-031", City: "Osielsko"}
	return Print{Office: office, Tenant: 6, Version: version, Layout: layout(t, q), Copies: 1, FirstSerial: 41}
}

func pdfOf(t testing.TB, p Print) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := p.PDF(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// poppler runs one of poppler's tools on a PDF, with args before the file's name, and returns its output.
func poppler(t testing.TB, pdf []byte, tool string, args ...string) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sheet.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool, append(args, file)...)
	if tool == "pdftotext" {
		cmd.Args = append(cmd.Args, "-")
	}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s (package poppler-utils): %v", tool, err)
	}
	return out
}

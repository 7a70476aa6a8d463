package web

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

func TestComparison(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	p.change("question", "settled", reworked)
	p.publish(nil)
	p.change("question", "remarks", func(q *survey.Questionnaire) { q.Question("remarks").Label.PL = "Co jeszcze?" })
	const inVersion2, inDraft = "<ins>załatwiona w całości?</ins>", "Co jeszcze?"
	tests := []struct {
		query     string
		has, miss []string
	}{
		{"", []string{inDraft, `<option value="2" selected>`, `<option value="szkic" selected>`, `href="/panel/ankieta?p=remarks"`}, []string{inVersion2}},
		{"?od=1", []string{inDraft, inVersion2}, nil},
		{"?od=1&do=2", []string{inVersion2, "<del>załatwiona?</del>", "Pytanie 5 „Ile minut trwało czekanie?”", "dodano"}, []string{inDraft, `href="/panel/ankieta?p=`}},
		{"?do=2", []string{inVersion2}, []string{inDraft}},
		{"?od=2&do=1", []string{"<del>załatwiona w całości?</del>", "usunięto"}, []string{inDraft}},
		{"?od=2&do=2", []string{"Nic się tu nie różni"}, []string{inVersion2, inDraft}},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			a := p.get("/panel/ankieta/porownanie" + tt.query)
			if a.StatusCode != 200 {
				t.Fatalf("%d", a.StatusCode)
			}
			hold(t, "the comparison", words(a.body), tt.has...)
			miss(t, "the comparison", words(a.body), tt.miss...)
		})
	}
	// Who may not see the draft compares what was published.
	supervisor := h.logIn("osielsko", store.RoleSupervisor)
	page := words(supervisor.get("/panel/ankieta/porownanie").body)
	hold(t, "the supervisor's comparison", page, inVersion2, `<option value="1" selected>`, `<option value="2" selected>`)
	miss(t, "the supervisor's comparison", page, "szkic", "Co jeszcze?")
	if a := supervisor.get("/panel/ankieta/porownanie?do=szkic"); a.StatusCode != 404 {
		t.Errorf("a supervisor's comparison with the draft = %d, want 404", a.StatusCode)
	}
	if page := h.logIn("dobrcz", store.RoleSupervisor).get("/panel/ankieta/porownanie").body; !strings.Contains(page, "Nic się tu nie różni") {
		t.Error("an office with one version has no comparison")
	}
}

// What came or went alike is told together, what else it had is not told again, and what changed of an answer says of which.
func TestComparisonOfAnswers(t *testing.T) {
	before := wordedQuestionnaire()
	ways := before.Question("ways")
	ways.Max = 2
	ways.Options = append(ways.Options, survey.Option{Key: "none", Label: survey.Text{PL: "żaden", EN: "none"}, Exclusive: true}, survey.Option{Key: "other", Label: survey.PL("inny"), Text: true})
	after := before.Clone()
	ways = after.Question("ways")
	ways.Max, ways.Options = 1, append(ways.Options[:1:1], survey.Option{Key: "a", Label: survey.PL("wizyta"), Exclusive: true}, survey.Option{Key: "b", Label: survey.PL("list")})
	ways.Options[0].Text = true
	rate := after.Question("rate")
	rate.Rows[0].Required = true
	rate.Scale.Points = append(rate.Scale.Points, survey.Point{Label: survey.PL("bardzo dobrze")})
	want := []string{
		"włączono: odpowiedź „telefon” – pole „jakie?”",
		"dodano: odpowiedzi | | wizyta, list",
		"zmieniono: najwięcej zaznaczeń | 2 | 1",
		"usunięto: odpowiedzi | poczta, żaden, inny | ",
		"dodano: punkt skali | | bardzo dobrze",
		"włączono: wiersz „uprzejmość” – wiersz wymagany",
	}
	var got []string
	for _, group := range compareGroups(before, after) {
		for _, line := range group.Lines {
			told := line.Text
			if line.Taken || line.Came {
				others := strings.Join(append([]string{""}, line.Others...), ", ")
				was, is := text(line.Was), text(line.Is)
				if line.Taken {
					was += others
				} else {
					is += others
				}
				told += " | " + was + " | " + is
			}
			got = append(got, strings.ReplaceAll(told, "|  |", "| |"))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the differences (-want +got):\n%s", diff)
	}
}

// What people typed is set as it should stand, and does nothing.
func TestComparisonShowsWhatWasTyped(t *testing.T) {
	h := startEvery(t)
	p := h.logIn("wszystko", store.RoleAdministrator)
	p.change("question", "ways", func(q *survey.Questionnaire) {
		q.Question("ways").Options, q.Question("matter").Label.PL = nil, `<script>alert("x")</script> & <b>`
		q.Question("minutes").Label.PL = "Ile trwało czekanie w kolejce?"
	})
	page := p.get("/panel/ankieta/porownanie").body
	hold(t, "the page", page, "„Ile trwało czekanie w"+hardSpace+"kolejce?”", "<ins>czekanie w"+hardSpace+"kolejce?</ins>") // no lone letter ends a line
	hold(t, "the page", words(page), "usunięto: odpowiedzi", "<dd>Telefon</dd><dd>E-mail</dd><dd>Wizyta</dd>", "&lt;script&gt;")
	miss(t, "the page", page, "usunięto: odpowiedź<", "wyklucza inne", "<script>alert", "<b>&")
	miss(t, "the checklist", p.get("/panel/ankieta/publikacja").body, "<script>alert", "usunięto: odpowiedź<")
	miss(t, "the history", p.get("/panel/ankieta/wersje").body, "<script>alert")
}

func TestMarkWords(t *testing.T) {
	show := func(marks []mark) string {
		var all []string
		for _, m := range marks {
			if m.Changed {
				all = append(all, "["+m.Text+"]")
			} else {
				all = append(all, m.Text)
			}
		}
		return words(strings.Join(all, " "))
	}
	tests := []struct{ before, after, was, is string }{
		{"Czy sprawa jest załatwiona?", "Czy Pani sprawa jest załatwiona?", "Czy sprawa jest załatwiona?", "Czy [Pani] sprawa jest załatwiona?"},
		{"a b c d", "a x c y d", "a [b] c d", "a [x] c [y] d"},
		{"a  b\nc", "a b", "a b [c]", "a b"},
		{"jeden dwa", "trzy", "jeden dwa", "trzy"}, // nothing in common
		{"", "nowe", "", "nowe"},
		{"stare", "", "stare", ""},
		{"a a b", "a b a", "a [a] b", "a b [a]"},
	}
	for _, tt := range tests {
		was, is := markWords(tt.before, tt.after)
		if show(was) != tt.was || show(is) != tt.is {
			t.Errorf("markWords(%q, %q) = %q, %q; want %q, %q", tt.before, tt.after, show(was), show(is), tt.was, tt.is)
		}
	}
	long := strings.Repeat("słowo ", 2000)
	if was, is := markWords(long+"a", long+"b"); len(was) != 1 || len(is) != 1 || was[0].Changed {
		t.Errorf("what is too long to compare is marked: %s", fmt.Sprint(was)[:100])
	}
}

func TestSummaryOfChanges(t *testing.T) {
	h := start(t)
	tests := []struct {
		name   string
		change func(*survey.Questionnaire)
		want   string
	}{
		{"nothing", func(*survey.Questionnaire) {}, ""},
		{"series alone", func(q *survey.Questionnaire) { q.Question("overall").Series = 4 }, ""},
		{"a title", func(q *survey.Questionnaire) { q.Title.PL = "T" }, "zmieniono teksty ankiety lub sekcji"},
		{"one question, twice", func(q *survey.Questionnaire) {
			q.Question("overall").Label.PL, q.Question("overall").Required = "O", false
		}, "zmieniono 1 pytanie"},
		{"all of it", func(q *survey.Questionnaire) {
			q.Sections[1].Help.PL = "H"
			q.Question("overall").Help.PL = "H"
			first := q.Sections[0].Questions
			first[0], first[1] = first[1], first[0]
			q.Sections[3].Questions = append(q.Sections[3].Questions[1:], survey.Question{Key: "a", Kind: survey.KindNPS}, survey.Question{Key: "b", Kind: survey.KindNPS})
		}, "dodano 2 pytania, usunięto 1 pytanie, zmieniono 1 pytanie, przeniesiono 1 pytanie, zmieniono teksty ankiety lub sekcji"},
	}
	for _, tt := range tests {
		before, after := h.questionnaire("default.yaml"), h.questionnaire("default.yaml")
		tt.change(after)
		if got := words(summaryPL(before, after)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

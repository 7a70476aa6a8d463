package web

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// Twelve questionnaires with the structure of those that real offices use, each of them answered in a browser without
// script and with it, printed, typed in by keys, and reported.
func TestFieldQuestionnaires(t *testing.T) {
	h := start(t)
	surveys := fieldSurveys()
	for _, f := range surveys {
		h.create(context.Background(), store.NewTenant{Slug: f.slug, Office: survey.Office{Name: "Urząd Gminy Przykładowej"}, Questionnaire: f.read(t)})
	}
	h.refresh()
	browser := fieldBrowser(t)
	for _, f := range surveys {
		t.Run(f.slug, func(t *testing.T) {
			r := &fieldRun{f, tab(t, browser, h.logIn(f.slug, store.RoleEmployee), chromedp.WithNewBrowserContext())}
			r.step(t, "without script", r.answerPlain)
			r.step(t, "with script", r.answerLive)
			r.step(t, "printed", r.print)
			r.step(t, "typed", r.typeSheet)
			r.step(t, "reported", r.report)
		})
	}
}

// fieldBrowser starts one Chromium for all offices; each has a tab with time and cookies of its own.
func fieldBrowser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	t.Cleanup(func() { _ = chromedp.Cancel(ctx) }) // so that its files can be removed
	return ctx
}

// fieldRun is one of the surveys on its way through an office.
type fieldRun struct {
	*fieldSurvey
	*keyboard
}

// step runs a part of the test whose faults are told as its own.
func (r *fieldRun) step(t *testing.T, name string, run func(*testing.T)) {
	t.Run(name, func(t *testing.T) {
		outer := r.t
		r.t = t
		defer func() { r.t = outer }()
		run(t)
	})
}

func (r *fieldRun) answerPlain(t *testing.T) {
	r.scripts(false)
	for _, p := range []fieldPerson{r.first, r.second} {
		r.visit("/")
		r.wantShown(t, p, r.answerSurvey(r.answers(p)))
	}
	r.wantStored(t, survey.ChannelWeb, r.first, r.second)
}

// answerLive decides like the second person, and then thinks better of it; in another language where one is offered.
func (r *fieldRun) answerLive(t *testing.T) {
	r.scripts(true)
	r.visit("/")
	for _, lang := range r.asks.Languages {
		r.visit("/?lang=" + lang)
		r.see(r.asks.Title.In(lang), r.asks.Questions()[0].Label.In(lang))
		miss(t, "the survey in "+lang, r.text(), r.asks.Title.PL, r.asks.Questions()[0].Label.PL)
	}
	for field := range r.answerShown(r.second.values) {
		if r.second.hides(field) {
			t.Errorf("%s is shown to whom it is hidden", field)
		}
	}
	r.wantShown(t, r.first, r.answerSurvey(r.answers(r.first)))
	r.wantStored(t, survey.ChannelWeb, r.first, r.first, r.second)
}

// wantShown wants the fields that a browser was shown to be those that the person is to answer.
func (r *fieldRun) wantShown(t *testing.T, p fieldPerson, seen map[string]bool) {
	t.Helper()
	got, want := slices.Sorted(maps.Keys(seen)), slices.Sorted(maps.Keys(r.answers(p)))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields shown (-want +got):\n%s", diff)
	}
}

// fieldStored is what the database keeps of a submission.
type fieldStored struct {
	Codes   []int64
	Remarks []string
}

// wantStored wants the submissions that came by a channel to be of these people, in any order.
func (r *fieldRun) wantStored(t *testing.T, channel survey.Channel, people ...fieldPerson) {
	t.Helper()
	rows, err := r.owner.Query(`
		SELECT codes, ARRAY(SELECT question || ': ' || text FROM remarks WHERE tenant_id = s.tenant_id AND submission_id = s.id ORDER BY question COLLATE "C")
		FROM submissions AS s
		WHERE tenant_id = $1 AND channel = $2
		ORDER BY codes`, r.ids[r.slug], channel)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var got, want []fieldStored
	for rows.Next() {
		var s fieldStored
		if err := rows.Scan(pq.Array(&s.Codes), pq.Array(&s.Remarks)); err != nil {
			t.Fatal(err)
		}
		got = append(got, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		want = append(want, r.submission(t, channel, p))
	}
	slices.SortFunc(want, func(a, b fieldStored) int { return slices.Compare(a.Codes, b.Codes) })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stored by %s (-want +got):\n%s", channel, diff)
	}
}

// submission is what the database is to keep of a person's answers: codes of what was shown, and what was hidden as such.
func (r *fieldRun) submission(t *testing.T, channel survey.Channel, p fieldPerson) fieldStored {
	t.Helper()
	version, err := r.scope(r.slug).PublishedVersion(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	sub, err := version.Fill(r.answers(p), channel, r.web.today())
	if err != nil {
		t.Fatal(err)
	}
	s := fieldStored{Remarks: []string{}}
	for i, slot := range version.Layout.Slots {
		if hidden := p.hides(slot.Question); hidden != (sub.Codes[i] == survey.CodeHidden) {
			t.Errorf("%s is hidden: %t, want %t", slot.Field(), !hidden, hidden)
		}
		s.Codes = append(s.Codes, int64(sub.Codes[i]))
	}
	slices.SortFunc(sub.Remarks, func(a, b survey.Remark) int { return strings.Compare(a.Question, b.Question) })
	for _, remark := range sub.Remarks {
		s.Remarks = append(s.Remarks, remark.Question+": "+remark.Text)
	}
	return s
}

// print wants every question with all that it offers on the sheet.
func (r *fieldRun) print(t *testing.T) {
	got := r.post("/panel/wydruk", url.Values{"copies": {"1"}})
	if got.StatusCode != 200 {
		t.Fatalf("print = %d:\n%s", got.StatusCode, got.body)
	}
	text := pdfText(t, got.body)
	if sides := strings.Count(text, "\f"); sides != r.sides {
		t.Errorf("the sheet has %d sides, want %d", sides, r.sides)
	}
	for _, q := range r.asks.Questions() {
		wording := q.Label.PL
		for _, row := range q.Rows {
			wording += " " + row.Label.PL
		}
		for _, o := range q.Options {
			wording += " " + o.Label.PL
		}
		for _, word := range strings.Fields(wording) {
			hold(t, "the sheet, "+q.Key, text, word)
		}
	}
	hold(t, "the sheet", words(text), r.told...)
}

// typeSheet types the second person's sheet.
func (r *fieldRun) typeSheet(t *testing.T) {
	r.logBrowserIn()
	r.visit(openPaperBatch(t, r.person, nil) + "/arkusz")
	r.typeAll(r.answers(r.second))
	r.wantStored(t, survey.ChannelPaperTyped, r.second)
}

// Others answer over HTTP as the two people do, so that no figure is withheld.
const (
	othersLikeFirst  = 3
	othersLikeSecond = 4
)

func (r *fieldRun) report(t *testing.T) {
	for i := range othersLikeFirst + othersLikeSecond {
		p := r.first
		if i >= othersLikeFirst {
			p = r.second
		}
		got := r.harness.post(r.slug, "/", r.form(r.slug, "/", url.Values(r.answers(p))))
		if at := got.Header.Get("Location"); got.StatusCode != 303 || at != "/dziekujemy" {
			t.Fatalf("answer over HTTP = %d to %q:\n%s", got.StatusCode, at, got.body)
		}
	}
	against := r.answers(r.first) // who answers on paper what the rules tell to pass over
	maps.Copy(against, r.answers(r.second))
	for _, q := range r.asks.Questions() {
		for _, o := range q.Options {
			if !slices.Contains(against[q.Key], o.Key) {
				delete(against, q.Key+"."+o.Key) // words of the first one beside what the second one chose
			}
		}
	}
	mustType(t, r.person, openPaperBatch(t, r.person, nil), url.Values(against))
	summary := r.json(r.generate(thisYear())).Summary
	channels := map[survey.Channel]int{}
	for _, c := range summary.Channels {
		if c.N > 0 {
			channels[c.Channel] = c.N
		}
	}
	first, second := 2+othersLikeFirst, 1+othersLikeSecond+2 // in the browser, over HTTP, and on paper
	if diff := cmp.Diff(map[survey.Channel]int{survey.ChannelWeb: first + second - 2, survey.ChannelPaperTyped: 2}, channels); diff != "" || summary.N != first+second {
		t.Errorf("n = %d, want %d; by channel (-want +got):\n%s", summary.N, first+second, diff)
	}
	want := map[string]int{}
	r.count(want, r.first, first)
	r.count(want, r.second, second)
	if diff := cmp.Diff(want, reported(t, &summary)); diff != "" {
		t.Errorf("counts in the report (-want +got):\n%s", diff)
	}
	points := 0
	for _, q := range summary.Quadrants {
		points += len(q.Points)
	}
	if points != r.points {
		t.Errorf("%d points set importance against satisfaction, want %d", points, r.points)
	}
}

// count adds n people's answers to counts by field and value, by the words of this test alone. What was answered against
// the rules is no answer.
func (r *fieldRun) count(counts map[string]int, p fieldPerson, n int) {
	for field, values := range r.answers(p) {
		key, _, _ := strings.Cut(field, ".")
		switch q := r.asks.Question(key); {
		case q.Kind == survey.KindText || q.Kind == survey.KindNumber:
			counts[field+" valid"] += n
		case strings.Contains(field, ".") && len(q.Options) > 0: // "jakie?" is no figure
		default:
			for _, v := range values {
				counts[field+" = "+v] += n
			}
		}
	}
	for _, key := range strings.Fields(p.hidden) {
		for field := range r.answers(fieldPerson{}) {
			if question, _, _ := strings.Cut(field, "."); question == key && len(r.asks.Question(key).Options) == 0 || field == key {
				counts[field+" hidden"] += n
			}
		}
	}
}

// reported returns what a report counts by field and value, as count does. Nothing may be withheld.
func reported(t *testing.T, s *stats.Summary) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, q := range s.Questions {
		for _, i := range q.Items {
			field := strings.Join(slices.DeleteFunc([]string{q.Key, i.Row, i.Aspect}, func(s string) bool { return s == "" }), ".")
			if i.Row == "" && i.Area != "" {
				field = strings.Join([]string{q.Key, i.Area, i.Aspect}, ".")
			}
			if i.Suppressed {
				t.Errorf("%s is withheld", field)
			}
			found := map[string]int{" hidden": i.States.Hidden, " = na": i.States.NotApplicable, " = dk": i.States.NoOpinion}
			if q.Kind == survey.KindText || q.Kind == survey.KindNumber {
				found[" valid"] = i.Valid
			} else {
				for _, v := range i.Values {
					found[" = "+v.Value] = v.Count
				}
			}
			for what, n := range found {
				if n > 0 {
					counts[field+what] = n
				}
			}
		}
	}
	return counts
}

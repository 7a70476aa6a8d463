package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// stored is a submission as it stands in the database.
type stored struct {
	Channel string
	Point   string
	Day     string
	Codes   string
}

func (h *harness) stored(slug string) []stored {
	h.t.Helper()
	rows, err := h.owner.Query(`
		SELECT s.channel, COALESCE(p.code, ''), s.day::text, s.codes::text
		FROM submissions s
		LEFT JOIN service_points p ON p.tenant_id = s.tenant_id AND p.id = s.service_point_id
		WHERE s.tenant_id = $1
		ORDER BY s.codes`, h.ids[slug])
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var all []stored
	for rows.Next() {
		var s stored
		if err := rows.Scan(&s.Channel, &s.Point, &s.Day, &s.Codes); err != nil {
			h.t.Fatal(err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		h.t.Fatal(err)
	}
	return all
}

func TestSurveyWithoutScript(t *testing.T) {
	h := startEvery(t)
	full := merge(valid(), url.Values{
		"matter": {"other"}, "matter.other": {"drzewo przy drodze"}, "ways": {"phone", "letter"}, "agree": {"1"}, "face": {"3"}, "settled": {"partly"},
		"recommend": {"0"}, "minutes": {"15"}, "word": {"dobrze"}, "remarks": {"Dziękuję.\r\nProszę pisać na a@b.pl, PESEL 44051401359."},
		"worth.hours.importance": {"3"}, "worth.hours.satisfaction": {"1"},
	})
	got := h.post("wszystko", "/", h.form("wszystko", "/", full))
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/dziekujemy" {
		t.Fatalf("POST / = %d to %q: %s", got.StatusCode, got.Header.Get("Location"), got.body)
	}
	// matter, ways and its five options, overall, agree, face, quality ×3, worth ×2×2, settled, recommend, minutes, word, remarks
	want := []stored{{"web", "", "2026-03-10", "{6,5,5,0,0,5,0,8,5,7,7,1,5,7,5,0,0,6,5,20,5,5}"}}
	if diff := cmp.Diff(want, h.stored("wszystko")); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	var remarks string
	if err := h.owner.QueryRow(`SELECT string_agg(question || '=' || text, '|' ORDER BY question) FROM remarks`).Scan(&remarks); err != nil {
		t.Fatal(err)
	}
	if want := "matter.other=drzewo przy drodze|remarks=Dziękuję.\nProszę pisać na [E-MAIL], PESEL [PESEL].|word=dobrze"; remarks != want {
		t.Errorf("remarks = %q, want %q", remarks, want)
	}
	thanks := h.get("wszystko", "/dziekujemy")
	if thanks.StatusCode != http.StatusOK || !strings.Contains(thanks.body, "Dziękujemy pięknie.") {
		t.Errorf("GET /dziekujemy = %d: %s", thanks.StatusCode, thanks.body)
	}
}

func TestServicePointOfTheAddress(t *testing.T) {
	h := startEvery(t)
	h.archiveSoFar("wszystko")
	if _, err := h.owner.Exec(`INSERT INTO service_points (tenant_id, code, name, valid_from, valid_to) VALUES ($1, 'dawne', 'Dawne', '2020-01-01', '2024-12-31')`, h.ids["wszystko"]); err != nil {
		t.Fatal(err)
	}
	h.refresh()
	tests := []struct {
		name, path string
		want       stored
	}{
		{"open", "/?p=okienko", stored{Channel: "qr", Point: "okienko"}},
		{"none", "/", stored{Channel: "web"}},
		{"unknown", "/?p=nieznane", stored{Channel: "web"}},
		{"closed", "/?p=dawne", stored{Channel: "web"}},
		{"another office's", "/?p=kasa", stored{Channel: "web"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := h.count(`SELECT count(*) FROM submissions s LEFT JOIN service_points p ON p.id = s.service_point_id
				WHERE s.channel = $1 AND COALESCE(p.code, '') = $2`, tt.want.Channel, tt.want.Point)
			form := h.form("wszystko", tt.path, valid())
			if !form.Has("_p") && tt.path != "/" {
				form.Set("_p", strings.TrimPrefix(tt.path, "/?p=")) // sent by hand all the same
			}
			if got := h.post("wszystko", "/", form); got.StatusCode != http.StatusSeeOther {
				t.Fatalf("POST = %d: %s", got.StatusCode, got.body)
			}
			after := h.count(`SELECT count(*) FROM submissions s LEFT JOIN service_points p ON p.id = s.service_point_id
				WHERE s.channel = $1 AND COALESCE(p.code, '') = $2`, tt.want.Channel, tt.want.Point)
			if after != before+1 {
				t.Errorf("%d submissions of %+v more, want 1", after-before, tt.want)
			}
		})
	}
}

func TestAnswersToMendAreKept(t *testing.T) {
	h := startEvery(t)
	long := strings.Repeat("ż", 501)
	tests := []struct {
		name   string
		values url.Values // on top of valid ones
		link   string     // of the error summary
		words  string
		kept   [][]string // parts of tags that must be there
	}{
		{"nothing where something is required", url.Values{"matter": nil}, "#q-matter", "to pytanie jest wymagane", nil},
		{"a row left out", url.Values{"quality.quick": nil}, "#q-quality.quick", "Szybkość", nil},
		{"unknown option", url.Values{"matter": {"bribe"}}, "#q-matter", "podanych odpowiedzi", nil},
		{"two where one is asked", url.Values{"overall": {"1", "2"}}, "#q-overall", "tylko jedną", nil},
		{"too few", url.Values{"ways": {"phone"}}, "#q-ways", "co najmniej 2", [][]string{{`name="ways"`, `value="phone"`, "checked"}}},
		{"too many", url.Values{"ways": {"phone", "mail", "visit", "letter"}}, "#q-ways", "najwyżej 3", [][]string{{`value="letter"`, "checked"}}},
		{"exclusive", url.Values{"ways": {"phone", "none"}}, "#q-ways", "nie można łączyć", [][]string{{`value="none"`, "checked"}}},
		{"an opt-out that isn't offered", url.Values{"agree": {"na"}}, "#q-agree", "podanych odpowiedzi", nil},
		{"the unreadable mark of paper", url.Values{"agree": {"unreadable"}}, "#q-agree", "podanych odpowiedzi", nil},
		{"not a number", url.Values{"minutes": {"kwadrans"}}, "#q-minutes", "liczbę całkowitą", [][]string{{`name="minutes"`, `value="kwadrans"`}}},
		{"above the bound", url.Values{"minutes": {"241"}}, "#q-minutes", "nie większą niż 240", [][]string{{`value="241"`}}},
		{"below the bound", url.Values{"minutes": {"-1"}}, "#q-minutes", "nie mniejszą niż 0", [][]string{{`value="-1"`}}},
		{"markup too long", url.Values{"word": {`<b onclick="x">bardzo długie</b>`}}, "#q-word", "najwyżej 20",
			[][]string{{`name="word"`, `value="&lt;b onclick=&#34;x&#34;&gt;bardzo długie&lt;/b&gt;"`}}},
		{"remark too long", url.Values{"remarks": {long}}, "#q-remarks", "najwyżej 500", nil},
		{"text of an option too long", url.Values{"matter": {"other"}, "matter.other": {strings.Repeat("a", 4001)}}, "#q-matter.other", "najwyżej 4000", nil},
		{"words beside another answer", url.Values{"matter": {"tax"}, "matter.other": {"drzewo"}}, "#q-matter.other", "zaznaczono inną odpowiedź",
			[][]string{{`name="matter"`, `value="tax"`, "checked"}, {`name="matter.other"`, `value="drzewo"`, `aria-invalid="true"`}}},
		{"a paired row", url.Values{"worth.hours.importance": {"4"}}, "#q-worth.hours.importance", "Godziny przyjęć", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form := merge(h.form("wszystko", "/?p=okienko", merge(valid(), url.Values{"settled": {"yes"}, "remarks": {"Mój tekst"}})), tt.values)
			got := h.post("wszystko", "/", form)
			if got.StatusCode != http.StatusUnprocessableEntity {
				t.Fatalf("POST = %d, want 422", got.StatusCode)
			}
			for _, want := range []string{`href="` + tt.link + `"`, `id="` + strings.TrimPrefix(tt.link, "#") + `"`, tt.words, `value="` + form.Get("_key") + `"`} {
				if !strings.Contains(got.body, want) {
					t.Errorf("the page lacks %q", want)
				}
			}
			kept := append([][]string{{`name="settled"`, `value="yes"`, "checked"}, {`name="quality.polite"`, `value="3"`, "checked"}, {`name="_p"`, `value="okienko"`}}, tt.kept...)
			for _, parts := range kept {
				if len(tags(got.body, parts...)) == 0 {
					t.Errorf("no tag with %q: the answer was lost", parts)
				}
			}
			if text := form.Get("remarks"); !strings.Contains(got.body, "\n"+text+"</textarea>") {
				t.Errorf("the remark was lost")
			}
		})
	}
	if n := h.count(`SELECT count(*) FROM submissions`); n != 0 {
		t.Errorf("%d submissions stored, want none", n)
	}
}

// Words beside an option choose it, be something else to be mended or not.
func TestWordsChooseTheirOption(t *testing.T) {
	h := startEvery(t)
	words := merge(valid(), url.Values{"matter": nil, "matter.other": {"drzewo"}})
	got := h.post("wszystko", "/", h.form("wszystko", "/", without(words, "overall")))
	if got.StatusCode != http.StatusUnprocessableEntity || len(tags(got.body, `name="matter"`, `value="other"`, "checked")) != 1 || strings.Contains(got.body, `href="#q-matter"`) {
		t.Errorf("with a fault elsewhere: %d, %v", got.StatusCode, tags(got.body, `name="matter"`))
	}
	got = h.post("wszystko", "/", h.form("wszystko", "/", words))
	if got.StatusCode != http.StatusSeeOther {
		t.Fatalf("POST / = %d: %s", got.StatusCode, got.body)
	}
	if all := h.stored("wszystko"); len(all) != 1 || !strings.HasPrefix(all[0].Codes, "{6,") || h.count(`SELECT count(*) FROM remarks WHERE question = 'matter.other' AND text = 'drzewo'`) != 1 {
		t.Errorf("stored %v", all)
	}
}

func TestKeyIsStoredOnce(t *testing.T) {
	h := startEvery(t)
	form := h.form("wszystko", "/", valid())
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if got := h.post("wszystko", "/", form); got.StatusCode != http.StatusSeeOther {
				t.Errorf("POST = %d", got.StatusCode)
			}
		})
	}
	wg.Wait()
	if got := h.post("wszystko", "/", form); got.StatusCode != http.StatusSeeOther {
		t.Errorf("the same once more = %d, want 303", got.StatusCode)
	}
	if n := h.count(`SELECT count(*) FROM submissions`); n != 1 {
		t.Errorf("%d submissions stored, want 1", n)
	}
	if n := h.count(`SELECT sum(n) FROM tallies`); n != 1 {
		t.Errorf("tallies count %d, want 1", n)
	}
	// Another office may get the same key: it is another submission.
	other := url.Values{"_key": form["_key"], "overall": {"5"}}
	if got := h.post("osielsko", "/", other); got.StatusCode != http.StatusSeeOther || h.count(`SELECT count(*) FROM submissions`) != 2 {
		t.Errorf("the key at another office = %d, %d stored, want 303 and 2", got.StatusCode, h.count(`SELECT count(*) FROM submissions`))
	}
}

func TestFormWithoutKey(t *testing.T) {
	h := startEvery(t)
	for _, key := range []string{"", "short", strings.Repeat("x", 101)} {
		form := merge(h.form("wszystko", "/", valid()), url.Values{"_key": {key}, "remarks": {"Zostaje"}})
		got := h.post("wszystko", "/", form)
		fresh := hidden(got.body).Get("_key")
		if got.StatusCode != http.StatusUnprocessableEntity || len(fresh) != 36 || !strings.Contains(got.body, "Zostaje</textarea>") || !strings.Contains(got.body, "niekompletny") {
			t.Fatalf("key %q: POST = %d with key %q", key, got.StatusCode, fresh)
		}
		form.Set("_key", fresh)
		if got := h.post("wszystko", "/", form); got.StatusCode != http.StatusSeeOther {
			t.Errorf("with the fresh key: %d", got.StatusCode)
		}
	}
	if n := h.count(`SELECT count(*) FROM submissions`); n != 3 {
		t.Errorf("%d stored, want 3", n)
	}
}

// archiveSoFar archives the report that § 5 asks for before a change.
func (h *harness) archiveSoFar(slug string) {
	h.t.Helper()
	by := store.Actor{Login: "test", At: h.clock.now()}
	if _, err := h.web.ArchiveSoFar(context.Background(), h.web.directory.Load().tenant(slug), by); err != nil {
		h.t.Fatal(err)
	}
}

// republish publishes the office's questionnaire with a change, after the report that § 5 asks for.
func (h *harness) republish(slug string, change func(*survey.Questionnaire)) {
	h.t.Helper()
	ctx, scope, by := context.Background(), h.scope(slug), store.Actor{Login: "test", At: h.clock.now()}
	h.archiveSoFar(slug)
	draft, err := scope.Draft(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	change(&draft.Questionnaire)
	if draft.Revision, err = scope.SaveDraft(ctx, *draft, store.Edit{}); err != nil {
		h.t.Fatal(err)
	}
	layout, err := sheet.NewLayout(&draft.Questionnaire)
	if err != nil {
		h.t.Fatal(err)
	}
	boxes, err := json.Marshal(layout)
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := scope.Publish(ctx, store.NewVersion{Draft: *draft, Sheet: boxes, By: by}, nil); err != nil {
		h.t.Fatal(err)
	}
	h.refresh()
}

func TestVersionPublishedWhileAnswering(t *testing.T) {
	h := startEvery(t)
	form := h.form("wszystko", "/", merge(valid(), url.Values{"minutes": {"7"}, "remarks": {"O starej wersji"}}))
	foreign := h.form("osielsko", "/", nil).Get("_v")
	h.republish("wszystko", func(q *survey.Questionnaire) {
		q.Sections[1].Questions = slices.DeleteFunc(q.Sections[1].Questions, func(q survey.Question) bool { return q.Key == "remarks" || q.Key == "minutes" })
	})
	if body := h.get("wszystko", "/").body; strings.Contains(body, `name="minutes"`) {
		t.Fatal("the new version still asks for minutes")
	}
	bad := h.post("wszystko", "/", merge(url.Values{"overall": {"9"}}, without(form, "overall")))
	if bad.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(bad.body, "O starej wersji</textarea>") || len(tags(bad.body, `name="minutes"`, `value="7"`)) != 1 {
		t.Errorf("an answer to mend in the old version = %d, without what was typed", bad.StatusCode)
	}
	if got := h.post("wszystko", "/", form); got.StatusCode != http.StatusSeeOther {
		t.Fatalf("POST of the old version = %d: %s", got.StatusCode, got.body)
	}
	if n := h.count(`SELECT count(*) FROM submissions s JOIN versions v ON v.tenant_id = s.tenant_id AND v.id = s.version_id WHERE v.number = 1`); n != 1 {
		t.Errorf("%d submissions of version 1, want 1", n)
	}
	for _, v := range []string{foreign, "-5", "0", "x", "99999999999999999999"} {
		form := merge(h.form("wszystko", "/", valid()), url.Values{"_v": {v}})
		if got := h.post("wszystko", "/", form); got.StatusCode != http.StatusSeeOther {
			t.Errorf("_v=%s: %d, want the published version to take it", v, got.StatusCode)
		}
	}
	if n := h.count(`SELECT count(*) FROM submissions s JOIN versions v ON v.tenant_id = s.tenant_id AND v.id = s.version_id WHERE v.number = 2`); n != 5 {
		t.Errorf("%d submissions of version 2, want 5", n)
	}
}

func without(values url.Values, name string) url.Values {
	left := url.Values{}
	for n, v := range values {
		if n != name {
			left[n] = v
		}
	}
	return left
}

func TestLimitOfOneAddress(t *testing.T) {
	h := startEvery(t)
	send := func() *answer {
		return h.post("wszystko", "/", remarking(nil))
	}
	for i := range limitSurvey.Burst {
		if got := send(); got.StatusCode != http.StatusSeeOther {
			t.Fatalf("submission %d = %d, want 303", i+1, got.StatusCode)
		}
	}
	got := send()
	checkKept(t, "over the limit", got)
	hold(t, "the page", words(got.body), "prosimy przeglądarkę o krótkie obliczenie")
	if other := h.post("osielsko", "/", url.Values{"_key": {newKey()}, "overall": {"5"}}); other.StatusCode != http.StatusSeeOther {
		t.Errorf("another office = %d, want 303", other.StatusCode)
	}
	h.advance(limitSurvey.Per)
	if got := send(); got.StatusCode != http.StatusSeeOther {
		t.Errorf("after a while = %d, want 303", got.StatusCode)
	}
}

func TestTwoHundredResidentsBehindOneAddress(t *testing.T) {
	h := start(t)
	for i := range 200 {
		if got := h.post("osielsko", "/", url.Values{"_key": {newKey()}, "overall": {fmt.Sprint(i%5 + 1)}}); got.StatusCode != http.StatusSeeOther {
			t.Fatalf("resident %d of an hour = %d, want 303", i+1, got.StatusCode)
		}
		h.advance(18 * time.Second)
	}
	if n := h.count(`SELECT sum(n) FROM tallies`); n != 200 {
		t.Errorf("%d counted, want 200", n)
	}
}

package web

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// versionState is a page about the questionnaire in one of its states.
type versionState struct {
	name, path string
	who        *person
	script     string // leads from the page at path to the state; "": it is the state
	before     func() // what has to happen first
}

// The pages of the questionnaire on its way to residents, in all their states, at a desk and on a phone, by day and by
// night.
func TestVersionPagesAreAccessible(t *testing.T) {
	axe := axeSource(t)
	h, ctx := startEvery(t), startBrowser(t)
	const (
		send    = `document.querySelector("main form").submit(); true`
		stale   = `document.querySelector("[name=revision]").value = "1"; ` + send
		unasked = `document.querySelector("[name=_report]").remove(); ` + send
		paste   = `document.querySelector("details").open = true; document.getElementById("tekst").value = "key: a\nlable: x\n"; ` + send
	)
	const publication, library = "/panel/ankieta/publikacja", "/panel/ankieta/biblioteka"
	p, broken, calm := h.logIn("osielsko", store.RoleAdministrator), h.logIn("wszystko", store.RoleAdministrator), h.logIn("dobrcz", store.RoleAdministrator)
	h.answer("osielsko", given{n: 12})
	p.change("question", "settled", reworked)
	p.publish(nil)
	h.answer("osielsko", given{n: 7})
	broken.change("question", "matter", func(q *survey.Questionnaire) {
		q.Question("matter").Label, q.Question("ways").Options, q.Sections[1].Title = survey.Text{}, nil, survey.Text{}
	})
	states := []versionState{
		{name: "publikacja-po", path: publication, who: p},
		{name: "porownanie-bez-zmian", path: "/panel/ankieta/porownanie", who: p},
		{name: "publikacja-zmiany-bez-raportu", path: publication, who: p, before: func() { p.change("question", "improve", changedOnceMore) }},
		{name: "publikacja-odmowa-raport", path: publication, who: p, script: unasked},
		{name: "publikacja-odmowa-szkic", path: publication, who: p, script: stale},
		{name: "publikacja-braki", path: publication, who: broken},
		{name: "publikacja-odmowa-braki", path: publication, who: broken, script: send},
		{name: "publikacja-po-raporcie", path: publication, who: calm, before: func() {
			calm.change("question", "settled", reworked)
			h.archiveSoFar("dobrcz")
		}},
		{name: "porownanie", path: "/panel/ankieta/porownanie", who: p}, {name: "wersje", path: "/panel/ankieta/wersje", who: p},
		{name: "wersje-nadzor", path: "/panel/ankieta/wersje", who: h.logIn("osielsko", store.RoleSupervisor)}, {name: "wersja", path: "/panel/ankieta/wersje/1", who: p},
		{name: "biblioteka", path: library, who: p}, {name: "biblioteka-odmowa", path: library, who: p, script: paste},
		{name: "biblioteka-wczytano", path: library + "?wczytano=1", who: broken}, {name: "gotowa", path: library + "/short", who: p},
		{name: "podglad", path: "/panel/ankieta/podglad", who: broken}, {name: "podglad-en", path: "/panel/ankieta/podglad?lang=en&wszystko=1", who: p},
		{name: "arkusz", path: "/panel/ankieta/podglad/arkusz", who: broken}, {name: "arkusz-duzy", path: "/panel/ankieta/podglad/arkusz?format=F", who: p},
		{name: "wydruk", path: "/panel/wydruk", who: p}, {name: "wydruk-odmowa", path: "/panel/wydruk", who: p, script: `document.getElementById("copies").value = "501"; ` + send},
	}
	for _, state := range states {
		if state.before != nil {
			state.before()
		}
		become(t, ctx, state.who)
		for _, width := range []int64{360, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				t.Run(fmt.Sprintf("%s/%d/%s", state.name, width, scheme), func(t *testing.T) {
					look(t, ctx, width, scheme, h.address(state.who.slug, state.path), state.script)
					if state.script != "" {
						until(t, ctx, `document.activeElement?.className === "errors" && document.title.startsWith("Błąd")`)
					}
					until(t, ctx, `[...document.querySelectorAll("iframe")].every(f => (f.loading = "eager", f.contentDocument?.readyState === "complete" && f.contentDocument.body.childElementCount > 0))`)
					checkAxe(t, ctx, axe)
					shoot(t, ctx, fmt.Sprintf("%s-%d-%s", state.name, width, scheme))
				})
			}
		}
	}
}

// changedOnceMore is a draft with changes of every kind, of which the editor has to say what they mean.
func changedOnceMore(q *survey.Questionnaire) {
	q.Title = survey.Text{PL: "Ankieta o pracy urzędu", EN: "Survey"}
	q.Sections[1].Help.PL = "Prosimy ocenić tylko to, z czym się Państwo zetknęli."
	q.Question("settled").Label.PL = "Czy udało się załatwić sprawę?"
	q.Question("overall").Label.PL = "Jak ogólnie ocenia Pani/Pan nasz urząd."
	q.Question("matter").Max = 2
	q.Question("improve").Options = append(q.Question("improve").Options[1:], survey.Option{Key: "parking", Label: survey.PL("Miejsca do parkowania")})
	q.Question("quality").Required = true
	q.Question("quality").Rows[1].Label.PL = "Czystość i porządek w budynku urzędu"
	q.Question("contact").ShowIf = &survey.Rule{Any: []survey.Condition{{Question: "department", Is: []string{"office"}}, {Question: "matter", Is: []string{"taxes"}}}}
}

// become logs the browser in as somebody, and as nobody else.
func become(t *testing.T, ctx context.Context, p *person) {
	t.Helper()
	set := func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, target, network.SetCookie, network.SetCookieParams{Name: p.cookie.Name, Value: p.cookie.Value, URL: p.address(p.slug, "/")})
		return err
	}
	if err := chromedp.Do(ctx, chromedp.Func(set)); err != nil {
		t.Fatal(err)
	}
}

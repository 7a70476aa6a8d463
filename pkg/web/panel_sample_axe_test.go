package web

import (
	"fmt"
	"net/url"
	"testing"
)

// The pages of typing in their states, at a desk by night and on a phone by day.
func TestTypingPagesAreAccessible(t *testing.T) {
	axe := axeSource(t)
	s, ctx := startSampled(t), startBrowser(t)
	ids, _ := s.drawn()
	s.again(s.ewa, ids[0], url.Values{"overall": {"2"}, "matter": {"taxes", "waste"}, "quality.signs": {"3"}})
	s.again(s.ewa, ids[1], url.Values{"overall": {"1"}, "matter": {"taxes"}, "quality.signs": {"4"}})
	s.again(s.ewa, ids[2], alike())
	settled := s.batch + "/kontrola/" + ids[1] + "/roznice"
	s.jan.post(settled, url.Values{"_revision": {"1"}, "quality.signs": {"drugie"}})
	differences := s.batch + "/kontrola/" + ids[0] + "/roznice"
	fresh := openPaperBatch(t, s.jan, url.Values{"issued": {"40"}, "returned": {"12"}})
	mustType(t, s.jan, fresh, url.Values{"overall": {"4"}})
	const send = `[...document.querySelectorAll("main form[method=post]")].at(-1).submit(); true`
	const away = `window.fetch = () => Promise.reject(new TypeError("away")); document.querySelector("[id='w-overall'] [data-key='4']").click(); document.getElementById("sheet").requestSubmit(); true`
	states := []struct {
		versionState
		act, until string
	}{
		{versionState: versionState{name: "partie", path: "/panel/ankiety-papierowe", who: s.jan}},
		{versionState: versionState{name: "partia", path: s.batch, who: s.jan}},
		{versionState: versionState{name: "partia-zamykanie", path: s.batch, who: s.jan, script: send}, until: `document.querySelector(".errors") !== null`},
		{versionState: versionState{name: "kontrola-pusto", path: fresh + "/kontrola", who: s.jan}},
		{versionState: versionState{name: "kontrola", path: s.batch + "/kontrola", who: s.ewa}},
		{versionState: versionState{name: "kontrola-swoje", path: s.batch + "/kontrola/arkusz?szukaj=1", who: s.jan}},
		{versionState: versionState{name: "drugie", path: s.batch + "/kontrola/" + ids[3], who: s.ewa}},
		{versionState: versionState{name: "roznice", path: differences, who: s.jan}},
		{versionState: versionState{name: "roznice-bledy", path: differences, who: s.jan, script: send}, until: `document.querySelector(".errors") !== null`},
		{versionState: versionState{name: "roznice-koniec", path: settled, who: s.jan}},
		{versionState: versionState{name: "arkusz", path: fresh + "/arkusz", who: s.jan}, until: `"ready" in document.getElementById("typing").dataset`},
		{versionState: versionState{name: "arkusz-czeka", path: fresh + "/arkusz", who: s.jan}, act: away, until: `!document.getElementById("kept").hidden`},
	}
	for _, state := range states {
		become(t, ctx, state.who)
		for width, scheme := range map[int64]string{360: "light", 1280: "dark"} {
			t.Run(fmt.Sprintf("%s/%d/%s", state.name, width, scheme), func(t *testing.T) {
				look(t, ctx, width, scheme, s.address(state.who.slug, state.path), state.script)
				if state.act != "" {
					until(t, ctx, `"ready" in document.getElementById("typing").dataset`)
					act(t, ctx, state.act, false)
				}
				if state.until != "" {
					until(t, ctx, state.until)
				}
				checkAxe(t, ctx, axe)
				shoot(t, ctx, fmt.Sprintf("%s-%d-%s", state.name, width, scheme))
			})
		}
	}
}

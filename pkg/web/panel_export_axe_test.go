package web

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"ocenaurzedu.eu/pkg/store"
)

// The list, a refusal, and an export in each state that it has, at a desk and on a phone, by day and by night. A page of
// a running export follows it by its script.
func TestExportIsAccessible(t *testing.T) {
	axe := axeSource(t)
	h, ctx := startExports(t), startBrowser(t)
	h.answer("osielsko", given{n: 400})
	p := h.logIn("osielsko", store.RoleEmployee)
	become(t, ctx, p)
	ready := p.export(firstQuarter("xlsx"))
	pages := []struct{ name, path, script, until string }{
		{"lista", exportsPath, `document.querySelector("details").open = true; true`, ""},
		{"gotowy", ready, "", ""},
		{"odmowa", exportsPath, `document.querySelector("#to").selectedIndex = document.querySelector("#to").options.length - 1; document.querySelector("#from").selectedIndex = 0; document.querySelector("main form").submit(); true`, `document.title.startsWith("Błąd")`},
	}
	for i, width := range []int64{360, 1280} {
		scheme := []string{"light", "dark"}[i]
		for _, page := range pages {
			t.Run(fmt.Sprintf("%s/%d", page.name, width), func(t *testing.T) {
				look(t, ctx, width, scheme, h.address(p.slug, page.path), "")
				act(t, ctx, page.script, false)
				if page.until != "" {
					until(t, ctx, page.until)
				}
				checkAxe(t, ctx, axe)
				shoot(t, ctx, fmt.Sprintf("dane-%s-%d-%s", page.name, width, scheme))
			})
		}
		t.Run(fmt.Sprintf("w toku/%d", width), func(t *testing.T) {
			job := h.job("osielsko", 400)
			look(t, ctx, width, scheme, h.address(p.slug, exportsPath+"/"+strconv.FormatInt(job.export.ID, 10)), "")
			if err := job.scope.BeatExport(context.Background(), job.export.ID, 150, h.clock.now()); err != nil {
				t.Fatal(err)
			}
			until(t, ctx, `document.querySelector("#export .state").textContent.includes("150")`)
			checkAxe(t, ctx, axe)
			shoot(t, ctx, fmt.Sprintf("dane-w-toku-%d-%s", width, scheme))
			h.web.exports.enter()
			h.web.exports.run(job)
			until(t, ctx, `document.querySelector("#stan").textContent === "Plik jest gotowy" && document.getElementById("told").textContent === "Plik jest gotowy"`)
		})
	}
}

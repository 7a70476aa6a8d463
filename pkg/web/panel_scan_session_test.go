package web

import (
	"testing"

	"github.com/chromedp/chromedp"

	"ocenaurzedu.eu/pkg/store"
)

// The log-in page is no answer to a file or to a decision: neither is told as kept once the session is over.
func TestScansAfterTheSession(t *testing.T) {
	t.Parallel()
	h, runner := startScanning(t)
	run := shortOffice(t, h)
	p := h.logIn("krotki", store.RoleEmployee)
	batch := openScanBatch(t, p)
	sendScans(t, p, batch, scanFile{"a.jpg", run.filled(t, "grey", run.first, 1, 1).File})
	work(t, runner)
	k := sitDown(t, p, batch)
	end := func() {
		if _, err := h.owner.Exec(`DELETE FROM sessions`); err != nil {
			t.Fatal(err)
		}
	}
	end()
	k.do(chromedp.Evaluate[chromedp.Void](`{
		const some = new DataTransfer(), input = document.getElementById("files");
		some.items.add(new File(["%PDF-1.4"], "nowy.pdf"));
		input.files = some.files;
		input.dispatchEvent(new Event("change"));
	}`))
	k.until(`document.getElementById("told").textContent.startsWith("nowy.pdf: ")`)
	k.see("Sesja wygasła.")

	again := h.logIn("krotki", store.RoleEmployee)
	k = sitDown(t, again, batch+"/weryfikacja")
	end()
	k.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#queue article:not([hidden]) button[name]").click(), undefined`))
	k.until(`location.pathname.includes("logowanie") || document.querySelector("#queue .error") !== null`)
	k.see("Nie zapisano. Sesja wygasła.")
}

package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"
)

// wire stands between a browser and the service, and can be cut.
type wire struct {
	listener net.Listener
	port     string
	mu       sync.Mutex
	to       string
	open     map[net.Conn]bool
	state    wireState
}

type wireState int

const (
	wireWhole wireState = iota
	wireCut
	wireMute    // what is asked arrives, what is answered does not
	wireGateway // a proxy says that nobody is behind it
)

func startWire(t *testing.T) *wire {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: listener, port: strconv.Itoa(listener.Addr().(*net.TCPAddr).Port), open: map[net.Conn]bool{}}
	t.Cleanup(func() { _ = listener.Close(); w.set(wireCut) })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go w.carry(conn)
		}
	}()
	return w
}

// set changes the wire; what is on its way is lost.
func (w *wire) set(state wireState) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state = state
	for conn := range w.open {
		_ = conn.Close()
	}
	clear(w.open)
}

// carry joins a browser's connection to the service.
func (w *wire) carry(browser net.Conn) {
	defer func() { _ = browser.Close() }()
	w.mu.Lock()
	state := w.state
	service, err := net.Dial("tcp4", w.to)
	if state == wireCut || err != nil {
		w.mu.Unlock()
		return
	}
	if state == wireGateway {
		w.mu.Unlock()
		_ = service.Close()
		if _, err := http.ReadRequest(bufio.NewReader(browser)); err == nil {
			_, _ = io.WriteString(browser, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 11\r\nConnection: close\r\n\r\nbad gateway")
		}
		return
	}
	w.open[browser], w.open[service] = true, true
	w.mu.Unlock()
	defer func() { _ = service.Close() }()
	go func() {
		_, _ = io.Copy(service, browser)
		_ = service.Close()
	}()
	if state == wireMute {
		one := make([]byte, 1)
		_, _ = service.Read(one) // it has answered
		return
	}
	_, _ = io.Copy(browser, service)
}

// traveller is a phone behind a wire, on an office's survey.
type traveller struct {
	*keyboard
	wire *wire
	home string
}

func startTraveller(t *testing.T) *traveller {
	t.Helper()
	w := startWire(t)
	h := startEvery(t, func(o *Options) { o.Site.ListenPort = w.port })
	w.to = "127.0.0.1:" + h.web.Site.Port
	k := phone(t, desk(t, &person{harness: h, slug: "wszystko"}))
	onEachPage(t, k.ctx, `if (self.SyncManager) SyncManager.prototype.register = () => Promise.reject(new Error("off"));`)
	return &traveller{k, w, "http://wszystko.localhost:" + w.port}
}

func (v *traveller) visit(path string) {
	v.t.Helper()
	v.load(200, chromedp.Navigate(v.home+path))
}

// left is what the browser keeps of the office: workers, caches, databases.
func (v *traveller) left() string {
	v.t.Helper()
	got, err := chromedp.Run(v.ctx, chromedp.Evaluate[string](`(async () => [
		...(await navigator.serviceWorker.getRegistrations()).filter((r) => r.active?.state === "activated").map((r) => "worker of " + r.scope.slice(location.origin.length)),
		...(await caches.keys()).map((name) => "cache " + name), ...(await indexedDB.databases()).map(({ name }) => "queue " + name)].join(", "))()`, chromedp.EvalAwaitPromise))
	if err != nil {
		v.t.Fatal(err)
	}
	return got
}

// leaves waits until the browser keeps just that.
func (v *traveller) leaves(want string) {
	v.t.Helper()
	v.wait(`document.readyState === "complete"`)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); ; <-tick.C {
		left := v.left()
		if left == want {
			return
		}
		if time.Now().After(deadline) {
			v.t.Fatalf("the browser keeps %q, want %q", left, want)
		}
	}
}

// state waits for a state of the notice.
func (v *traveller) state(want string) {
	v.t.Helper()
	v.wait(fmt.Sprintf(`document.getElementById("bez-sieci").dataset.now === %q && !document.getElementById("bez-sieci").hidden`, want))
}

func (v *traveller) stored() int { return v.count(`SELECT count(*) FROM submissions`) }

// answer fills the form in, and waits until the page can be opened without a connection.
func (v *traveller) answer() {
	v.t.Helper()
	v.answerEvery()
	v.leaves("worker of /?, cache ankieta")
}

const (
	pressSend = `document.getElementById("wyslij").click()`
	online    = `dispatchEvent(new Event("online"))`
	waiting   = "worker of /?, cache ankieta, queue ankieta"
)

func (v *traveller) run(script string) {
	v.t.Helper()
	v.do(chromedp.Evaluate[chromedp.Void](script + "; undefined"))
}

// The connection goes before the form is sent and comes back later: what was answered is stored once, and nothing is left.
func TestSurveyWithoutConnection(t *testing.T) {
	axe := axeSource(t)
	t.Parallel()
	v := startTraveller(t)
	v.visit("/?p=okienko")
	if left := v.left(); left != "" {
		t.Errorf("a visitor who answers nothing gets %s", left)
	}
	v.answer()
	key := v.read(`document.querySelector("[name=_key]").value`)
	v.wire.set(wireCut)
	v.run(pressSend)
	v.state("kept")
	v.see("Nie ma połączenia", "Odpowiedzi są zapisane w tym telefonie i wyślą się same, gdy połączenie wróci; można też spróbować teraz.", "Spróbuj teraz", "Usuń odpowiedzi")
	checkAxe(t, v.ctx, axe)
	v.shot("unsent-360")
	v.leaves(waiting)
	if sealed, err := chromedp.Run(v.ctx, chromedp.Evaluate[string](readKept, chromedp.EvalAwaitPromise)); err != nil || sealed != "false AES-GCM, sealed" {
		t.Errorf("the queue holds %s (%v)", sealed, err)
	}
	v.run(`document.querySelector("[data-do=try]").click()`)
	v.wait(`document.querySelector("#bez-sieci [aria-live]").textContent === "Nadal nie ma połączenia."`)

	v.do(chromedp.Reload())
	v.wait(`document.getElementById("ankieta")?.dataset.copy === ""`)
	v.state("kept")
	if again := v.read(`document.querySelector("[name=_key]").value`); again == key || len(again) != keyLength {
		t.Errorf("the form that is opened without a connection has the key %s", again)
	}
	v.see("Okienko 1", "Wyślij ankietę")
	v.shot("unsent-reloaded-360")
	if n := v.stored(); n != 0 {
		t.Fatalf("%d stored without a connection", n)
	}

	v.wire.set(wireWhole)
	v.run(online)
	v.state("sent")
	v.see("Dziękujemy, ankieta jest wysłana")
	v.leaves("")
	if n := v.count(`SELECT count(*) FROM submissions WHERE channel = 'qr'`); n != 1 || v.count(`SELECT count(*) FROM remarks WHERE text = 'Zostaje'`) != 1 {
		t.Errorf("%d stored, want 1", n)
	}
	if cookies := v.cookies(); len(cookies) > 0 {
		t.Errorf("cookies %q", cookies)
	}
}

// readKept tells whether the key can be taken out, of which kind it is, and whether what was typed can be read in the queue.
const readKept = `(async () => {
	const db = await new Promise((resolve) => { const r = indexedDB.open("ankieta"); r.onsuccess = () => resolve(r.result); });
	const all = (name) => new Promise((resolve) => { const r = db.transaction(name).objectStore(name).getAll(); r.onsuccess = () => resolve(r.result); });
	const [[secret], kept] = [await all("secret"), await all("kept")];
	db.close();
	const open = kept.some(({ data }) => new TextDecoder("latin1").decode(data).includes("Zostaje")) || kept.length !== 1;
	return secret.extractable + " " + secret.algorithm.name + (open ? ", open" : ", sealed");
})()`

// The page that waits sends by itself and thanks; a reply that was lost on the way makes no second submission.
func TestSurveyWhoseReplyIsLost(t *testing.T) {
	t.Parallel()
	v := startTraveller(t)
	v.visit("/")
	v.answer()
	if at := v.read(`location.pathname + location.search + location.href.slice(-1)`); at != "/?" {
		t.Errorf("the address is %s", at)
	}
	v.wire.set(wireMute)
	v.run(pressSend)
	v.state("kept")
	if n := v.stored(); n != 1 {
		t.Fatalf("%d stored although the service was reached", n)
	}
	v.wire.set(wireWhole)
	v.run(online)
	until(t, v.ctx, `location.pathname === "/dziekujemy" && document.readyState === "complete"`)
	v.leaves("")
	if n := v.stored(); n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
	// with a connection all is as before
	v.visit("/")
	v.answer()
	for _, path := range []string{"/prywatnosc", "/panel/logowanie", "/wyniki", "/"} {
		controlled, err := chromedp.Run(v.ctx, chromedp.Evaluate[string](fmt.Sprintf(`(async () => {
			return await navigator.serviceWorker.getRegistration(%q) ? "controlled" : "free";
		})()`, path), chromedp.EvalAwaitPromise))
		if err != nil || controlled != "free" {
			t.Errorf("%s is %s (%v)", path, controlled, err)
		}
	}
	v.load(200, chromedp.Evaluate[chromedp.Void](pressSend+"; "+pressSend))
	if at := v.read(`location.pathname`); at != "/dziekujemy" || v.stored() != 2 {
		t.Errorf("sent at once: %s, %d stored", at, v.stored())
	}
	v.leaves("")
}

// What waits can be erased, is too old after a day, and is shown again where the service wants something mended.
func TestUnsentAnswersEnd(t *testing.T) {
	t.Parallel()
	v := startTraveller(t)
	v.visit("/")
	v.answer()
	v.wire.set(wireCut)
	v.run(pressSend)
	v.state("kept")
	v.run(`document.querySelector("[data-do=delete]").click()`)
	v.state("deleted")
	v.leaves("")
	if typed := v.read(`document.querySelector("#q-remarks").value + document.getElementById("ankieta").hidden`); typed != "false" {
		t.Errorf("after erasing the form holds %q", typed)
	}

	v.wire.set(wireWhole)
	v.visit("/")
	v.answer()
	v.wire.set(wireCut)
	v.run(pressSend)
	v.state("kept")
	v.run(`{ const now = Date.now; Date.now = () => now() + 25 * 3600 * 1000; }`)
	v.wire.set(wireWhole)
	v.run(online)
	v.state("deleted")
	v.leaves("")
	if n := v.stored(); n != 0 {
		t.Errorf("%d stored after a day", n)
	}

	v.visit("/")
	v.answer()
	v.run(`for (const e of document.querySelectorAll("[name=overall]")) e.checked = false`)
	v.wire.set(wireCut)
	v.run(pressSend)
	v.state("kept")
	v.wire.set(wireWhole)
	v.run(online)
	v.state("stuck")
	v.see("Ankieta czeka na dokończenie")
	v.load(422, chromedp.Evaluate[chromedp.Void](`document.querySelector("[data-do=finish]").click()`))
	v.see("Ankieta nie została jeszcze wysłana")
	v.choose("overall", "4")
	v.load(200, chromedp.Evaluate[chromedp.Void](pressSend))
	if at := v.read(`location.pathname`); at != "/dziekujemy" || v.stored() != 1 || v.count(`SELECT count(*) FROM remarks WHERE text = 'Zostaje'`) != 1 {
		t.Errorf("mended: %s, %d stored", at, v.stored())
	}
	v.leaves("")
}

// Where the browser offers it, the worker sends what waits after the page was left, and goes.
func TestUnsentAnswersGoByThemselves(t *testing.T) {
	t.Parallel()
	v := startTraveller(t)
	v.visit("/?p=okienko")
	v.answer()
	v.wire.set(wireGateway)
	v.run(pressSend)
	v.state("kept")
	v.wire.set(wireWhole)
	v.visit("/prywatnosc")
	updated, err := chromedp.Run(v.ctx, chromedp.WaitEvent(serviceworker.WorkerRegistrationUpdated, func(e serviceworker.EventWorkerRegistrationUpdated) bool { return len(e.Registrations) > 0 },
		func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
			_, err := cdp.Call(ctx, target, serviceworker.Enable, cdp.Empty{})
			return chromedp.Void{}, err
		}))
	if err != nil {
		t.Fatal(err)
	}
	sync := serviceworker.DispatchSyncEventParams{Origin: v.home, RegistrationID: updated.Registrations[0].RegistrationID, Tag: "ankieta"}
	if _, err := chromedp.Call(v.ctx, serviceworker.DispatchSyncEvent, sync); err != nil {
		t.Fatal(err)
	}
	v.leaves("")
	if n := v.count(`SELECT count(*) FROM submissions WHERE channel = 'qr'`); n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
}

// A browser that keeps nothing leaves the answers on the page.
func TestUnsentWithoutAPlace(t *testing.T) {
	t.Parallel()
	v := startTraveller(t)
	onEachPage(t, v.ctx, `indexedDB.open = () => { throw new Error("private"); }; delete Navigator.prototype.serviceWorker;`)
	v.visit("/")
	v.answerEvery()
	v.wire.set(wireCut)
	v.run(pressSend)
	v.state("lost")
	v.see("Wpisane odpowiedzi zostają na tej stronie.")
	v.wire.set(wireWhole)
	v.load(200, chromedp.Evaluate[chromedp.Void](pressSend))
	if v.stored() != 1 {
		t.Errorf("%d stored, want 1", v.stored())
	}
}

func TestSurveyWorker(t *testing.T) {
	h := start(t)
	got := h.get("osielsko", surveyWorker)
	if got.StatusCode != 200 || got.Header.Get("Content-Type") != "text/javascript; charset=utf-8" || got.Header.Get("Cache-Control") != "no-cache" || got.Header.Get("Set-Cookie") != "" {
		t.Errorf("%d, %v", got.StatusCode, got.Header)
	}
	for _, name := range []string{"keep.js", "unsent.js"} {
		address, err := assetAddress(name)
		if err != nil || strings.Count(got.body, `from "`+address+`";`) != 1 {
			t.Errorf("the worker does not import %s (%v)", address, err)
		}
		if asset := h.get("osielsko", address); asset.StatusCode != 200 {
			t.Errorf("%s: %d", address, asset.StatusCode)
		}
	}
	for _, path := range []string{"/", "/?lang=en"} {
		if form := h.get("osielsko", path); strings.Count(form.body, "offline.js") != 1 || strings.Count(form.body, `id="bez-sieci"`) != 1 {
			t.Errorf("%s lacks the script or its words", path)
		}
	}
	if wrong := h.post("osielsko", surveyWorker, url.Values{}); wrong.StatusCode != 404 && wrong.StatusCode != 405 {
		t.Errorf("POST = %d", wrong.StatusCode)
	}
}

package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/pkg/synth"
)

// TestScansBecomeAnswers takes some sheets from an upload to answers by plain forms, and compares every count.
func TestScansBecomeAnswers(t *testing.T) {
	h, runner := startScanning(t)
	run, foreign := printSheets(t, h, "osielsko", 10), printSheets(t, h, "dobrcz", 1)
	p := h.logIn("osielsko", store.RoleEmployee)
	batch := openScanBatch(t, p)
	var files []scanFile
	add := func(name string, r printRun, serial int64, page int) {
		files = append(files, scanFile{name, r.filled(t, "grey", serial, page, uint64(len(files))).File})
	}
	for serial := run.first; serial < run.first+3; serial++ {
		for page := range run.layout.Pages {
			add("a.jpg", run, serial, page+1)
		}
	}
	add("znowu.jpg", run, run.first, 1)
	add("obcy.jpg", foreign, foreign.first, 1)
	files = append(files, scanFile{"list.txt", []byte("To nie jest skan.")})
	if got := sendScans(t, p, batch, files...); got.StatusCode != 303 {
		t.Fatalf("upload: %d\n%s", got.StatusCode, got.body)
	}
	if got := sendScans(t, p, batch, files[0]); got.StatusCode != 422 {
		t.Errorf("the same file again: %d, want 422 with a sentence", got.StatusCode)
	}
	work(t, runner)
	answerScans(t, p, batch, "Telefon 601 234 567")
	if got := p.post(batch+"/zatwierdz", nil); got.StatusCode != 409 {
		t.Errorf("approved with a page that nobody settled: %d, want 409", got.StatusCode)
	}
	if got := p.post(batch+"/zatwierdz", map[string][]string{"reszta": {"odrzuc"}}); got.StatusCode != 303 {
		t.Fatalf("approve: %d\n%s", got.StatusCode, got.body)
	}
	work(t, runner)
	page := p.get(batch).body
	for of, want := range map[string]string{"approved": "3", "rejected": "0", "duplicate": "1", "foreign": "1", "blank": "0", "unreadable": "1"} {
		if got := counted(t, page, of); got != want {
			t.Errorf("%s: %s, want %s", of, got, want)
		}
	}
	results, err := h.scope("osielsko").Results(context.Background(), survey.Filter{From: survey.NewDay(2026, 3, 1), To: survey.NewDay(2026, 3, 31)})
	if err != nil {
		t.Fatal(err)
	}
	if n := h.count(`SELECT count(*) FROM submissions WHERE channel = 'paper_scanned' AND day = '2026-03-09'`); n != 3 {
		t.Errorf("%d submissions, want 3", n)
	}
	if results.Issued != 80 || results.Returned != 60 {
		t.Errorf("issued %d, returned %d; want 80, 60", results.Issued, results.Returned)
	}
}

// shortOffice adds an office with the short questionnaire, whose sheet has one page.
func shortOffice(t *testing.T, h *harness) printRun {
	t.Helper()
	h.create(context.Background(), store.NewTenant{Slug: "krotki", Office: survey.Office{Name: "Urząd Gminy Krótkie"}, Questionnaire: h.questionnaire("short.yaml")})
	h.refresh()
	return printSheets(t, h, "krotki", 40)
}

// pageIDs lists the pages of a stack by state.
func pageIDs(t *testing.T, h *harness, slug string) map[string][]int64 {
	t.Helper()
	ids := map[string][]int64{}
	batches, err := h.scope(slug).Scans(context.Background(), 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		pages, err := h.scope(slug).ScanPages(context.Background(), b.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pages {
			ids[p.State+p.Settled] = append(ids[p.State+p.Settled], p.ID)
		}
	}
	return ids
}

// A page that was not located is read where a person says that its corners are, or typed, or put aside.
func TestPagesThatWereNotLocated(t *testing.T) {
	h, runner := startScanning(t)
	run := shortOffice(t, h)
	p := h.logIn("krotki", store.RoleEmployee)
	batch := openScanBatch(t, p)
	page := run.filled(t, "grey", run.first, 1, 77)
	hidden, corners := withoutFiducials(t, run, page)
	if got := sendScans(t, p, batch, scanFile{"rogi.jpg", hidden}, scanFile{"reka.jpg", asJPEG(t, page.Image, 0.3)}, scanFile{"smiec.jpg", asJPEG(t, page.Image, 0.1)}); got.StatusCode != 303 {
		t.Fatalf("upload: %d", got.StatusCode)
	}
	work(t, runner)
	lost := pageIDs(t, h, "krotki")["not_located"]
	if len(lost) != 3 {
		t.Fatalf("pages: %v, want 3 that were not located", pageIDs(t, h, "krotki"))
	}
	at := func(i int) string { return fmt.Sprintf("%s/strony/%d", batch, lost[i]) }
	h.expect("the page", p.get(at(0)), 200, "Wskaż, gdzie jest arkusz", "Wpisz odpowiedzi ręcznie", "Odrzuć stronę")
	h.expect("nothing said", p.post(at(0)+"/odczytaj", nil), 422, "Prosimy wskazać rogi albo wpisać kod.")
	h.expect("a wrong code", p.post(at(0)+"/odczytaj", url.Values{"kod": {"ABC"}}), 422, "To nie jest kod arkusza.")
	wrong := url.Values{"rogi": {"1"}}
	for i := range corners {
		wrong.Set(fmt.Sprintf("x%d", i+1), fmt.Sprint(10*i+10))
		wrong.Set(fmt.Sprintf("y%d", i+1), fmt.Sprint(10*i+10))
	}
	h.expect("corners that can't be", p.post(at(0)+"/odczytaj", wrong), 422, "nadal nie udało się odczytać")
	right := url.Values{"rogi": {"1"}}
	for i, c := range corners {
		right.Set(fmt.Sprintf("x%d", i+1), fmt.Sprint(int(c[0])))
		right.Set(fmt.Sprintf("y%d", i+1), fmt.Sprint(int(c[1])))
	}
	if got := p.post(at(0)+"/odczytaj", right); got.StatusCode != 303 {
		t.Errorf("corners: %d\n%s", got.StatusCode, got.body)
	}

	h.expect("the form", p.get(at(1)+"/wpisz"), 200, "Wpisz arkusz ze skanu", "Kod spod kwadratu QR")
	code := sheet.Code{Tenant: run.tenant, Version: run.version, Page: 1, Serial: uint32(run.first)}.Short()
	values := url.Values{"_wersja": {fmt.Sprint(run.version)}, "_code": {code}, "overall": {"4"}}
	h.expect("a sheet that is there", p.post(at(1)+"/wpisz", values), 409, "Arkusz z tym kodem już jest.")
	values.Set("overall", "44")
	h.expect("an answer that is none", p.post(at(1)+"/wpisz", values), 422, "Takiej odpowiedzi nie ma")
	values.Set("overall", "4")
	values.Set("_code", "")
	if got := p.post(at(1)+"/wpisz", values); got.StatusCode != 303 {
		t.Errorf("typed: %d\n%s", got.StatusCode, got.body)
	}
	for _, again := range []string{"", "1", ""} {
		if got := p.post(at(2)+"/odrzuc", url.Values{"przywroc": {again}}); got.StatusCode != 303 {
			t.Errorf("put aside: %d", got.StatusCode)
		}
	}
	answerScans(t, p, batch, "tekst")
	if got := p.post(batch+"/zatwierdz", nil); got.StatusCode != 303 {
		t.Fatalf("approve: %d\n%s", got.StatusCode, got.body)
	}
	work(t, runner)
	page2 := p.get(batch).body
	if counted(t, page2, "approved") != "2" || counted(t, page2, "unreadable") != "1" {
		t.Errorf("approved %s, unreadable %s; want 2, 1", counted(t, page2, "approved"), counted(t, page2, "unreadable"))
	}
	if h.count(`SELECT count(*) FROM batch_sheets WHERE serial IS NULL`) != 1 || h.count(`SELECT count(*) FROM batch_sheets WHERE serial = $1`, run.first) != 1 {
		t.Error("one sheet with its serial and one without are wanted")
	}
}

// withoutFiducials paints over the marks in the corners and returns where they were.
func withoutFiducials(t *testing.T, run printRun, page *synth.Page) ([]byte, [4][2]float64) {
	t.Helper()
	img := image.NewGray(page.Image.Bounds())
	draw.Draw(img, img.Rect, page.Image, img.Rect.Min, draw.Src)
	var corners [4][2]float64
	for i, f := range run.layout.Pages[0].Fiducials {
		x, y := page.Place(f[0], f[1])
		corners[i] = [2]float64{x, y}
		r := int(page.DPI / 25.4 * 5.5)
		draw.Draw(img, image.Rect(int(x)-r, int(y)-r, int(x)+r, int(y)+r), image.NewUniform(color.Gray{235}), image.Point{}, draw.Src)
	}
	return asJPEG(t, img, 1), corners
}

// Files that hold no scans are told in words, and hold up nothing.
func TestFilesThatAreNoScans(t *testing.T) {
	h, runner := startScanning(t)
	run := shortOffice(t, h)
	p := h.logIn("krotki", store.RoleEmployee)
	batch := openScanBatch(t, p)
	h.expect("no file", sendScans(t, p, batch), 422, "co najmniej jeden plik")
	h.expect("an empty file", sendScans(t, p, batch, scanFile{"pusty.pdf", nil}), 422, "co najmniej jeden plik")
	heic := append([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), make([]byte, 100)...)
	if got := sendScans(t, p, batch, scanFile{"../../<b>list.txt", []byte("Szanowni Państwo")}, scanFile{"zdjęcie.heic", heic}, scanFile{"zepsuty.pdf", []byte("%PDF-1.4\n1 0 obj\n<<>>\n")},
		scanFile{"skan.jpg", run.filled(t, "grey", run.first, 1, 5).File}); got.StatusCode != 303 {
		t.Fatalf("upload: %d\n%s", got.StatusCode, got.body)
	}
	work(t, runner)
	body := p.get(batch).body
	hold(t, "the stack", words(body), "&lt;b&gt;list.txt", "To nie jest plik ze skanem", "To zdjęcie w formacie HEIC", "Proszę ustawić w telefonie", "Proszę zeskanować jeszcze raz")
	miss(t, "the stack", body, "<b>list.txt", "../")
	if n := len(pageIDs(t, h, "krotki")["unsupported"]); n != 3 {
		t.Errorf("%d pages are unsupported, want 3: %v", n, pageIDs(t, h, "krotki"))
	}
}

// A file in pieces, as the script sends it: whole, broken off, too large, to the wrong place.
func TestFileInPieces(t *testing.T) {
	h, _ := startScanning(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	batch := openScanBatch(t, p)
	data := bytes.Repeat([]byte("%PDF-1.4 "), 200_000) // two pieces
	begin := func(size int) *answer {
		return p.post(batch+"/plik", url.Values{"name": {"skan.pdf"}, "size": {fmt.Sprint(size)}})
	}
	h.expect("too large", begin(50<<20+1), 413, "większy niż")
	h.expect("empty", begin(0), 422, "pusty")
	got := begin(len(data))
	h.expect("begin", got, 200, `"piece":1048576`)
	var begun fileAnswer
	if err := json.Unmarshal([]byte(got.body), &begun); err != nil {
		t.Fatal(err)
	}
	at := fmt.Sprintf("%s/pliki/%d", batch, begun.File)
	send := func(number int, piece []byte) int {
		r, err := http.NewRequest(http.MethodPost, p.address(p.slug, fmt.Sprintf("%s/czesc/%d?_csrf=%s", at, number, p.csrf())), bytes.NewReader(piece))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/octet-stream")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.AddCookie(p.cookie)
		return h.do(r).StatusCode
	}
	if code := send(0, data[:1<<20]); code != 204 {
		t.Fatalf("first piece: %d", code)
	}
	h.expect("not all of it", p.post(at+"/gotowe", nil), 409, "nie dotarł w całości")
	for range 2 { // the same piece again is no second one
		if code := send(1, data[1<<20:]); code != 204 {
			t.Errorf("second piece: %d", code)
		}
	}
	if code := send(2, make([]byte, 1<<20+1)); code != 400 {
		t.Errorf("a piece that is too long: %d, want 400", code)
	}
	if code := send(99, []byte("x")); code != 400 {
		t.Errorf("a piece beyond the end: %d, want 400", code)
	}
	h.expect("all of it", p.post(at+"/gotowe", nil), 200, fmt.Sprintf(`"file":%d`, begun.File))
	if code := send(0, data[:10]); code != 409 {
		t.Errorf("a piece of a file that is there: %d, want 409", code)
	}
	if n := h.count(`SELECT sum(length(content)) FROM scan_parts`); n != len(data) {
		t.Errorf("%d bytes are kept, want %d", n, len(data))
	}
	if got := p.post(at+"/usun", nil); got.StatusCode != 303 || h.count(`SELECT count(*) FROM scan_parts`) != 0 {
		t.Errorf("cancel: %d, %d pieces left", got.StatusCode, h.count(`SELECT count(*) FROM scan_parts`))
	}
}

// A big form needs a pass, which only the page of a stack gives.
func TestBigFormsNeedAPass(t *testing.T) {
	h, _ := startScanning(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	batch := openScanBatch(t, p)
	big := scanFile{"duzy.pdf", append([]byte("%PDF-1.4 "), make([]byte, 3<<20)...)}
	if got := sendScans(t, p, batch, big); got.StatusCode != 303 {
		t.Errorf("with a pass: %d", got.StatusCode)
	}
	address := h.web.uploadAddressOf(1, "x")
	if !h.web.hasPass(address) || h.web.hasPass(strings.Replace(address, "/1/", "/2/", 1)) || h.web.hasPass(address+"0") || h.web.hasPass(scansPath+"/1/pliki") {
		t.Error("a pass is good for its own address alone")
	}
	h.advance(uploadPass + time.Minute)
	if h.web.hasPass(address) {
		t.Error("a pass is good for ever")
	}
	now, heads := time.Now(), [uploadsWhole + 1]fasthttp.RequestHeader{}
	for i := range heads {
		if got := h.web.uploads.enter(&heads[i], now); got != (i < uploadsWhole) {
			t.Errorf("form %d at once: %v", i+1, got)
		}
	}
	last := &heads[uploadsWhole]
	h.web.uploads.leave(last) // it has none: nobody else's is freed
	if h.web.uploads.enter(last, now) {
		t.Error("a form without a place freed another's")
	}
	h.web.uploads.leave(&heads[0])
	if !h.web.uploads.enter(last, now) || h.web.uploads.enter(&heads[0], now) || !h.web.uploads.enter(&heads[0], now.Add(uploadTime+time.Second)) {
		t.Error("places are not given back")
	}
}

// Forms that are refused, whoever sends them and for whatever reason, take no place from those that come after.
func TestRefusedFormsGiveTheirPlaceBack(t *testing.T) {
	h, _ := startScanning(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	batch := openScanBatch(t, p)
	action := strings.ReplaceAll(uploadPattern.FindStringSubmatch(p.get(batch).body)[1], "&amp;", "&")
	send := func(body string, cookie *http.Cookie) int {
		r, err := http.NewRequest(http.MethodPost, p.address(p.slug, action), strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		if cookie != nil {
			r.AddCookie(cookie)
		}
		return p.do(r).StatusCode
	}
	whole := "--x\r\nContent-Disposition: form-data; name=\"pliki\"; filename=\"a.pdf\"\r\n\r\n" + strings.Repeat("a", 1<<20) + "\r\n--x--\r\n"
	for range uploadsWhole {
		if got := send(whole, nil); got != 303 {
			t.Errorf("a form of somebody who is logged out: %d, want 303", got)
		}
		if got := send(strings.Repeat("a", 1000), p.cookie); got != 400 {
			t.Errorf("a form that is none: %d, want 400", got)
		}
		if n := len(h.web.uploads.until); n != 0 {
			t.Fatalf("%d places are taken by forms that were refused", n)
		}
	}
	if got := sendScans(t, p, batch, scanFile{"duzy.pdf", append([]byte("%PDF-1.4 "), make([]byte, 3<<20)...)}); got.StatusCode != 303 {
		t.Errorf("a form after these: %d, want 303", got.StatusCode)
	}
}

// What takes memory is done for few at a time; the others wait, and are asked to come again.
func TestHeavyRequestsWaitForEachOther(t *testing.T) {
	h, runner := startScanning(t)
	run := shortOffice(t, h)
	p := h.logIn("krotki", store.RoleEmployee)
	batch := openScanBatch(t, p)
	sendScans(t, p, batch, scanFile{"a.jpg", run.filled(t, "grey", run.first, 1, 1).File})
	work(t, runner)
	crop := fmt.Sprintf("%s/pytania/%d/wycinek", batch, h.count(`SELECT min(id) FROM scan_questions WHERE flagged OR audit`))
	h.web.pictures.wait, h.web.prints.wait = 0, 0
	for range picturesAtOnce {
		h.web.pictures.taken <- struct{}{}
	}
	h.web.prints.taken <- struct{}{}
	before := h.count(`SELECT count(*) FROM prints`)
	sheets := url.Values{"copies": {"5"}}
	h.expect("one crop too many", p.get(crop), 503, "")
	h.expect("one print too many", p.post("/panel/wydruk", sheets), 503, "")
	h.expect("posters beside a print", p.get(postersPath+"/plakaty.pdf"), 503, "")
	if n := h.count(`SELECT count(*) FROM prints`); n != before {
		t.Error("serials were taken for sheets that were not printed")
	}
	<-h.web.pictures.taken
	<-h.web.prints.taken
	h.web.pictures.wait, h.web.prints.wait = picturesWait, printsWait
	h.expect("a crop once there is a place", p.get(crop), 200, "")
	h.expect("a print once there is a place", p.post("/panel/wydruk", sheets), 200, "%PDF")
}

// Who may do what with scans, and what another office sees: nothing.
func TestScansByRoleAndOffice(t *testing.T) {
	h, runner := startScanning(t)
	run := shortOffice(t, h)
	p := h.logIn("krotki", store.RoleEmployee)
	batch := openScanBatch(t, p)
	sendScans(t, p, batch, scanFile{"a.jpg", run.filled(t, "grey", run.first, 1, 1).File}, scanFile{"b.jpg", run.filled(t, "grey", run.first+1, 1, 2).File})
	work(t, runner)
	ids := map[string]string{}
	for name, query := range map[string]string{"page": `SELECT min(id) FROM scan_pages`, "question": `SELECT min(id) FROM scan_questions WHERE flagged OR audit`, "sheet": `SELECT min(id) FROM scan_sheets`, "file": `SELECT min(id) FROM scan_files`} {
		ids[name] = fmt.Sprint(h.count(query))
	}
	reads := []string{"", "/weryfikacja", "/pytania/" + ids["question"] + "/wycinek", "/pytania/" + ids["question"] + "/podobne", "/strony/" + ids["page"], "/strony/" + ids["page"] + "/obraz", "/strony/" + ids["page"] + "/wpisz", "/arkusze/" + ids["sheet"]}
	writes := []string{"/plik", "/pliki/" + ids["file"] + "/gotowe", "/pliki/" + ids["file"] + "/usun", "/cofnij", "/pytania/" + ids["question"], "/strony/" + ids["page"] + "/odczytaj", "/strony/" + ids["page"] + "/odrzuc",
		"/strony/" + ids["page"] + "/wpisz", "/arkusze/" + ids["sheet"], "/arkusze/" + ids["sheet"] + "/rozstrzygnij", "/ponownie", "/zatwierdz"}
	supervisor, stranger := h.logIn("krotki", store.RoleSupervisor), h.logIn("osielsko", store.RoleAdministrator)
	for i, end := range reads {
		got := p.get(batch + end)
		if got.StatusCode != 200 || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("GET %s as an employee: %d, Cache-Control %q", end, got.StatusCode, got.Header.Get("Cache-Control"))
		}
		if want := map[bool]int{true: 200, false: 403}[i == 0 || i == 4 || i == 5]; supervisor.get(batch+end).StatusCode != want {
			t.Errorf("GET %s as a supervisor: %d, want %d", end, supervisor.get(batch+end).StatusCode, want)
		}
		if foreign, none := stranger.get(batch+end), stranger.get(scansPath+"/999999"+end); foreign.StatusCode != 404 || foreign.body != none.body {
			t.Errorf("GET %s as another office: %d, and not the same as of one that is not there", end, foreign.StatusCode)
		}
	}
	before := h.count(`SELECT count(*) FROM scan_pages`) + h.count(`SELECT count(*) FROM scan_decisions`) + h.count(`SELECT count(*) FROM scan_files`)
	for _, end := range writes {
		values := func() url.Values { return url.Values{"name": {"x"}, "size": {"5"}, "przyjmij": {"1"}, "kod": {"x"}} }
		if got := supervisor.post(batch+end, values()); got.StatusCode != 403 {
			t.Errorf("POST %s as a supervisor: %d, want 403", end, got.StatusCode)
		}
		if got := stranger.post(batch+end, values()); got.StatusCode != 404 {
			t.Errorf("POST %s as another office: %d, want 404", end, got.StatusCode)
		}
	}
	if got := p.post(scansPath+"/przechowywanie", url.Values{"keep": {"3"}}); got.StatusCode != 403 {
		t.Errorf("an employee sets the retention: %d, want 403", got.StatusCode)
	}
	admin := h.logIn("krotki", store.RoleAdministrator)
	h.expect("a retention that can't be", admin.post(scansPath+"/przechowywanie", url.Values{"keep": {"91"}}), 422, "od 0 do 90")
	if got := admin.post(scansPath+"/przechowywanie", url.Values{"keep": {"3"}}); got.StatusCode != 303 || !strings.Contains(words(admin.get(scansPath).body), "leżą jeszcze 3 dni") {
		t.Errorf("retention: %d", got.StatusCode)
	}
	if after := h.count(`SELECT count(*) FROM scan_pages`) + h.count(`SELECT count(*) FROM scan_decisions`) + h.count(`SELECT count(*) FROM scan_files`); after != before {
		t.Error("somebody who may not changed something")
	}
}

// What is typed of a remark is kept without personal data from its first moment, and waits for review where a clerk says so.
func TestTypedRemarksHoldNoPersonalData(t *testing.T) {
	h, runner := startScanning(t)
	run := shortOffice(t, h)
	p := h.logIn("krotki", store.RoleEmployee)
	batch := openScanBatch(t, p)
	var files []scanFile
	for serial := run.first; len(files) < 4; serial++ {
		page := run.filled(t, "grey", serial, 1, uint64(serial))
		if slices.ContainsFunc(page.Truth.Texts, func(x synth.Text) bool { return x.Written }) {
			files = append(files, scanFile{fmt.Sprintf("%d.jpg", serial), page.File})
		}
		if serial > run.first+30 {
			t.Fatal("nobody writes remarks")
		}
	}
	sendScans(t, p, batch, files...)
	work(t, runner)
	id := h.count(`SELECT min(id) FROM scan_questions WHERE kind = 'text' AND flagged`)
	h.expect("nothing typed", p.post(fmt.Sprintf("%s/pytania/%d", batch, id), url.Values{"tekst": {" "}}), 422, "Prosimy przepisać tekst")
	if got := p.post(fmt.Sprintf("%s/pytania/%d", batch, id), url.Values{"tekst": {"Proszę dzwonić: 601 234 567"}, "osobowe": {"1"}}); got.StatusCode != 303 {
		t.Fatalf("typed: %d\n%s", got.StatusCode, got.body)
	}
	if places := h.everywhere("601 234 567"); len(places) > 0 {
		t.Errorf("the number is kept in %v", places)
	}
	answerScans(t, p, batch, "Dobrze")
	if got := p.post(batch+"/zatwierdz", nil); got.StatusCode != 303 {
		t.Fatalf("approve: %d\n%s", got.StatusCode, got.body)
	}
	work(t, runner)
	if n := h.count(`SELECT count(*) FROM remarks WHERE text LIKE '%[TELEFON]%' AND state = 'unsure'`); n != 1 {
		t.Errorf("%d remarks wait for review without the number, want 1", n)
	}
}

// Whoever types a sheet that was scanned before is led to where that is.
func TestTypingAScannedSheet(t *testing.T) {
	h, runner := startScanning(t)
	run := shortOffice(t, h)
	p := h.logIn("krotki", store.RoleEmployee)
	batch := openScanBatch(t, p)
	sendScans(t, p, batch, scanFile{"a.jpg", run.filled(t, "grey", run.first, 1, 1).File})
	work(t, runner)
	answerScans(t, p, batch, "Dobrze")
	p.post(batch+"/zatwierdz", nil)
	work(t, runner)
	code := sheet.Code{Tenant: run.tenant, Version: run.version, Page: 1, Serial: uint32(run.first)}.Short()
	typed := openPaperBatch(t, p, nil)
	got := ask(t, p, typed, code)
	if got.Fits || got.Link != batch || !strings.Contains(got.Message, "już zeskanowano") {
		t.Errorf("asked for a sheet that was scanned: %+v", got)
	}
	h.expect("where it is said to be", p.get(got.Link), 200, "Partia skanów")
	again := typeSheet(t, p, typed, url.Values{"overall": {"4"}, "_code": {code}})
	if again.StatusCode != http.StatusConflict || !strings.Contains(again.body, `<a href="`+batch+`">Zobacz partię skanów</a>`) {
		t.Errorf("typing it: %d, want 409 with the way to it\n%s", again.StatusCode, again.body)
	}
}

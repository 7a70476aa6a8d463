package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	_ "image/png" // some pages are
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/go-pdf/fpdf"

	"ocenaurzedu.eu/pkg/scan"
	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/pkg/synth"
)

// scannedPage is a page of the stack, and what its person meant.
type scannedPage struct {
	run    printRun
	serial int64
	truth  map[string]answerMeant
	image  []byte // JPEG
	dpi    float64
}

// answerMeant is what stands on paper of a field; unclear: nobody can tell.
type answerMeant struct {
	values  []string
	unclear bool
}

// meant lists what a filled page says, by field.
func meant(truth synth.Truth) map[string]answerMeant {
	all := map[string]answerMeant{}
	for _, q := range truth.Questions {
		all[scan.FieldOf(q.Question, q.Row, q.Area, q.Aspect)] = answerMeant{q.Values, q.Flag}
	}
	for _, t := range truth.Texts {
		if t.Kind != sheet.AreaNumber && t.Written {
			all[scan.AreaField(t.Area)] = answerMeant{[]string{"Kolejka jest długa"}, false}
		}
	}
	return all
}

// asJPEG writes an image; share below 1 tears the rest of it off.
func asJPEG(t *testing.T, img image.Image, share float64) []byte {
	t.Helper()
	b := img.Bounds()
	whole := image.NewGray(b)
	draw.Draw(whole, b, image.NewUniform(color.Gray{250}), image.Point{}, draw.Src)
	part := image.Rect(b.Min.X, b.Min.Y, b.Max.X, b.Min.Y+int(share*float64(b.Dy())))
	draw.Draw(whole, part, img, b.Min, draw.Src)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, whole, &jpeg.Options{Quality: 75}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// makeStack fills in and scans 60 sheets: two foreign ones, one twice, one blank, one torn, the others of two versions.
func makeStack(t *testing.T, first, second, foreign printRun) []scannedPage {
	t.Helper()
	pages := make([]scannedPage, 60)
	var all sync.WaitGroup
	for i := range pages {
		all.Go(func() {
			run, n := first, int64(i)
			if i%2 == 1 {
				run = second
			}
			switch i {
			case 12, 41:
				run = foreign
			case 33:
				run, n = first, 4 // again
			}
			p := scannedPage{run: run, serial: run.first + n/2}
			if i == 33 {
				p.serial = pages33(first)
			}
			out := run.filled(t, "grey", p.serial, 1, uint64(i)+600)
			share := 1.0
			switch i {
			case 20: // nobody wrote on it
				blank, err := synth.Draw(run.layout, sheet.Code{Tenant: run.tenant, Version: run.version, Page: 1, Serial: uint32(p.serial)}, 150)
				if err != nil {
					t.Error(err)
					return
				}
				p.image, p.dpi, p.truth = asJPEG(t, blank.Image, 1), 150, map[string]answerMeant{}
				pages[i] = p
				return
			case 27:
				share = 0.4
			}
			p.image, p.dpi, p.truth = asJPEG(t, out.Image, share), out.DPI, meant(out.Truth)
			pages[i] = p
		})
	}
	all.Wait()
	return pages
}

// pages33 is the serial of the sheet that is scanned twice: that of the third page.
func pages33(first printRun) int64 { return first.first + 1 }

// asPDF binds pages to one file, as a scanner does.
func asPDF(t *testing.T, pages []scannedPage) string {
	t.Helper()
	pdf := fpdf.New("P", "mm", "A4", "")
	for i, p := range pages {
		config, _, err := image.DecodeConfig(bytes.NewReader(p.image))
		if err != nil {
			t.Fatal(err)
		}
		w, h := float64(config.Width)/p.dpi*25.4, float64(config.Height)/p.dpi*25.4
		pdf.AddPageFormat("P", fpdf.SizeType{Wd: w, Ht: h})
		name := fmt.Sprint("page", i)
		options := fpdf.ImageOptions{ImageType: "JPG"}
		pdf.RegisterImageOptionsReader(name, options, bytes.NewReader(p.image))
		pdf.ImageOptions(name, 0, 0, w, h, false, options, 0, "")
	}
	file := filepath.Join(t.TempDir(), "stos.pdf")
	if err := pdf.OutputFileAndClose(file); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		data, _ := os.ReadFile(file)
		_ = os.WriteFile(filepath.Join(dir, "stos.pdf"), data, 0o600)
	}
	return file
}

// publishReworded publishes a second version with another wording.
func publishReworded(t *testing.T, h *harness, slug string) {
	t.Helper()
	ctx, scope, admin := context.Background(), h.scope(slug), h.logIn(slug, store.RoleAdministrator)
	admin.post("/panel/raporty/dotychczasowe", map[string][]string{"next": {"/panel/ankieta"}})
	draft, err := scope.Draft(ctx)
	if err != nil {
		t.Fatal(err)
	}
	draft.Questionnaire.Question("overall").Label = survey.PL("Jak ogólnie ocenia Pani/Pan obsługę w urzędzie?")
	layout, err := sheet.NewLayout(&draft.Questionnaire)
	if err != nil {
		t.Fatal(err)
	}
	boxes, err := json.Marshal(layout)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scope.Publish(ctx, store.NewVersion{Draft: *draft, Sheet: boxes, By: store.Actor{Login: admin.login, At: h.clock.now()}}, nil); err != nil {
		t.Fatal(err)
	}
}

// questionBefore is the question that the browser shows: its id, field and kind.
type questionBefore struct {
	id     string
	serial int64
	field  string
	kind   string
}

func (k *keyboard) question() questionBefore {
	k.t.Helper()
	var q questionBefore
	const before = `document.querySelector("#queue article:not([hidden], [data-sent])")`
	k.until(before + ` !== null || !location.pathname.endsWith("/weryfikacja")`)
	q.id = k.read(before + `?.dataset.question ?? ""`)
	if q.id == "" {
		return q
	}
	err := k.owner.QueryRow(`
		SELECT COALESCE(s.serial, 0), q.field, q.kind FROM scan_questions q JOIN scan_sheets s ON s.tenant_id = q.tenant_id AND s.id = q.sheet_id WHERE q.id = $1`, q.id).Scan(&q.serial, &q.field, &q.kind)
	if err != nil {
		k.t.Fatalf("question %s: %v", q.id, err)
	}
	return q
}

// settleQuestion answers the question before the browser by keys, as the paper says.
func (k *keyboard) settleQuestion(q questionBefore, m answerMeant) {
	k.t.Helper()
	const before = `document.querySelector("#queue article:not([hidden], [data-sent])")`
	key := func(value string) string {
		return k.read(fmt.Sprintf(before+`.querySelector('[name=wybor][value=%q]').dataset.key`, value))
	}
	switch {
	case q.kind == store.AskText && len(m.values) == 0:
		k.do(chromedp.Click(chromedp.CSS(`#p` + q.id + ` [name=brak]`)))
	case q.kind == store.AskText:
		k.fill("t"+q.id, m.values[0])
		k.press(kb.Enter)
	case m.unclear:
		k.press("*")
	case len(m.values) == 0:
		k.press("0")
	case q.kind == store.AskOne:
		k.press(key(m.values[0]))
	default:
		for _, value := range strings.Split(k.read(before+` && [...`+before+`.querySelectorAll("[name=wybor]")].filter((e) => e.checked !== `+jsonOf(m.values)+`.includes(e.value)).map((e) => e.dataset.key).join(" ")`), " ") {
			if value != "" {
				k.press(value)
			}
		}
		k.press(kb.Enter)
	}
	k.until(fmt.Sprintf(`document.querySelector("#queue article:not([hidden], [data-sent])")?.dataset.question !== %q`, q.id))
}

func jsonOf(values []string) string {
	data, _ := json.Marshal(values) // strings always can be
	return string(data)
}

// TestStackOfSixtySheets takes a stack of two versions, mixed and turned, from one PDF to approved answers in the browser:
// two sheets are foreign, one is there twice, one is blank, one is torn.
func TestStackOfSixtySheets(t *testing.T) {
	axe := axeSource(t)
	h, runner := startScanning(t)
	h.create(context.Background(), store.NewTenant{Slug: "krotki", Office: survey.Office{Name: "Urząd Gminy Krótkie"}, Questionnaire: h.questionnaire("short.yaml")})
	h.refresh()
	first := printSheets(t, h, "krotki", 40)
	publishReworded(t, h, "krotki")
	second := printSheets(t, h, "krotki", 40)
	foreign := printSheets(t, h, "osielsko", 40)
	pages := makeStack(t, first, second, foreign)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); runner.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })

	k := sitDown(t, h.logIn("krotki", store.RoleEmployee), scansPath)
	w := walk(k, axe)
	w.inspect("lista", "Skanowanie ankiet papierowych", "Skanowanie")
	k.load(200, chromedp.Click(button("Załóż partię i dodaj skany")))
	w.inspect("nowa-partia", "Partia skanów nr 1", "Skanowanie")
	k.do(chromedp.SetUploadFiles(chromedp.ID("files"), []string{asPDF(t, pages)}))
	k.until(`document.querySelector("#progress:not([data-moving]) .scan-files") !== null`)
	w.inspect("odczytana", "Partia skanów nr 1", "Skanowanie")

	k.settleTorn(pages[27])
	k.load(200, chromedp.Click(chromedp.CSS(`a[href$="/weryfikacja"]`)))
	w.inspect("pytanie", "Sprawdzanie odpowiedzi", "Skanowanie")
	answered := 0
	for q := k.question(); q.id != ""; q = k.question() {
		at := slices.IndexFunc(pages, func(p scannedPage) bool { return p.serial == q.serial && p.run != foreign })
		if at < 0 {
			t.Fatalf("a question of the serial %d, which is none of the stack's", q.serial)
		}
		k.settleQuestion(q, pages[at].truth[q.field])
		answered++
	}
	t.Logf("%d questions were asked", answered)
	k.until(`document.body.innerText.includes("Wszystko sprawdzone")`)
	k.load(200, chromedp.Click(button("Zatwierdź partię")))
	k.until(`document.querySelector("[data-count=approved]") !== null`)
	w.inspect("zatwierdzona", "Partia skanów nr 1", "Skanowanie")
	for of, want := range map[string]string{"approved": "56", "rejected": "0", "duplicate": "1", "foreign": "2", "blank": "1", "unreadable": "0"} {
		if got := k.read(`document.querySelector("[data-count=` + of + `]").textContent`); got != want {
			t.Errorf("%s: %s sheets, want %s", of, got, want)
		}
	}
	h.compareStack(t, pages, foreign)
}

// until waits for something that may take long, or come on another page.
func (k *keyboard) until(expression string) {
	k.t.Helper()
	end := time.Now().Add(3 * time.Minute)
	for {
		ctx, stop := context.WithTimeout(k.ctx, 2*time.Second)
		_, err := chromedp.Run(ctx, chromedp.Poll[bool](expression))
		stop()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			k.t.Fatalf("waiting for %s: %v\non the page: %s", expression, err, k.text())
		}
	}
}

// settleTorn types what is left of the torn sheet.
func (k *keyboard) settleTorn(p scannedPage) {
	k.t.Helper()
	k.load(200, chromedp.Click(chromedp.CSS(`.tasks a[href*="/strony/"]`)))
	k.load(200, chromedp.Click(chromedp.CSS(`a[href$="/wpisz"]`)))
	k.visit(k.read(`location.pathname`) + fmt.Sprintf("?wersja=%d", p.run.version))
	k.fill("code", sheet.Code{Tenant: p.run.tenant, Version: p.run.version, Page: 1, Serial: uint32(p.serial)}.Short())
	for field, m := range p.truth {
		for _, value := range m.values {
			if !m.unclear {
				k.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`{ const e = document.querySelector('[name="%s"][value="%s"]') ?? document.querySelector('textarea[name="%s"]'); if (e.matches("textarea")) e.value = %q; else e.checked = true; }`, field, value, field, value)))
			}
		}
	}
	k.load(200, chromedp.Click(button("Zapisz arkusz")))
}

// compareStack compares the answers of each sheet with what its person meant.
func (h *harness) compareStack(t *testing.T, pages []scannedPage, foreign printRun) {
	t.Helper()
	ctx, scope := context.Background(), h.scope("krotki")
	wrong, compared := 0, 0
	for i, p := range pages {
		if p.run == foreign || i == 33 || i == 20 {
			continue
		}
		var id string
		var codes []byte
		err := h.owner.QueryRow(`
			SELECT s.id, to_json(s.codes) FROM submissions s JOIN batch_sheets b ON b.tenant_id = s.tenant_id AND b.submission_id = s.id
			WHERE s.tenant_id = $1 AND b.serial = $2 AND s.version_id = $3 AND s.channel = 'paper_scanned' AND s.day = '2026-03-10'`, p.run.tenant, p.serial, p.run.version).Scan(&id, &codes)
		if err != nil {
			t.Errorf("sheet %d of page %d: %v", p.serial, i+1, err)
			continue
		}
		version, err := scope.Version(ctx, p.run.version)
		if err != nil {
			t.Fatal(err)
		}
		sub := survey.Submission{ID: id, VersionID: p.run.version}
		if err := json.Unmarshal(codes, &sub.Codes); err != nil {
			t.Fatal(err)
		}
		values, err := version.Values(&sub)
		if err != nil {
			t.Fatal(err)
		}
		for field, m := range p.truth {
			if m.unclear || version.Questionnaire.Question(field) == nil || version.Questionnaire.Question(field).Kind == survey.KindText {
				continue
			}
			compared++
			got, want := slices.Sorted(slices.Values(values[field])), slices.Sorted(slices.Values(m.values))
			if !slices.Equal(got, want) {
				wrong++
				t.Logf("page %d, %s: %v, and %v was meant", i+1, field, got, want)
			}
		}
	}
	if compared < 300 || wrong > compared/200 { // 0.5 %, the bars of reading being what the bench holds
		t.Errorf("%d of %d answers are not what was meant", wrong, compared)
	}
	if n := h.count(`SELECT count(*) FROM submissions WHERE tenant_id = $1`, h.ids["krotki"]); n != 56 {
		t.Errorf("%d submissions, want 56", n)
	}
}

package web

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

const (
	oldWording = "Czy sprawa została załatwiona?"
	newWording = "Czy sprawę załatwiono całkowicie?"
	oldStreet  = "Szosa Gdańska 55A"
	newStreet  = "Szosa Gdańska 57"
)

// year is one office's year, walked in a browser at a desk and on a phone. What others answered beside the walk:
//
//	2025: 6 on the web, overall 3, settled 4 yes, 2 no
//	2026: 7 on the web, overall 5 5 4 4 4 3 2, settled 5 yes, 2 no
//	after the change: 5 on the web, overall 4, settled 1 yes, 4 no
type year struct {
	*person
	desk, phone *keyboard
	first       []byte // the first report's PDF
}

// The year of an office in a browser, from a resident's first answer to the report that tells the old wording
// of a question from the new one (§§ 3 to 5 of the order).
func TestYear(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator) // an account; the browser logs in by itself
	d := desk(t, p)
	y := &year{person: p, desk: d, phone: phone(t, d)}
	y.others(survey.NewDay(2025, 11, 20), "3", 4, 2)
	for i, rating := range []string{"5", "5", "4", "4", "4", "3", "2"} {
		y.others(survey.NewDay(2026, 2, 10), rating, btoi(i < 5), btoi(i >= 5))
	}
	for _, step := range []struct {
		name string
		walk func(*testing.T)
	}{
		{"a resident answers", y.answerFirst},
		{"the office logs in", y.enter},
		{"sheets are printed and typed", y.paper},
		{"the year's report", y.report},
		{"stopped without a report", y.stopped},
		{"archived, then edited", y.archiveAndEdit},
		{"version 2", y.publish},
		{"a resident answers again", y.answerAgain},
		{"old and new apart", y.compare},
	} {
		if !t.Run(step.name, func(t *testing.T) { y.t = t; step.walk(t) }) {
			return // the next steps build on this one
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// others stores answers of other people on the web: yes and no to whether the matter was settled.
func (y *year) others(day survey.Day, rating string, yes, no int) {
	y.t.Helper()
	for settled, n := range map[string]int{"yes": yes, "no": no} {
		values := survey.Values{"overall": {rating}, "settled": {settled}, "quality.courtesy": {rating}}
		y.answer("osielsko", given{n: n, values: values, day: day})
	}
}

// answerFirst sends the survey without the required answer first: everything typed stays.
func (y *year) answerFirst(t *testing.T) {
	k := y.phone
	k.visit("/?p=bok")
	k.see("Ankieta badania satysfakcji Klienta", "Biuro Obsługi Klienta", oldWording, oldStreet)
	k.shot("01-resident")
	k.tap("department", "registry")
	k.tap("matter", "documents")
	k.tap("settled", "yes")
	k.tap("quality.courtesy", "5")
	k.tap("quality.waiting", "4")
	k.fill("q-remarks", "Krótka kolejka. Proszę o telefon: 601 234 567")
	k.load(422, chromedp.Tap(button("Wyślij")))
	k.see("pytanie jest wymagane")
	k.shot("02-resident-error")
	kept := k.read(`[...document.querySelectorAll("main :checked")].map((e) => e.name + "=" + e.value).join(" ")`)
	if kept != "department=registry matter=documents settled=yes quality.courtesy=5 quality.waiting=4" {
		t.Errorf("a refused form keeps %s", kept)
	}
	k.tap("overall", "4")
	k.load(200, chromedp.Tap(button("Wyślij")))
	if at := k.read(`location.pathname`); at != "/dziekujemy" {
		t.Fatalf("after sending on %s: %s", at, k.text())
	}
	k.shot("03-thanks")
	y.checkPhone(t)
	if n := y.count(`SELECT count(*) FROM submissions WHERE channel = 'qr'`); n != 1 {
		t.Errorf("%d answers by QR stored, want 1", n)
	}
}

// checkPhone wants nothing to reach out of a narrow screen, and nothing kept about the person in the browser.
func (y *year) checkPhone(t *testing.T) {
	t.Helper()
	for _, path := range []string{"/dziekujemy", "/"} {
		y.phone.visit(path)
		if wide := y.phone.read(`document.documentElement.scrollWidth`); wide != "360" {
			t.Errorf("%s is %s px wide on a screen of 360", path, wide)
		}
	}
	if names := y.phone.cookies(); len(names) != 0 {
		t.Errorf("a resident's browser keeps %v", names)
	}
}

// enter logs in with password and one-time code; the password alone opens nothing.
func (y *year) enter(t *testing.T) {
	k := y.desk
	k.visit("/panel/logowanie")
	k.shot("04-login")
	k.do(chromedp.SendKeys(chromedp.ID("login"), y.login), chromedp.SendKeys(chromedp.ID("password"), testPassword))
	k.load(200, chromedp.Click(button("Dalej")))
	k.visit("/panel/raporty")
	if at := k.read(`location.pathname`); at != "/panel/logowanie/kod" {
		t.Fatalf("with the password alone on %s", at)
	}
	code, err := auth.TOTPCode(y.secret, y.clock.now())
	if err != nil {
		t.Fatal(err)
	}
	k.shot("05-code")
	k.do(chromedp.SendKeys(chromedp.ID("code"), code))
	k.load(200, chromedp.Click(button("Zaloguj")))
	if at := k.read(`location.pathname`); at != "/panel" {
		t.Fatalf("after the code on %s: %s", at, k.text())
	}
	k.see("Rok 2026 do dziś", "wypełnionych ankiet 8", "kod QR 1", "Edytuj dane urzędu", "Nie ma jeszcze żadnego raportu")
	k.shot("06-home")
}

var shortCode = regexp.MustCompile(`\bA[0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4}\b`)

// paper prints two sheets and types them in by keys, with the codes that stand on them.
func (y *year) paper(t *testing.T) {
	k := y.desk
	k.visit("/panel/wydruk")
	k.shot("07-print")
	k.fill("copies", "2")
	text := words(pdfText(t, string(k.download(button("Pobierz PDF")))))
	hold(t, "the sheet", text, "Urząd Gminy Osielsko", "Ankieta badania satysfakcji Klienta", oldWording, "Uprzejmość i kultura rozmowy")
	codes := firstPages(shortCode.FindAllString(text, -1))
	if len(codes) != 2 {
		t.Fatalf("codes of first pages on two sheets = %q:\n%s", codes, text)
	}
	k.visit("/panel/ankiety-papierowe")
	k.shot("08-batches")
	k.load(200, chromedp.Click(button("Załóż partię")))
	end := strings.Repeat(kb.Enter, 7) // nothing to improve, no remarks, nothing about the person
	for i, answers := range []string{
		"1" + "2" + kb.Enter + "1" + "1" + strings.Repeat("5", 20) + "5",
		"3" + "1" + kb.Enter + "2" + "3" + strings.Repeat("2", 20) + "1",
	} {
		k.ready(i + 1)
		k.press(codes[i] + kb.Enter)
		k.waitTold("Arkusz o numerze")
		if k.press(answers); i == 0 {
			k.shot("09-typing")
		}
		k.press(end)
		k.waitTold("Arkusz zapisany")
	}
	k.ready(3)
	if n := y.count(`SELECT count(*) FROM batch_sheets WHERE serial IS NOT NULL`); n != 2 {
		t.Errorf("%d sheets stored with their serial, want 2", n)
	}
}

// firstPages picks the codes of sheets' first pages.
func firstPages(codes []string) []string {
	var first []string
	for _, c := range codes {
		if code, err := sheet.ParseShort(c); err == nil && code.Page == 1 {
			first = append(first, c)
		}
	}
	return first
}

// report makes the report of the year 2026 and reads it as a page, as PDF and as XLSX: 10 of 16 answers.
func (y *year) report(t *testing.T) {
	k := y.desk
	k.visit("/panel/uwagi") // only what somebody has looked at leaves the office
	k.waitCard("[TELEFON]")
	k.shot("10-remarks")
	k.press("z")
	k.wait(`document.body.innerText.includes("Zatwierdzono")`)
	k.visit("/panel/raporty/nowy")
	k.shot("10-report-new")
	k.load(200, chromedp.Click(button("Generuj raport")))
	k.see("Raport nr 1", "10 ankiet", "wersja 1", "3,70", oldWording, "tak 7 70,0%", "nie 3 30,0%", "[TELEFON]")
	miss(t, "the page", k.text(), "601 234 567", "wersja 2")
	k.shot("11-report")

	y.first = k.download(chromedp.Search(`//a[contains(., "Pobierz PDF")]`))
	text := words(pdfText(t, string(y.first)))
	hold(t, "the PDF", text, "Urząd Gminy Osielsko", oldStreet, "1 stycznia", oldWording, "3,70", "70,0%", "[TELEFON]", "próba nielosowa")
	miss(t, "the PDF", text, "601 234 567")

	f := book(t, k.download(`//a[.="XLSX"]`))
	for _, want := range []struct {
		sheet, heading, value string
		row                   []string
	}{
		{"Pytania", "Liczba", "7", []string{"settled", "tak"}},
		{"Pytania", "% ważnych", "0.7", []string{"settled", "tak"}},
		{"Pytania", "Ważne (n)", "10", []string{"settled", "nie"}},
		{"Oceny", "Średnia", "3.7", []string{"Jak ogólnie ocenia Pani/Pan nasz urząd?"}},
		{"Kanały", "Ankiety", "2", []string{"papier (wpisany)"}},
	} {
		if got := cell(t, f, want.sheet, want.heading, want.row...); got != want.value {
			t.Errorf("XLSX, %s, %s of %q = %q, want %q", want.sheet, want.heading, want.row, got, want.value)
		}
	}
}

// stopped tries to edit when the archive has a report of a part of the results only (§ 5).
func (y *year) stopped(t *testing.T) {
	k := y.desk
	k.visit("/panel/ankieta?p=-")
	k.see("Do publikacji będzie potrzebny raport z dotychczasowych wyników")
	k.fill("thanks", "Dziękujemy. Przeczytamy każdą odpowiedź.")
	k.wait(`document.getElementById("pasek").innerText.includes("którą widzą mieszkańcy:")`)
	k.shot("12-questionnaire-gate")
	k.visit("/panel/ankieta/publikacja")
	k.see("Najpierw raport", "Takiego raportu jeszcze nie ma")
	k.load(409, chromedp.Evaluate[chromedp.Void]( // as who gets round the page
		`document.querySelector("input[name=_report]").remove(), document.querySelector("main form").requestSubmit(), undefined`))
	k.see("Nie opublikowano: najpierw raport")
	if n := y.count(`SELECT count(*) FROM versions WHERE tenant_id = $1`, y.ids["osielsko"]); n != 1 {
		t.Fatalf("%d versions, want the publication refused", n)
	}

	before := y.officeOf("osielsko")
	k.visit("/panel/urzad")
	k.see("Najpierw raport", "Takiego raportu jeszcze nie ma")
	k.shot("13-office-gate")
	if n := k.read(`document.querySelectorAll("main form[action='/panel/urzad'] button").length`); n != "0" {
		t.Errorf("%s buttons save behind a closed gate", n)
	}
	k.load(409, chromedp.Evaluate[chromedp.Void](fmt.Sprintf( // as who gets round the page
		`document.getElementById("street").value = %q, document.querySelector("form[action='/panel/urzad']").requestSubmit(), undefined`, newStreet)))
	k.see("Zmiany nie zapisano: najpierw raport")
	k.shot("14-office-stopped")
	if diff := cmp.Diff(before, y.officeOf("osielsko")); diff != "" {
		t.Errorf("the office changed without a report (-before +after):\n%s", diff)
	}
}

// archiveAndEdit makes the report that § 5 asks for by one click, which leads back to the edit.
func (y *year) archiveAndEdit(t *testing.T) {
	k := y.desk
	k.visit("/panel/urzad")
	k.load(200, chromedp.Click(button("Generuj raport z dotychczasowych wyników")))
	if at, text := k.read(`location.pathname`), k.text(); at != "/panel/urzad" || strings.Contains(text, "Najpierw raport") {
		t.Fatalf("after the report on %s: %s", at, text)
	}
	if n := y.count(`SELECT n FROM reports WHERE tenant_id = $1 AND complete`, y.ids["osielsko"]); n != 16 {
		t.Errorf("the complete report has %d answers, want 16", n)
	}
	k.fill("street", newStreet)
	k.load(200, chromedp.Click(button("Zapisz dane urzędu")))
	k.see("Dane urzędu są zapisane")
	k.shot("15-office-saved")
	if got := y.officeOf("osielsko").Office.Street; got != newStreet {
		t.Errorf("street = %q, want %q", got, newStreet)
	}
}

// publish edits a question's wording and publishes it.
func (y *year) publish(t *testing.T) {
	k := y.desk
	k.visit("/panel/ankieta?p=settled")
	k.shot("16-question")
	k.fill("label", newWording)
	k.wait(`document.querySelector("[data-series]").textContent.includes("wyniki przed nią")`)
	k.see(newWording, "Od wersji 1, którą widzą mieszkańcy:", "po niej osobno")
	k.shot("17-questionnaire")
	k.load(200, chromedp.Click(chromedp.CSS(`a[href="/panel/ankieta/publikacja"].btn`)))
	k.shot("17-publication")
	k.load(200, chromedp.Click(button("Opublikuj jako wersję 2")))
	k.see("Szkic jest taki sam jak opublikowana wersja 2")
	v, err := y.scope("osielsko").PublishedVersion(context.Background())
	if err != nil || v.Number != 2 || v.Questionnaire.Question("settled").Label.PL != newWording {
		t.Fatalf("published version = %+v, %v", v, err)
	}
}

// answerAgain answers the new version, which is live at once, as the office's new data are.
func (y *year) answerAgain(t *testing.T) {
	k := y.phone
	k.visit("/")
	k.see(newWording, newStreet)
	miss(t, "the survey", k.text(), oldWording, oldStreet)
	k.tap("settled", "yes")
	k.tap("overall", "5")
	k.load(200, chromedp.Tap(button("Wyślij")))
	k.see("Przeczytamy każdą odpowiedź.")
	y.others(survey.Day{}, "4", 1, 4)
}

// compare makes the report of everything: 16 answers of version 1, of which 11 say yes, and 6 of version 2,
// of which 2 do; they stand apart, while what was not changed is counted together.
func (y *year) compare(t *testing.T) {
	k := y.desk
	k.visit("/panel/raporty/nowy")
	k.load(200, chromedp.Click(button("Wszystkie wyniki")))
	k.see("Raport nr 3", "22 ankiety", "wersja 1", "wersja 2", "3,64") // (6·3 + 37 + 5 + 5·4) / 22
	for _, series := range []string{
		regexp.QuoteMeta(oldWording) + `.{0,200} wersji 1;.{0,200} tak 11 68,8%.{0,200} nie 5 31,3%`,
		regexp.QuoteMeta(newWording) + `.{0,200} wersji 2;.{0,200} tak 2 33,3%.{0,200} nie 4 66,7%`,
	} {
		if !regexp.MustCompile(series).MatchString(k.text()) {
			t.Errorf("the page lacks the series %s:\n%.6000s", series, k.text())
		}
	}
	k.shot("18-report-versions")

	text := words(pdfText(t, string(k.download(`//a[contains(., "Pobierz PDF")]`))))
	hold(t, "the PDF", text, newStreet, oldWording+" (wersja 1)", newWording+" (wersja 2)", "68,8%", "33,3%", "3,64")
	f := book(t, k.download(`//a[.="XLSX"]`))
	for _, want := range [][3]string{{oldWording, "tak", "11"}, {oldWording, "nie", "5"}, {newWording, "tak", "2"}, {newWording, "nie", "4"}} {
		if got := cell(t, f, "Pytania", "Liczba", want[0], want[1]); got != want[2] {
			t.Errorf("XLSX: %s %s = %q, want %s", want[0], want[1], got, want[2])
		}
	}

	k.visit("/panel/raporty")
	k.shot("19-reports")
	again := k.download(`//a[@aria-label="Raport nr 1 jako PDF"]`)
	if string(again) != string(y.first) {
		t.Error("the first report's PDF is not the bytes that were archived")
	}
}

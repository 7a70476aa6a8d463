package web

import (
	"fmt"
	"html/template"
	"io/fs"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/templates"
)

// texts are the wordings of residents' pages and of what is wrong with a field, by language.
type texts struct {
	localizers map[string]*i18n.Localizer
	counted    map[string]bool // ids of wordings that have plural forms
}

func newTexts() (*texts, error) {
	bundle := i18n.NewBundle(language.Polish)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	files, err := fs.Glob(templates.Files, "locales/*.yaml")
	if err != nil {
		return nil, err
	}
	t := &texts{localizers: map[string]*i18n.Localizer{}, counted: map[string]bool{}}
	for _, file := range files {
		loaded, err := bundle.LoadMessageFileFS(templates.Files, file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for _, m := range loaded.Messages {
			t.counted[m.ID] = t.counted[m.ID] || m.One != ""
		}
	}
	for _, lang := range []string{survey.Polish, survey.English, survey.Ukrainian} {
		t.localizers[lang] = i18n.NewLocalizer(bundle, lang, survey.Polish)
	}
	return t, nil
}

// text returns the wording with an id; pairs fill its placeholders: "N", 3.
func (t *texts) text(lang, id string, pairs ...any) (string, error) {
	data := map[string]any{}
	var plural any
	for i := 0; i+1 < len(pairs); i += 2 {
		data[fmt.Sprint(pairs[i])] = pairs[i+1]
		if pairs[i] == "N" && t.counted[id] {
			plural = pairs[i+1]
		}
	}
	text, err := t.localizers[lang].Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: data, PluralCount: plural})
	if lang != survey.English {
		text = glue(text)
	}
	return text, err
}

// loneLetter is a word of one letter, which Polish and Ukrainian typography keep off the end of a line.
var loneLetter = regexp.MustCompile(`(^|[\s\x{A0}(„«])([aiouwzAIOUWZаеєийіоувзяАЕЄИЙІОУВЗЯ]) `)

// glue keeps words of one letter on the line of the word that follows. Twice, as two of them may stand in a row.
func glue(text string) string {
	for range 2 {
		text = loneLetter.ReplaceAllString(text, "$1$2"+hardSpace)
	}
	return text
}

// problem returns the sentence for what is wrong with a field.
func (t *texts) problem(lang string, e survey.FieldError) (string, error) {
	return t.text(lang, "problem_"+string(e.Problem), "N", e.N)
}

// fault returns the heading and the sentence of an error page. What a handler says itself is Polish.
func (t *texts) fault(lang string, f fault) (title, message string, err error) {
	if title, err = t.text(lang, "fault_"+f.words+"_title"); err != nil {
		return "", "", err
	}
	if f.message != "" && lang == survey.Polish {
		return title, f.message, nil
	}
	var wait string
	if wait, err = t.wait(lang, f.seconds); err == nil {
		message, err = t.text(lang, "fault_"+f.words, "Wait", wait)
	}
	return title, message, err
}

// wait tells seconds in words: "40 sekund", "3 minuty".
func (t *texts) wait(lang string, seconds int) (string, error) {
	if seconds < 60 {
		return t.text(lang, "wait_seconds", "N", seconds)
	}
	return t.text(lang, "wait_minutes", "N", (seconds+59)/60)
}

func templateFuncs(t *texts) (template.FuncMap, error) {
	addresses := map[string]string{}
	names, err := fs.ReadDir(templates.Files, "assets")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if addresses[name.Name()], err = assetAddress(name.Name()); err != nil {
			return nil, err
		}
	}
	return template.FuncMap{
		"asset": func(name string) (string, error) {
			if addresses[name] == "" {
				return "", fmt.Errorf("no asset %q", name)
			}
			return addresses[name], nil
		},
		"t":         t.text,
		"problem":   t.problem,
		"dayPL":     dayPL,
		"timePL":    timePL,
		"monthPL":   monthPL,
		"number":    numberPL,
		"decimal":   report.Decimal,
		"short":     report.Short,
		"span":      report.FigureSpan,
		"shareSpan": report.ShareSpan,
		"tenths":    report.TenthSpan,
		"percent":   percentPL,
		"percent1":  percent1PL,
		"count":     countPL,
		"noun":      nounPL,
		"channelPL": channelPL,
		"origin":    report.Origin,
		"rolePL":    rolePL,
		"kindPL":    kindPL,
		"fieldPL":   fieldPL,
		"actionPL":  actionPL,
		"stagePL":   actionStatusPL,
		"statePL":   statePL,
		"whyPL":     whyPL,
		"coverPL":   coverPL,
		"verdictPL": verdictPL, "verdictClass": verdictClass, "indicatorPL": indicatorPL,
		"itemOf": func(q reportQuestion, item stats.Item) reportItem { return reportItem{q, item} },
		"changes": func(title, head string, rows []changeRow, top bool) changesTable {
			return changesTable{title, head, rows, top}
		},
		"pair":  func(a, b string) [2]string { return [2]string{a, b} },
		"add":   func(a, b int) int { return a + b },
		"sub":   func(a, b int) int { return a - b },
		"mul":   func(a, b int) int { return a * b },
		"month": func(d survey.Day) string { return d.String()[:7] },
		"of":    func(q questionView, n int) numbered { return numbered{q, n} },
		"tel":   func(s string) string { return strings.Map(dialled, s) },
		"lines": func(s string) []string { return strings.Split(s, "\n") },
		"prose": prosePL,
		"after": strings.SplitAfter,
	}, nil
}

// numbered is a question that knows how many there are.
type numbered struct {
	Question questionView
	Of       int
}

// dialled keeps of a telephone number what is dialled.
func dialled(r rune) rune {
	if r >= '0' && r <= '9' || r == '+' {
		return r
	}
	return -1
}

var (
	monthsGenitive   = [...]string{"stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września", "października", "listopada", "grudnia"}
	monthsNominative = [...]string{"styczeń", "luty", "marzec", "kwiecień", "maj", "czerwiec", "lipiec", "sierpień", "wrzesień", "październik", "listopad", "grudzień"}
)

// hardSpace keeps two words on one line.
const hardSpace = "\u00a0"

// dayPL writes a day as "7 marca 2026".
func dayPL(d survey.Day) string {
	if d.IsZero() {
		return "–"
	}
	y, m, day := d.Time().Date()
	return strconv.Itoa(day) + hardSpace + monthsGenitive[m-1] + hardSpace + strconv.Itoa(y)
}

// timePL writes a moment as "7 marca 2026, 9:05".
func timePL(t time.Time) string {
	return dayPL(survey.DayOf(t)) + ", " + t.Format("15:04")
}

// monthPL writes a month as "marzec 2026".
func monthPL(d survey.Day) string {
	y, m, _ := d.Time().Date()
	return monthsNominative[m-1] + hardSpace + strconv.Itoa(y)
}

// numberPL writes a whole number with hard spaces between thousands, 1 234, as the reports do.
func numberPL(n int) string {
	s := strconv.Itoa(n)
	if n < 1000 && n > -1000 {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 && s[i-1] != '-' {
			b.WriteString(hardSpace)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// oneLetter finds a word of one letter, which Polish does not leave at the end of a line.
var oneLetter = regexp.MustCompile(`(^|[\s\x{a0}(„])([aiouwzAIOUWZ]) `)

// prosePL is the lines of what an office wrote; remarks stay letter for letter.
func prosePL(s string) []string {
	for range 2 { // of "i w" the first time only finds the "i"
		s = oneLetter.ReplaceAllString(s, "${1}${2}"+hardSpace)
	}
	return strings.Split(s, "\n")
}

// decimalPL writes a number with a comma and so many places.
func decimalPL(f float64, places int) string {
	return strings.Replace(strconv.FormatFloat(f, 'f', places, 64), ".", ",", 1)
}

// percentPL writes a share (0 to 1) as a whole percentage: 87%.
func percentPL(share float64) string {
	return strconv.Itoa(int(math.Round(share*100))) + "%"
}

// percent1PL writes a share (0 to 1) as a percentage with one place: 87,3%.
func percent1PL(share float64) string { return report.Decimal(100*share, 1) + "%" }

// countPL writes a number with the right form of a noun: 1 ankieta, 2 ankiety, 5 ankiet.
func countPL(n int, one, few, many string) string {
	return numberPL(n) + hardSpace + nounPL(n, one, few, many)
}

// nounPL chooses the form of a noun where its number stands elsewhere, as in a heap of large figures.
func nounPL(n int, one, few, many string) string {
	switch {
	case n == 1:
		return one
	case n%10 >= 2 && n%10 <= 4 && (n%100 < 12 || n%100 > 14):
		return few
	}
	return many
}

// channelPL names a channel.
func channelPL(c survey.Channel) string {
	return map[survey.Channel]string{
		survey.ChannelWeb: "strona internetowa", survey.ChannelQR: "kod QR", survey.ChannelKiosk: "kiosk w urzędzie",
		survey.ChannelPaperTyped: "papier (wpisany)", survey.ChannelPaperScanned: "papier (skan)",
	}[c]
}

// rolePL names a role.
func rolePL(role string) string {
	return map[string]string{"administrator": "administrator", "employee": "pracownik", "supervisor": "nadzór", "analyst": "analityk powiatu"}[role]
}

// kindPL names a kind of question as a clerk would.
func kindPL(k survey.Kind) string {
	return map[survey.Kind]string{
		survey.KindSingle: "Jedna odpowiedź z listy", survey.KindMulti: "Kilka odpowiedzi z listy", survey.KindScale: "Ocena na skali",
		survey.KindMatrix: "Tabela ocen", survey.KindPaired: "Tabela: ważność i zadowolenie", survey.KindYesNo: "Tak lub nie",
		survey.KindEmoji: "Buźki", survey.KindNPS: "Polecenie (0–10)", survey.KindNumber: "Liczba", survey.KindText: "Odpowiedź własnymi słowami",
		survey.KindInfo: "Informacja bez pytania",
	}[k]
}

// fieldPL names the part of a question that a fault's path begins with: options[2].label is "odpowiedź 3".
func fieldPL(path string) string {
	part, rest, _ := strings.Cut(path, "[")
	part, _, _ = strings.Cut(part, ".")
	name := map[string]string{"label": "treść", "help": "objaśnienie", "options": "odpowiedzi", "rows": "wiersze", "areas": "obszary", "scale": "skala", "importance": "skala ważności", "show_if": "warunek wyświetlania",
		"max": "największa wartość", "min": "najmniejsza wartość", "limit": "liczba znaków", "unit": "jednostka"}[part]
	if i, err := strconv.Atoi(strings.SplitN(rest, "]", 2)[0]); err == nil && name != "" {
		return name + ", pozycja " + strconv.Itoa(i+1)
	}
	return name
}

// actionPL names what the audit log tells of.
func actionPL(action string) string {
	words := map[string]string{
		"tenant.add": "dodanie urzędu", "office.save": "zmiana danych urzędu", "office.crest": "zmiana herbu", "service_point.save": "zmiana punktu obsługi",
		"version.publish": "publikacja wersji ankiety", "report.archive": "raport w archiwum, numer", "report.operator": "raport sporządzony przez operatora, format", "account.invite": "zaproszenie",
		"public.open": "wyniki publiczne: włączenie lub wyłączenie strony", "public.publish": "publikacja wyników", "public.withdraw": "wycofanie opublikowanych wyników",
		"account.reset": "odebranie hasła i nowe zaproszenie", "account.accept": "przyjęcie zaproszenia", "account.login": "logowanie",
		"account.login_recovery": "logowanie kodem zapasowym", "batch.open": "otwarcie partii", "batch.close": "zamknięcie partii",
		"sheet.print": "wydruk arkuszy, liczba", "sheet.correct": "poprawka arkusza, partia", "batch.draw": "losowanie arkuszy do drugiego wpisania, partia",
		"sheet.rekey": "drugie wpisanie arkusza, partia", "sheet.settle": "rozstrzygnięcie różnic w arkuszu, partia", "draft.save": "zmiana szkicu ankiety, zapis",
		"action.add": "nowe działanie, numer", "action.save": "zmiana działania, numer", "action.publish": "publikacja działania, numer",
		"action.withdraw": "wycofanie działania z publikacji, numer", "action.sign": "podpis nadzoru pod działaniem, numer",
		"remark.approve": "zatwierdzenie uwagi", "remark.withhold": "wstrzymanie uwagi", "remark.reopen": "cofnięcie decyzji o uwadze",
		"export.start": "eksport ankiet, numer", "export.cancel": "przerwanie eksportu ankiet, numer", "export.download": "pobranie pliku z ankietami, eksport numer",
		"remark.approve_alike": "zatwierdzenie jednakowych uwag, liczba", "remark.redact": "ukrycie słów w uwadze (rodzaj, liczba znaków)",
		"device.add": "nowe urządzenie", "device.code": "nowy kod parowania urządzenia", "device.pair": "sparowanie urządzenia", "device.pause": "wstrzymanie urządzenia",
		"device.resume": "wznowienie urządzenia", "device.remove": "usunięcie urządzenia",
		"report.case": "oznaczenia raportu, numer", "schedule.save": "zmiana harmonogramu raportów", "mail.post": "wiadomość do wysłania",
		"theme.create": "nowy temat uwag", "theme.rename": "zmiana nazwy tematu uwag", "theme.merge": "połączenie tematów uwag", "theme.delete": "usunięcie tematu uwag",
		"scan.open": "nowa partia skanów", "scan.operator": "partia skanów od operatora", "scan.file": "plik ze skanami, partia", "scan.cancel": "usunięcie pliku ze skanami, partia", "scan.again": "ponowny odczyt skanów, partia",
		"scan.settle": "decyzja o stronie skanu, partia", "scan.sheet": "decyzja o arkuszu ze skanu, partia", "scan.approve": "zatwierdzenie partii skanów", "scan.approved": "zapisanie arkuszy z partii skanów",
		"scan.retention": "zmiana czasu przechowywania skanów, dni", "scan.erase": "skasowanie skanów i wycinków, partia",
		"theme.tag": "temat nadany uwagom, liczba", "theme.untag": "temat zdjęty z uwag, liczba",
	}
	if word, ok := words[action]; ok {
		return word
	}
	return action
}

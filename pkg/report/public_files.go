package report

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"ocenaurzedu.eu/pkg/survey"
)

// Names of an edition's files, which stay as they are: others link to them.
const (
	OpenCSV        = "wyniki.csv"
	OpenJSON       = "wyniki.json"
	OpenXLSX       = "wyniki.xlsx"
	OpenDictionary = "slownik.csv"
	OpenRemarks    = "uwagi.csv"
)

// OpenSchema names the form of OpenJSON; it changes when the meaning of a field does.
const OpenSchema = "https://ocenaurzedu.eu/schema/wyniki-1"

// openColumn is a column of the open data with what it holds.
type openColumn struct {
	name, kind, about string
	width             float64
	format            format
}

// openColumns are those of an OpenRow, in its order.
func openColumns() []openColumn {
	return []openColumn{
		{"tabela", "tekst", "czego dotyczy liczba, zob. tabele w słowniku", 12, formatText},
		{"klucz", "tekst", "stały klucz pytania, kanału, miesiąca (rrrr-mm) itd.; jeden klucz to jedna seria w kolejnych edycjach", 16, formatText},
		{"nazwa", "tekst", "brzmienie pytania albo nazwa", 44, formatWrap},
		{"wersje", "tekst", "numery wersji ankiety, z których pochodzą odpowiedzi", 9, formatText},
		{"wiersz", "tekst", "klucz wiersza tabeli ocen albo obszaru; po kropce: importance (ważność) lub satisfaction (zadowolenie)", 18, formatText},
		{"etykieta", "tekst", "brzmienie wiersza", 36, formatWrap},
		{"odpowiedz", "tekst", "klucz odpowiedzi", 14, formatText},
		{"tresc_odpowiedzi", "tekst", "brzmienie odpowiedzi", 28, formatWrap},
		{"miara", "tekst", "co podano w kolumnie wartosc, zob. miary w słowniku", 20, formatText},
		{"wartosc", "liczba", "wartość miary; pusta, jeśli jest wstrzymana", 12, formatMean},
		{"dol95", "liczba", "dolny koniec przedziału 95% (orientacyjnego, bo próba jest nielosowa); pusty, jeśli miara nie ma przedziału", 10, formatMean},
		{"gora95", "liczba", "górny koniec tego przedziału", 10, formatMean},
		{"n", "liczba całkowita", "ile odpowiedzi jest podstawą wartości; puste przy samych liczebnościach", 8, formatInt},
		{"wstrzymane", "tak lub nie", "tak: wartości nie podajemy, bo odpowiedzi było zbyt mało albo zdradziłaby inną wstrzymaną", 12, formatText},
	}
}

// openTables and openMeasures are the words of the columns tabela and miara.
func openTables() [][2]string {
	return [][2]string{
		{"badanie", "całe badanie"}, {"wersja", "wersja ankiety; etykieta to dzień jej publikacji"}, {"kanal", "sposób wypełnienia ankiety"},
		{"miesiac", "miesiąc"}, {"punkt", "punkt obsługi"}, {"wskaznik", "wskaźnik złożony z pytań o jednej roli, od 0 do 100"},
		{"obszar", "obszar: wiersze tabeli ocen liczone razem"}, {"waznosc", "zestawienie ważności i zadowolenia"},
		{"pytanie", "pytanie albo wiersz tabeli ocen"},
	}
}

func openMeasures() [][2]string {
	return [][2]string{
		{"ankiety", "liczba wypełnionych ankiet"}, {"udzial", "udział we wszystkich ankietach, od 0 do 1"},
		{"wydane_formularze", "formularze papierowe wydane, jeśli je policzono"}, {"zwrocone_formularze", "z tych formularzy wróciło"},
		{"ocena_ogolna", "średnia ocena ogólna, w punktach skali"}, {"zadano", "ilu osobom zadano pytanie"},
		{"wazne", "ile osób odpowiedziało; bez „nie dotyczy” i „nie mam zdania”"}, {"brak_odpowiedzi", "ile osób nie odpowiedziało"},
		{"nie_dotyczy", "ile osób zaznaczyło „nie dotyczy”"}, {"nie_mam_zdania", "ile osób zaznaczyło „nie mam zdania”"},
		{"nieczytelne", "ile odpowiedzi na papierze było nieczytelnych lub podwójnych"}, {"nie_pytano", "ilu osób nie pytano, bo pytanie jest warunkowe"},
		{"srednia", "średnia, w punktach skali (w pytaniu o liczbę: w jego jednostkach)"}, {"odchylenie", "odchylenie standardowe z próby (n−1)"}, {"mediana", "mediana"},
		{"najwyzsze_oceny", "udział dwóch najwyższych punktów skali (na skali 2 i 3 punktów: najwyższego), od 0 do 1"},
		{"najnizsze_oceny", "udział dwóch najniższych punktów skali (na skali 2 i 3 punktów: najniższego), od 0 do 1"},
		{"nps", "wskaźnik polecenia: % ocen 9–10 minus % ocen 0–6, od −100 do 100"}, {"liczba", "ile osób wybrało odpowiedź"},
		{"udzial_waznych", "udział w ważnych odpowiedziach, od 0 do 1; gdy można było wybrać kilka, udziały nie sumują się do 1"},
		{"udzial_zadanych", "udział wśród wszystkich, którym zadano pytanie, od 0 do 1"}, {"alfa", "α Cronbacha: na ile wiersze obszaru mierzą to samo, najwyżej 1"},
		{"wskaznik", "średnia procentów zakresu skali pytań o tej roli, od 0 do 100"}, {"waga", "waga wskaźnika we wskaźniku łącznym"},
		{"waznosc", "średnia ważność, w punktach skali"}, {"zadowolenie", "średnie zadowolenie, w punktach skali"},
		{"granica_waznosci", "średnia średnich ważności"}, {"granica_zadowolenia", "średnia średnich zadowolenia"}, {"csi", "wskaźnik zadowolenia CSI w postaci klasycznej, w %"},
	}
}

// cells are a row's columns: strings, float64, int, or nil where there is no number.
func (r OpenRow) cells() []any {
	cells := []any{r.Table, r.Key, r.Name, r.Versions, r.Row, r.Label, r.Answer, r.Wording, r.Measure}
	for _, f := range []*float64{r.Value, r.Low, r.High} {
		if f == nil {
			cells = append(cells, nil)
		} else {
			cells = append(cells, *f)
		}
	}
	if r.N == nil {
		cells = append(cells, nil)
	} else {
		cells = append(cells, *r.N)
	}
	return append(cells, yesNo(r.Withheld))
}

func yesNo(yes bool) string {
	if yes {
		return "tak"
	}
	return "nie"
}

// openCSV writes lines for Polish Excel: UTF-8 with BOM, semicolons, decimal commas, CR LF. No text starts a formula.
func openCSV(w io.Writer, head []string, rows [][]any) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	_ = out.Write(head) // the writer keeps the first error for its end
	for _, row := range rows {
		fields := make([]string, len(row))
		for i, cell := range row {
			switch v := cell.(type) {
			case string:
				fields[i] = safe(v)
			case float64:
				fields[i] = commaNumber(v)
			case int:
				fields[i] = strconv.Itoa(v)
			}
		}
		_ = out.Write(fields)
	}
	out.Flush()
	return out.Error()
}

// CSV writes all figures, one a line.
func (e *Edition) CSV(w io.Writer) error {
	var head []string
	for _, c := range openColumns() {
		head = append(head, c.name)
	}
	var rows [][]any
	for _, r := range e.Rows() {
		rows = append(rows, r.cells())
	}
	return e.wrap("CSV", openCSV(w, head, rows))
}

// dictionaryHead are the columns of the data dictionary.
func dictionaryHead() []string { return []string{"rodzaj", "nazwa", "typ", "opis"} }

// dictionary explains columns, tables, measures, and the keys of this edition's questions and answers.
func (e *Edition) dictionary() [][]any {
	var rows [][]any
	for _, c := range openColumns() {
		rows = append(rows, []any{"kolumna", c.name, c.kind, c.about})
	}
	for _, t := range openTables() {
		rows = append(rows, []any{"tabela", t[0], "", t[1]})
	}
	for _, m := range openMeasures() {
		rows = append(rows, []any{"miara", m[0], "", m[1]})
	}
	for _, q := range e.Summary.Questions {
		rows = append(rows, []any{"pytanie", q.Key, kindName(q.Kind), q.Label.PL})
		known := map[string]bool{}
		for i := range q.Items {
			if key := itemKey(&q.Items[i]); key != "" {
				rows = append(rows, []any{"wiersz", q.Key + "." + key, "", itemName(&q.Items[i])})
			}
			for _, v := range q.Items[i].Values {
				if name := valueName(v); q.Kind != survey.KindNumber && !known[v.Value+name] {
					known[v.Value+name] = true
					rows = append(rows, []any{"odpowiedz", q.Key + ": " + v.Value, "", name})
				}
			}
		}
	}
	return rows
}

// Dictionary writes the data dictionary as CSV.
func (e *Edition) Dictionary(w io.Writer) error {
	return e.wrap("dictionary", openCSV(w, dictionaryHead(), e.dictionary()))
}

// Remarks writes the remarks that are told as CSV.
func (e *Edition) Remarks(w io.Writer) error {
	var rows [][]any
	for _, g := range e.Summary.Remarks {
		for _, r := range g.Remarks {
			rows = append(rows, []any{g.Question, g.Label.PL, r.Text})
		}
	}
	return e.wrap("remarks", openCSV(w, []string{"klucz", "nazwa", "uwaga"}, rows))
}

// openDocument is the JSON form of an edition. Numbers are plain, shares 0 to 1, days yyyy-mm-dd.
type openDocument struct {
	Schema     string      `json:"schema"`
	Title      string      `json:"tytul"`
	Edition    string      `json:"edycja"`
	Publisher  string      `json:"urzad"`
	Page       string      `json:"strona"`
	Sample     bool        `json:"dane_przykladowe"`
	From       survey.Day  `json:"od"`
	To         survey.Day  `json:"do"`
	Threshold  int         `json:"prog"`
	Licence    openLicence `json:"licencja"`
	Method     []string    `json:"metoda"`
	Dictionary string      `json:"slownik"`
	Figures    []OpenRow   `json:"wyniki"`
}

type openLicence struct {
	Name    string `json:"nazwa"`
	Address string `json:"adres"`
}

// JSON writes all figures as one object; see openDocument.
func (e *Edition) JSON(w io.Writer) error {
	l, f := e.Licence(), e.Summary.Filter
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return e.wrap("JSON", enc.Encode(openDocument{Schema: OpenSchema, Title: e.Title(), Edition: e.Name, Publisher: e.Office, Page: e.Address + "/wyniki/" + e.Name,
		Sample: e.Sample, From: f.From, To: f.To, Threshold: e.Rules.Threshold, Licence: openLicence{l.Name, l.Address}, Method: e.plainMethod(),
		Dictionary: e.Address + e.FileAddress(OpenDictionary), Figures: e.Rows()}))
}

// Title names the edition with its period.
func (e *Edition) Title() string { return PublicTitle + ", " + plain(e.Period()) }

// Method says how the figures are made and what is held back.
func (e *Edition) Method() []string {
	t := strconv.Itoa(e.Rules.Threshold)
	method := []string{
		"Udział był dobrowolny i anonimowy, a respondenci zgłosili się sami: przedziały (95%) są orientacyjne, próba jest nielosowa.",
		"„Nie dotyczy”, „nie mam zdania” i brak odpowiedzi nie wchodzą do średnich ani do podstawy „% ważnych”.",
		"Nie podajemy wyników opartych na mniej niż " + t + " odpowiedziach („n za małe”) ani takich, z których dałoby się je obliczyć – także przez porównanie z innymi opublikowanymi wynikami.",
		"To wydanie publiczne raportu nr " + strconv.Itoa(e.Number) + ": od raportu różni się tylko tym, co pominięto.",
	}
	for i := range method {
		method[i] = glue(method[i])
	}
	return method
}

func (e *Edition) plainMethod() []string {
	var lines []string
	for _, line := range e.Method() {
		lines = append(lines, plain(line))
	}
	return lines
}

// XLSX writes figures, dictionary and what the data are as a workbook.
func (e *Edition) XLSX(w io.Writer) error {
	const about, figures, words = "O danych", "Wyniki", "Słownik"
	b := newBook(e.Title(), e.Office, e.GeneratedAt)
	b.sheet(about, false)
	l := e.Licence()
	lines := [][2]string{{"Tytuł", e.Title()}, {"Urząd", e.Office}, {"Strona", e.Address + "/wyniki/" + e.Name}, {"Licencja", l.Name}, {"Treść licencji", l.Address}}
	if e.Sample {
		lines = append(lines, [2]string{"Uwaga", "dane przykładowe"})
	}
	lines = append(lines, [2]string{"Metoda", strings.Join(e.plainMethod(), "\n")})
	b.keep(b.file.SetColWidth(about, "A", "A", 18))
	b.keep(b.file.SetColWidth(about, "B", "B", 90))
	for i, line := range lines {
		b.put(about, 1, i+1, line[0], formatBold)
		b.put(about, 2, i+1, line[1], formatWrap)
		b.rowLines(about, i+1, linesOf(line[1], 90))
	}
	var columns []sheetColumn
	for _, c := range openColumns() {
		columns = append(columns, sheetColumn{c.name, c.width, c.format})
	}
	var rows [][]any
	for _, r := range e.Rows() {
		rows = append(rows, r.cells())
	}
	b.sheet(figures, true)
	b.table(figures, columns, rows)
	b.sheet(words, true)
	b.table(words, []sheetColumn{{"rodzaj", 14, formatText}, {"nazwa", 30, formatWrap}, {"typ", 18, formatText}, {"opis", 80, formatWrap}}, e.dictionary())
	return e.wrap("XLSX", b.write(w))
}

func (e *Edition) wrap(what string, err error) error {
	if err != nil {
		return fmt.Errorf("edition %s of %s as %s: %w", e.Name, e.Slug, what, err)
	}
	return nil
}

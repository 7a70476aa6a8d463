package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// heldFields are the fields of a Summary that a public edition never has. All others it copies, so that one that is added
// to stats fails TestPublicFields until somebody decides about it.
var heldFields = []string{
	"Filter.Channels", "Filter.ServicePoints", // only reports without them are published
	"Remark.Channel", "Remark.Month", "Summary.Pending", "Summary.Suspects", "Summary.Digest", "VersionCount.ID",
	"Summary.Trend", // by month and series: finer than the breakdown by month
}

// heldMarks say of a figure that it is held back: they are false in a Summary that tells everything.
var heldMarks = []string{"Item.Suppressed", "Area.Withheld", "Indicator.Withheld", "Group.Withheld", "MonthCount.Withheld", "Quadrant.Withheld"}

// fill sets every field below v to something, and lists them.
func fill(v reflect.Value, fields map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), fields)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), fields)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[survey.Day]() {
			v.Set(reflect.ValueOf(survey.NewDay(2025, 1, 1)))
			return
		}
		for i := range v.NumField() {
			name := v.Type().Name() + "." + v.Type().Field(i).Name
			fields[name] = true
			if slices.Contains(heldFields, name) {
				fill(v.Field(i), map[string]bool{}) // what lies in it is held back too
			} else if !slices.Contains(heldMarks, name) {
				fill(v.Field(i), fields)
			}
		}
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(0.5)
	default:
		v.SetInt(200)
	}
}

// set lists the fields below v that are not zero.
func set(v reflect.Value, fields map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			set(v.Elem(), fields)
		}
	case reflect.Slice:
		for i := range v.Len() {
			set(v.Index(i), fields)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type() != reflect.TypeFor[survey.Day]() && !v.Field(i).IsZero() {
				fields[v.Type().Name()+"."+v.Type().Field(i).Name] = true
				set(v.Field(i), fields)
			}
		}
	}
}

func TestPublicFields(t *testing.T) {
	var s stats.Summary
	all, told := map[string]bool{}, map[string]bool{}
	fill(reflect.ValueOf(&s).Elem(), all)
	s.Filter.Channels, s.Filter.ServicePoints = nil, nil
	for _, by := range Breakdowns() {
		e := NewEdition(&Document{Summary: &s}, PublicRules{Threshold: 10, Breakdown: by, Remarks: true}, nil, time.Time{})
		set(reflect.ValueOf(e.Summary).Elem(), told)
	}
	for _, field := range heldFields {
		if !all[field] {
			t.Errorf("there is no field %s", field)
		}
		if told[field] {
			t.Errorf("%s is public", field)
		}
		delete(all, field)
	}
	for _, field := range slices.Sorted(maps.Keys(all)) {
		if !told[field] && !slices.Contains(heldMarks, field) {
			t.Errorf("%s is neither public nor named in heldFields: decide, and copy it in cover.summary or name it", field)
		}
	}
}

// edition makes an edition of the fixture, changed, that has no rules to break.
func edition(t *testing.T, d *Document, rules PublicRules, earlier ...*Edition) *Edition {
	t.Helper()
	rules.Licence = "cc0"
	if why := RefusePublic(d, rules, earlier); why != "" {
		t.Fatalf("refused: %s", why)
	}
	return NewEdition(d, rules, earlier, time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC))
}

// key tells figures apart.
func (r OpenRow) key() string {
	return strings.Join([]string{r.Table, r.Key, r.Versions, r.Row, r.Answer, r.Measure}, "|")
}

// Whatever the rules, an edition tells no figure that the report does not tell.
func TestEditionOnlyTakesAway(t *testing.T) {
	d := fixture()
	report := map[string]OpenRow{}
	for _, r := range (&Edition{Summary: d.Summary, ServicePoints: d.ServicePoints}).Rows() {
		report[r.key()] = r
	}
	before := 1 << 30
	for _, threshold := range []int{5, 10, 40, 100} {
		told := 0
		for _, by := range Breakdowns() {
			e := edition(t, d, PublicRules{Threshold: threshold, Breakdown: by, Remarks: true})
			for _, r := range e.Rows() {
				if r.Value == nil || r.Table == "badanie" {
					continue
				}
				told++
				if have := report[r.key()]; have.Value == nil || *have.Value != *r.Value || !reflect.DeepEqual(have.N, r.N) {
					t.Errorf("threshold %d, by %q: %s = %v, which the report does not tell", threshold, by, r.key(), *r.Value)
				}
				if r.Measure == "wazne" && r.Key != "uwagi" && *r.Value > 0 && int(*r.Value) < threshold || r.N != nil && *r.N < threshold {
					t.Errorf("threshold %d: %s is told of too few", threshold, r.key())
				}
			}
			if by != BreakdownPoint && (len(e.Summary.ServicePoints) > 0 || e.ServicePoints != nil) {
				t.Errorf("by %q: service points are told", by)
			}
		}
		if told > before {
			t.Errorf("threshold %d tells %d figures, a lower one %d", threshold, told, before)
		}
		before = told
	}
}

// What an item that is held back is part of goes with it.
func TestHeldItemTakesAlong(t *testing.T) {
	d := fixture()
	s := d.Summary
	at := slices.IndexFunc(s.Questions, func(q stats.Question) bool { return q.Key == "oceny" })
	few := rated(fivePoints, []int{1, 1, 1, 2, 2}, stats.States{Blank: 493})
	few.Row, few.Area, few.Role, few.Label = "podejscie1", "podejscie", survey.RoleEmployee, survey.PL("Uprzejmość")
	s.Questions[at].Items[4] = few
	s.Indicators = []stats.Indicator{{Role: survey.RoleEmployee, Items: 4, Weight: 1, Value: stats.Figure{OK: true, N: 480, Value: 80}}}
	s.Composite = stats.Figure{OK: true, N: 480, Value: 80}
	s.Quadrants = []stats.Quadrant{{Question: "oceny", Points: []stats.QuadrantPoint{{Importance: s.Overall.Rating, Satisfaction: s.Overall.Rating}}}}
	dependent := chosen([]string{"a", "b"}, []int{100, 100}, 200, 50)
	dependent.States.Hidden = 250
	s.Questions = append(s.Questions, stats.Question{Key: "dalej", Kind: survey.KindSingle, Versions: []int{2}, Items: []stats.Item{dependent},
		ShowIf: []*survey.Rule{{All: []survey.Condition{{Question: "oceny", Row: "podejscie1", Is: []string{"1"}}}}}})
	told := func(e *Edition) (area, indicator, composite, quadrant, conditional bool) {
		for _, a := range e.Summary.Areas {
			area = area || a.Key == "podejscie" && a.Rating.OK
		}
		last := e.Summary.Questions[len(e.Summary.Questions)-1].Items[0]
		return area, e.Summary.Indicators[0].Value.OK, e.Summary.Composite.OK, len(e.Summary.Quadrants) > 0, !last.Suppressed
	}
	if a, i, c, q, k := told(edition(t, d, PublicRules{Threshold: 5})); !a || !i || !c || !q || !k {
		t.Errorf("with nothing to hold back: area %t, indicator %t, composite %t, quadrant %t, conditional %t", a, i, c, q, k)
	}
	e := edition(t, d, PublicRules{Threshold: 10})
	if a, i, c, q, k := told(e); a || i || c || q || k {
		t.Errorf("told of what holds the row: area %t, indicator %t, composite %t, quadrant %t, conditional %t", a, i, c, q, k)
	}
	if last := e.Summary.Questions[len(e.Summary.Questions)-1].Items[0]; last.Asked != dependent.Asked+250 || last.Valid != 0 || len(last.Values) != 0 {
		t.Errorf("the conditional item tells %+v", last)
	}
	if e.Held != 2 {
		t.Errorf("held back: %d items, want 2", e.Held)
	}
}

// A part is never alone in being held back, and the parts of two divisions are never told together.
func TestPublicBreakdown(t *testing.T) {
	d := fixture()
	parts := func(e *Edition) (told, held, rest int) {
		rest = e.Summary.Overall.Rating.N
		for _, g := range e.Summary.ByChannel {
			if g.Rating.OK {
				told++
				rest -= g.Rating.N
			}
			if g.Withheld {
				held++
			}
		}
		return told, held, rest
	}
	byChannel := edition(t, d, PublicRules{Threshold: 10, Breakdown: BreakdownChannel})
	if told, held, rest := parts(byChannel); told == 0 || held < 2 || rest < 10 {
		t.Errorf("%d channels told, %d held back with %d ratings together", told, held, rest)
	}
	if again := edition(t, d, PublicRules{Threshold: 10, Breakdown: BreakdownMonth}, byChannel); again.Rules.Breakdown != BreakdownNone || again.Summary.Months[0].Rating.OK {
		t.Errorf("the same report is told by channel and by %q", again.Rules.Breakdown)
	}
	next := fixture()
	next.Summary.Filter = survey.Filter{From: survey.NewDay(2026, 1, 1), To: survey.NewDay(2026, 12, 31)}
	if e := edition(t, next, PublicRules{Threshold: 10, Breakdown: BreakdownMonth}, byChannel); e.Rules.Breakdown != BreakdownMonth || !e.Summary.Months[0].Rating.OK {
		t.Error("the next year may be told by month")
	}
}

// Half-years and the year that they make may not differ by a few answers, nor may a report and its successor.
func TestSuccessiveEditions(t *testing.T) {
	made := func(number int, from, to survey.Day, settled int) *Document {
		d := fixture()
		d.Number, d.Summary.Filter = number, survey.Filter{From: from, To: to}
		d.Summary.Questions = []stats.Question{{Key: "zalatwiona", Kind: survey.KindYesNo, Versions: []int{1},
			Items: []stats.Item{chosen([]string{"tak", "nie"}, []int{settled - 20, 20}, settled, 0)}}}
		return d
	}
	first, middle, last := survey.NewDay(2025, 1, 1), survey.NewDay(2025, 7, 1), survey.NewDay(2025, 12, 31)
	rules := PublicRules{Threshold: 10}
	one := edition(t, made(1, first, middle.Add(-1), 100), rules)
	two := edition(t, made(2, middle, last, 80), rules, one)
	for _, tt := range []struct {
		name    string
		settled int
		earlier []*Edition
		want    bool // suppressed
	}{
		{"the same answers", 180, []*Edition{one, two}, false},
		{"three typed later", 183, []*Edition{one, two}, true},
		{"three fewer", 177, []*Edition{one, two}, true},
		{"many more", 195, []*Edition{one, two}, false},
		{"three more than the first half", 103, []*Edition{one}, true},
		{"nothing before", 183, nil, false},
	} {
		e := edition(t, made(3, first, last, tt.settled), rules, tt.earlier...)
		if got := e.Summary.Questions[0].Items[0].Suppressed; got != tt.want {
			t.Errorf("%s: held back %t, want %t", tt.name, got, tt.want)
		}
	}
	var many []*Edition
	for i := range mostOverlaps + 1 {
		many = append(many, edition(t, made(10+i, first.Add(i), last, 100+20*i), rules))
	}
	if why := RefusePublic(made(99, first, last, 500), rules, many); why != RefusalOverlaps {
		t.Errorf("refusal = %q", why)
	}
}

func TestRefusePublic(t *testing.T) {
	d := fixture()
	d.Summary.Filter.ServicePoints = []int64{1}
	if why := RefusePublic(d, PublicRules{Threshold: 10}, nil); why != RefusalPart {
		t.Errorf("one service point: %q", why)
	}
	d = fixture()
	d.Summary.N = 9
	if why := RefusePublic(d, PublicRules{Threshold: 10}, nil); why != RefusalFew {
		t.Errorf("nine submissions: %q", why)
	}
}

// All files hold the same rows; none can start a formula or tells a number that is held back.
func TestOpenFiles(t *testing.T) {
	d := fixture()
	d.Summary.Questions[0].Label = survey.PL("=1+1")
	e := edition(t, d, PublicRules{Threshold: 10, Breakdown: BreakdownChannel, Remarks: true})
	rows := e.Rows()
	var b bytes.Buffer
	if err := e.CSV(&b); err != nil {
		t.Fatal(err)
	}
	lines := readCSV(t, b.String())
	if len(lines) != len(rows)+1 || len(lines[0]) != 14 {
		t.Fatalf("CSV has %d lines of %d columns, want %d of 14", len(lines), len(lines[0]), len(rows)+1)
	}
	for i, line := range lines[1:] {
		if (line[13] == "tak") != rows[i].Withheld || (line[9] == "") != (rows[i].Value == nil) {
			t.Errorf("line %d: %q of %+v", i+2, line, rows[i])
		}
		for _, cell := range line[:9] {
			if strings.IndexAny(cell, "=+-@") == 0 {
				t.Errorf("a cell starts a formula: %q", cell)
			}
		}
	}
	var decoded openDocument
	b.Reset()
	if err := e.JSON(&b); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b.Bytes(), &decoded); err != nil || !reflect.DeepEqual(decoded.Figures, rows) || decoded.Licence.Name == "" {
		t.Errorf("JSON has %d figures (%v), want %d; licence %+v", len(decoded.Figures), err, len(rows), decoded.Licence)
	}
	b.Reset()
	if err := e.XLSX(&b); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := book.GetRows("Wyniki", excelize.Options{RawCellValue: true})
	if err != nil || len(cells) != len(lines) {
		t.Fatalf("XLSX has %d rows (%v), want %d", len(cells), err, len(lines))
	}
	for i, row := range cells[1:] {
		for j, cell := range row {
			if want := lines[i+1][j]; j < 9 && cell != want || j >= 9 && (cell == "") != (want == "") {
				t.Errorf("XLSX row %d column %d = %q, CSV %q", i+2, j+1, cell, want)
			}
		}
	}
	words := map[string]bool{}
	b.Reset()
	if err := e.Dictionary(&b); err != nil {
		t.Fatal(err)
	}
	for _, line := range readCSV(t, b.String()) {
		words[line[0]+" "+line[1]] = true
	}
	for _, r := range rows {
		if !words["tabela "+r.Table] || !words["miara "+r.Measure] || r.Answer != "" && r.Key != "czekanie" && !words["odpowiedz "+r.Key+": "+r.Answer] {
			t.Errorf("the dictionary lacks %s", r.key())
		}
	}
	for _, column := range lines[0] {
		if !words["kolumna "+column] {
			t.Errorf("the dictionary lacks the column %s", column)
		}
	}
}

func readCSV(t *testing.T, text string) [][]string {
	t.Helper()
	text, found := strings.CutPrefix(text, "\ufeff")
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = ';'
	lines, err := r.ReadAll()
	if err != nil || !found || !strings.Contains(text, "\r\n") {
		t.Fatalf("not CSV for Polish Excel: %v, BOM %t", err, found)
	}
	return lines
}

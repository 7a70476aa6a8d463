package report

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// Raw is single submissions, for the office's own staff: whoever puts all answers of one sheet beside what they know may
// know whose it is, so that Raw never leaves the office, nor stands in an archived report. What narrows a row down
// further is left out: the day is told as its month, remarks only as being there, and where few submissions came the
// place is not told at all (Told).
type Raw struct {
	Office        survey.Office
	Title         string
	Versions      []*survey.Version // oldest first; all that a submission may be of
	ServicePoints map[string]string
	Told          map[stats.Origin]bool // stats.Told of the same submissions
	Submissions   iter.Seq2[*survey.Submission, error]
	GeneratedAt   time.Time
	Sample        bool
	most          int // rows of a sheet; 0: as many as Excel takes
}

// Words of cells.
const (
	rawOmitted    = "pominięto"
	rawBlank      = "brak odpowiedzi"
	rawNA         = "nie dotyczy"
	rawDK         = "nie mam zdania"
	rawUnreadable = "nieczytelne"
	rawHidden     = "nie pytano"
	rawYes        = "tak"
	rawNo         = "nie"
	rawThere      = "jest"
	rawNone       = "brak"
)

// rawPlaces are the columns before those of the questionnaire.
var rawPlaces = []string{"Miesiąc", "Sposób wypełnienia", "Punkt obsługi", "Wersja ankiety"}

// rawCell is what a cell holds: words, or a number.
type rawCell struct {
	text   string
	number int
	plain  bool // it is a number
}

// rawColumn is a question, a row of a table or an option, as the newest of its versions words it.
type rawColumn struct {
	question *survey.Question
	slot     survey.Slot
	versions []int
	heading  string
	cells    []rawCell // by code
}

// rawTable is the columns of all versions, and where each version's slots stand among them.
type rawTable struct {
	columns  []*rawColumn
	versions map[int64]*rawVersion
}

// rawVersion is where a version's answers stand.
type rawVersion struct {
	*survey.Version
	columns []int // by slot; -1: it has none of its own
	heads   []int // by slot: the slot that tells whether its multi question was answered; -1: none
}

// newRawTable lays the columns out in the order of the newest version; what only older ones have stands behind.
func newRawTable(versions []*survey.Version) *rawTable {
	t := &rawTable{versions: map[int64]*rawVersion{}}
	known := map[string]int{}
	for i := len(versions) - 1; i >= 0; i-- {
		v := &rawVersion{Version: versions[i]}
		head := -1
		for at, slot := range v.Layout.Slots {
			q := v.Questionnaire.Question(slot.Question)
			v.columns, v.heads = append(v.columns, -1), append(v.heads, -1)
			if q.Kind == survey.KindMulti && slot.Option == "" {
				head = at
				continue
			}
			if slot.Option != "" {
				v.heads[at] = head
			}
			id := rawIdentity(q, slot)
			place, found := known[id]
			if !found {
				place = len(t.columns)
				known[id] = place
				t.columns = append(t.columns, &rawColumn{question: q, slot: slot, cells: rawCells(q, slot)})
			}
			t.columns[place].versions = append([]int{v.Number}, t.columns[place].versions...)
			v.columns[at] = place
		}
		t.versions[v.ID] = v
	}
	t.name()
	return t
}

// rawIdentity is equal for two slots whose codes mean the same, whatever the words: as in a report, answers of one key
// count together only where scale and meaning are one.
func rawIdentity(q *survey.Question, slot survey.Slot) string {
	series := q.Series
	if i := slices.IndexFunc(q.Rows, func(r survey.Row) bool { return r.Key == slot.Row }); i >= 0 {
		series = 1000*q.Series + q.Rows[i].Series
	}
	id := fmt.Sprintf("%q %q %q %d %d %d", slot.Field(), slot.Option, q.Kind, max(series, 1), q.Min, slot.Values)
	if slot.Option != "" || q.Kind == survey.KindNumber {
		return id
	}
	for _, c := range q.ChoicesOf(slot.Aspect) {
		id += fmt.Sprintf(" %q", c.Value)
		if c.Score != nil {
			id += fmt.Sprintf(" %g", *c.Score)
		}
	}
	return id
}

// rawCells are what a column's cells say, by code.
func rawCells(q *survey.Question, slot survey.Slot) []rawCell {
	words := func(s string) rawCell { return rawCell{text: safe(s)} }
	cells := []rawCell{words(rawBlank), words(rawNA), words(rawDK), words(rawUnreadable), words(rawHidden)}
	switch {
	case q.Kind == survey.KindText:
		cells[survey.CodeBlank] = words(rawNone)
		return append(cells, words(rawThere))
	case slot.Option != "":
		cells[survey.CodeBlank] = words(rawNo)
		return append(cells, words(rawYes))
	case q.Kind == survey.KindNumber, q.Kind == survey.KindNPS:
		for i := range slot.Values {
			cells = append(cells, rawCell{number: q.Min + i, plain: true})
		}
		return cells
	}
	for _, c := range q.ChoicesOf(slot.Aspect) {
		cells = append(cells, words(c.Label.PL))
	}
	return cells
}

// name gives each column a heading of its own; columns of the same words are told apart by their versions.
func (t *rawTable) name() {
	count := map[string]int{}
	for _, c := range t.columns {
		c.heading = c.question.Label.PL
		if part := c.part(); part != "" {
			c.heading += " – " + part
		}
		if a := aspectName(c.slot.Aspect); a != "" {
			c.heading += " (" + a + ")"
		}
		count[c.heading]++
	}
	for _, c := range t.columns {
		if count[c.heading] > 1 {
			c.heading += " [" + seriesName(c.versions) + "]"
		}
	}
}

// part words the row, area or option of the column.
func (c *rawColumn) part() string {
	q := c.question
	for _, o := range q.Options {
		if c.slot.Option != "" && o.Key == c.slot.Option {
			return o.Label.PL
		}
	}
	for _, r := range q.Rows {
		if c.slot.Row != "" && r.Key == c.slot.Row {
			return r.Label.PL
		}
	}
	for _, a := range q.Areas {
		if c.slot.Area != "" && a.Key == c.slot.Area {
			return a.Label.PL
		}
	}
	return ""
}

// headings are the titles of all columns.
func (t *rawTable) headings() []string {
	titles := slices.Clone(rawPlaces)
	for _, c := range t.columns {
		titles = append(titles, c.heading)
	}
	return titles
}

// codes fills a row's codes by column, -1 where the submission's version has no such column. Answers that break a rule
// are told as not asked, as they are counted.
func (t *rawTable) codes(sub *survey.Submission, row []int) error {
	v := t.versions[sub.VersionID]
	if v == nil || !v.Layout.Fits(sub.Codes) {
		return fmt.Errorf("submission of version %d: its answers do not fit", sub.VersionID)
	}
	for i := range row {
		row[i] = -1
	}
	codes := v.Layout.Effective(sub.Codes)
	for at, place := range v.columns {
		if place < 0 {
			continue
		}
		row[place] = int(codes[at])
		if head := v.heads[at]; head >= 0 && codes[head] != survey.CodeFirst {
			row[place] = rawUnanswered + int(codes[head])
		}
	}
	return nil
}

// rawUnanswered marks an option of a question that was not answered: the question's own state follows.
const rawUnanswered = 1 << 20

// unanswered words the state of a question of several answers.
func unanswered(state int) string {
	return [...]string{rawBlank, rawNA, rawDK, rawUnreadable, rawHidden}[state]
}

// place words where a submission came from.
func (r *Raw) place(sub *survey.Submission) (month survey.Day, channel, point string) {
	p := stats.Origin{Version: sub.VersionID, Month: sub.Day.Month(), Channel: sub.Channel, ServicePoint: sub.ServicePoint}
	if !r.Told[p] {
		return survey.Day{}, rawOmitted, rawOmitted
	}
	d := Document{ServicePoints: r.ServicePoints}
	return p.Month, channelName(p.Channel), d.servicePoint(strconv.FormatInt(p.ServicePoint, 10))
}

// dictionary explains the columns and their values, one value a row: column, key, kind, versions, value, score.
func (t *rawTable) dictionary() [][]any {
	rows := [][]any{
		{rawPlaces[0], "", "miesiąc", "", rawOmitted, nil, "Miesiąc wypełnienia; dnia nie podajemy. „pominięto”: z tego miejsca i miesiąca jest za mało ankiet, aby wiersz nie wskazywał osoby."},
		{rawPlaces[1], "", "tekst", "", "", nil, "Sposób wypełnienia ankiety."},
		{rawPlaces[2], "", "tekst", "", "", nil, "Punkt obsługi, w którym wydano ankietę lub kod."},
		{rawPlaces[3], "", "liczba", "", "", nil, "Numer wersji ankiety. Pusta komórka w kolumnie pytania: tej wersji pytanie nie dotyczy."},
	}
	for _, c := range t.columns {
		head := func(value string, score any, meaning string) []any {
			return []any{c.heading, c.key(), kindName(c.question.Kind), versionList(c.versions), value, score, meaning}
		}
		choices := c.question.ChoicesOf(c.slot.Aspect)
		switch {
		case c.question.Kind == survey.KindText:
			rows = append(rows, head(rawThere, nil, "Coś napisano. Treści nie łączymy z odpowiedziami; zatwierdzone uwagi są w raporcie."), head(rawNone, nil, "Nic nie napisano."))
		case c.slot.Option != "":
			rows = append(rows, head(rawYes, nil, "Zaznaczono."), head(rawNo, nil, "Odpowiedziano, tego nie zaznaczono."))
		case c.question.Kind == survey.KindNumber:
			rows = append(rows, head(span(strconv.Itoa(c.question.Min), strconv.Itoa(c.question.Max)), nil, strings.TrimSpace("Liczba. "+c.question.Unit.PL)))
		case c.question.Kind == survey.KindNPS:
			rows = append(rows, head("0–10", nil, "Liczba."))
		default:
			for _, choice := range choices {
				var score any
				if choice.Score != nil {
					score = *choice.Score
				}
				rows = append(rows, head(choice.Label.PL, score, choice.Help.PL))
			}
		}
	}
	for _, state := range [][2]string{{rawBlank, "Na pytanie nie odpowiedziano."}, {rawNA, "Wybrano „nie dotyczy”; nie wchodzi do średnich."}, {rawDK, "Wybrano „nie mam zdania”; nie wchodzi do średnich."},
		{rawUnreadable, "Na papierze: nieczytelne albo zaznaczone podwójnie."}, {rawHidden, "Pytania nie zadano zgodnie z jego warunkiem."}} {
		rows = append(rows, []any{"(każde pytanie)", "", "stan", "", state[0], nil, state[1]})
	}
	return rows
}

// key names the column as forms and files do.
func (c *rawColumn) key() string {
	if c.slot.Option != "" {
		return c.slot.Field() + "." + c.slot.Option
	}
	return c.slot.Field()
}

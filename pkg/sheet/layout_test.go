package sheet

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

// rect is a rectangle on a page.
type rect struct {
	what                     string
	left, top, right, bottom float64
}

func (r rect) meets(o rect) bool {
	const slack = 0.011 // of rounding
	return r.left < o.right-slack && o.left < r.right-slack && r.top < o.bottom-slack && o.top < r.bottom-slack
}

func about(what string, x, y, w, h float64) rect {
	return rect{what, x - w/2, y - h/2, x + w/2, y + h/2}
}

// inked are the rectangles of what is printed or written on a page but its boxes and rules.
func inked(m metrics, p *Page) []rect {
	var all []rect
	for _, w := range p.Words {
		width, size := m.width(w.Style, w.Size, w.Text), w.Size*point
		r := rect{fmt.Sprintf("words %q", w.Text), w.X, w.Y - 0.73*size, w.X + width, w.Y + 0.21*size}
		if w.Turn {
			r = rect{r.what, w.X - 0.73*size, w.Y - width, w.X + 0.21*size, w.Y}
		}
		all = append(all, r)
	}
	for _, a := range p.Texts {
		all = append(all, rect{"area " + a.Question + " " + a.Option, a.X, a.Y, a.X + a.W, a.Y + a.H})
	}
	for _, pic := range p.Pictures {
		all = append(all, about("picture", pic.X, pic.Y, pic.Size, pic.Size))
	}
	return all
}

// fixed are the parts of a page where nothing else may be: the QR and the fiducials, with white around them.
func fixed(p *Page) []rect {
	quiet := p.QR.Size / qrModules * quietZone
	all := []rect{{"QR", p.QR.X - quiet, p.QR.Y - quiet, p.QR.X + p.QR.Size + quiet, p.QR.Y + p.QR.Size + quiet}}
	for _, f := range p.Fiducials {
		all = append(all, about("fiducial", f[0], f[1], fiducialSize+4, fiducialSize+4))
	}
	return all
}

// faults says what breaks the rules of paper on any page of a layout.
func faults(m metrics, l *Layout) []string {
	var bad []string
	for i := range l.Pages {
		for _, fault := range pageFaults(m, l, &l.Pages[i]) {
			bad = append(bad, fmt.Sprintf("page %d: %s", i+1, fault))
		}
	}
	return bad
}

func pageFaults(m metrics, l *Layout, p *Page) []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	ink, white := inked(m, p), fixed(p)
	boxSize := l.BoxSize
	pitchDown, pitchAcross := max(8.5, boxSize+3.5), max(13, boxSize+2*l.Blank)
	for i, r := range ink {
		if r.left < left-0.02 || r.right > right+0.02 || r.top < qrY-0.6 || r.bottom > pageHeight-qrY {
			say("%s leaves the page's room: %.2f %.2f %.2f %.2f", r.what, r.left, r.top, r.right, r.bottom)
		}
		for _, o := range append(white, ink[i+1:]...) {
			if r.meets(o) {
				say("%s meets %s", r.what, o.what)
			}
		}
	}
	for i, b := range p.Boxes {
		at := fmt.Sprintf("box %s %s %s %s %s", b.Question, b.Row, b.Area, b.Aspect, b.Option)
		strip := about(at, b.X, b.Y, boxSize+2*blank, boxSize)
		if b.X < left+boxSize/2-0.01 || b.X > right-boxSize/2 || b.Y < top+boxSize/2 || b.Y > footFrom-boxSize/2 {
			say("%s leaves the page's room", at)
		}
		for _, o := range append(white, ink...) {
			if strip.meets(o) {
				say("%s has %s in its blank strip", at, o.what)
			}
		}
		for _, r := range p.Rules {
			if strip.meets(rect{"rule", r.X1, r.Y1 - r.W/2 - 0.02, r.X2, r.Y2 + r.W/2 + 0.02}) {
				say("%s has a rule in its blank strip", at)
			}
		}
		for _, o := range p.Boxes[i+1:] {
			if math.Abs(b.X-o.X) < pitchAcross-0.011 && math.Abs(b.Y-o.Y) < pitchDown-0.011 {
				say("%s is too near to box %s %s %s %s", at, o.Question, o.Row, o.Area, o.Option)
			}
		}
	}
	return bad
}

// missing compares a layout with the slots of the domain: each value of each slot has one box or area.
func missing(q *survey.Questionnaire, l *Layout) []string {
	boxes, areas := map[string]int{}, map[string]int{}
	for _, p := range l.Pages {
		for _, b := range p.Boxes {
			boxes[strings.Join([]string{b.Question, b.Row, b.Area, b.Aspect, b.Option}, "/")]++
		}
		for _, a := range p.Texts {
			areas[a.Question+"/"+a.Option]++
		}
	}
	var bad []string
	take := func(counts map[string]int, key string) {
		if counts[key] != 1 {
			bad = append(bad, fmt.Sprintf("%s: %d places, want 1", key, counts[key]))
		}
		delete(counts, key)
	}
	for _, s := range survey.NewLayout(q).Slots {
		question := q.Question(s.Question)
		at := strings.Join([]string{s.Question, s.Row, s.Area, s.Aspect, ""}, "/")
		switch {
		case s.Option != "":
			take(boxes, at+s.Option)
			continue
		case question.Kind == survey.KindText || question.Kind == survey.KindNumber:
			take(areas, s.Question+"/")
		case question.Kind != survey.KindMulti:
			for _, c := range question.ChoicesOf(s.Aspect) {
				take(boxes, at+c.Value)
			}
		}
		for _, o := range question.OptOuts {
			take(boxes, at+string(o))
		}
	}
	for _, question := range q.Questions() {
		for _, c := range question.Choices() {
			if c.Text {
				take(areas, question.Key+"/"+c.Value)
			}
		}
	}
	for key := range boxes {
		bad = append(bad, "box without a slot: "+key)
	}
	for key := range areas {
		bad = append(bad, "area without a slot: "+key)
	}
	return bad
}

func testMetrics(t testing.TB) metrics {
	t.Helper()
	pdf, err := newDocument()
	if err != nil {
		t.Fatal(err)
	}
	return metrics{pdf, normalPrint().sizes}
}

func TestNewLayout(t *testing.T) {
	tests := []struct {
		name  string
		q     *survey.Questionnaire
		pages int
	}{
		{"all kinds", allKinds(t), 4},
		{"default", shipped(t, "default"), 3},
		{"short", shipped(t, "short"), 1},
		{"kiosk", shipped(t, "kiosk"), 1},
		{"importance", shipped(t, "importance"), 2},
		{"call", shipped(t, "call"), 1},
	}
	m := testMetrics(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := layout(t, tt.q)
			if len(l.Pages) > tt.pages {
				t.Errorf("NewLayout: %d pages, want at most %d", len(l.Pages), tt.pages)
			}
			for _, bad := range append(faults(m, l), missing(tt.q, l)...) {
				t.Error(bad)
			}
			if err := l.Check(tt.q); err != nil {
				t.Errorf("Check: %v", err)
			}
			if diff := cmp.Diff(l, layout(t, tt.q)); diff != "" {
				t.Errorf("the same questionnaire is laid out differently (-first +second):\n%s", diff)
			}
		})
	}
}

func TestNewLayoutKeepsRulesForAnyQuestionnaire(t *testing.T) {
	m := testMetrics(t)
	rapid.Check(t, func(t *rapid.T) {
		q, form := questionnaires().Draw(t, "questionnaire"), inForm(t)
		l, err := form.Layout(q)
		if form.Large && errors.Is(err, ErrTooLong) {
			t.Skip("too long in large print")
		}
		if err != nil {
			t.Fatalf("NewLayout: %v", err)
		}
		for _, bad := range append(faults(m, l), missing(q, l)...) {
			t.Error(bad)
		}
		if err := l.Check(q); err != nil {
			t.Errorf("Check: %v", err)
		}
	})
}

func TestLayoutOfAWideScaleHeadsItsColumnsAgainOnTheNextPage(t *testing.T) {
	q := shipped(t, "default")
	matrix := q.Question("quality")
	for i := range 12 {
		matrix.Rows = append(matrix.Rows, survey.Row{Key: fmt.Sprintf("more%d", i), Label: survey.PL("Jeszcze jeden wiersz"), Area: "reliability"})
	}
	l := layout(t, q)
	headed := 0
	for _, p := range l.Pages {
		rated := false
		for _, b := range p.Boxes {
			rated = rated || b.Question == "quality"
		}
		heads := 0
		for _, w := range p.Words {
			if w.Style == StyleHead && w.Text == "średnio" {
				heads++
			}
		}
		if rated {
			headed++
			if heads != 1 {
				t.Errorf("page with rows of the matrix has %d heads, want 1", heads)
			}
		}
	}
	if headed < 2 {
		t.Fatalf("the matrix stands on %d pages, want it to continue", headed)
	}
}

// Where importance has a scale of its own, each table is headed by its own labels, and a box stands below its own.
func TestImportanceIsHeadedByItsOwnScale(t *testing.T) {
	l := layout(t, allKinds(t))
	under := func(p *Page, b Box) string { // the nearest head above the box
		var nearest Words
		for _, w := range p.Words {
			if w.Style == StyleHead && w.Y < b.Y && w.Y > nearest.Y && w.X < b.X && b.X-w.X < 13 && !w.Turn {
				nearest = w
			}
		}
		return nearest.Text
	}
	want := map[string]string{ // the last line of each head
		"weighed//importance/1": "nieważne", "weighed//importance/3": "ważne", "weighed//satisfaction/1": "słabo", "weighed//satisfaction/3": "średnio",
		"areas/a/importance/1": "nieważne", "areas/b/importance/3": "ważne", "areas///1": "słabo",
	}
	got := map[string]string{}
	for i := range l.Pages {
		for _, b := range l.Pages[i].Boxes {
			key := strings.Join([]string{b.Question, b.Area, b.Aspect, b.Option}, "/")
			if _, asked := want[key]; asked {
				got[key] = under(&l.Pages[i], b)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("heads of boxes (-want +got):\n%s", diff)
	}
}

// A required row is asked like any other: on paper nothing is required.
func TestRequiredRowPrintsNothing(t *testing.T) {
	q, required := shipped(t, "default"), shipped(t, "default")
	for i := range required.Question("quality").Rows {
		required.Question("quality").Rows[i].Required = true
	}
	if diff := cmp.Diff(layout(t, q), layout(t, required)); diff != "" {
		t.Errorf("a required row is laid out differently (-optional +required):\n%s", diff)
	}
}

func TestNewLayoutRefuses(t *testing.T) {
	long := &survey.Questionnaire{Key: "long", Title: survey.PL("Za długa")}
	section := survey.Section{Key: "s", Title: survey.PL("Uwagi")}
	for i := range 180 {
		section.Questions = append(section.Questions, survey.Question{Key: fmt.Sprintf("q%d", i), Kind: survey.KindText, Label: survey.PL("Uwagi")})
	}
	long.Sections = []survey.Section{section}
	if _, err := NewLayout(long); !errors.Is(err, ErrTooLong) {
		t.Errorf("NewLayout(180 remarks) = %v, want ErrTooLong", err)
	}
	tall := shipped(t, "short")
	tall.Sections[0].Questions[0].Help = survey.PL(strings.Repeat("WWWWWWWWW ", 400))
	if _, err := NewLayout(tall); !errors.Is(err, ErrTooLong) {
		t.Errorf("NewLayout(help of more than a page) = %v, want ErrTooLong", err)
	}
	var invalid *survey.InvalidError
	if _, err := NewLayout(&survey.Questionnaire{Key: "empty"}); !errors.As(err, &invalid) {
		t.Errorf("NewLayout(empty) = %v, want an InvalidError", err)
	}
}

func TestLayoutJSON(t *testing.T) {
	l := layout(t, allKinds(t))
	data, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	var back Layout
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(l, &back); diff != "" {
		t.Errorf("JSON round trip (-want +got):\n%s", diff)
	}
	for _, want := range []string{
		`"pageWidth":210,"pageHeight":297,"boxSize":5,`, `"pages":[{"fiducials":[[15,15],[195,15],[195,282],[15,282]],"qr":{"x":23,"y":11.5,"size":24},"boxes":[{"question":"single",`,
		`"option":"na","kind":"optout","x":`, `{"question":"areas","area":"a","aspect":"importance","option":"1","kind":"choice","x":`, `"texts":[{"question":"single","option":"o2","kind":"other","x":`,
	} {
		if !strings.Contains(string(data), want) {
			t.Errorf("JSON lacks %s", want)
		}
	}
}

func TestLayoutCheckRefusesAnotherVersion(t *testing.T) {
	l, other := layout(t, shipped(t, "short")), shipped(t, "short")
	other.Sections[0].Questions[0].Options = other.Sections[0].Questions[0].Options[:4]
	if err := l.Check(other); !errors.Is(err, ErrMismatch) {
		t.Errorf("Check(version with an option less) = %v, want ErrMismatch", err)
	}
	l, other = layout(t, allKinds(t)), allKinds(t)
	other.Question("areas").Areas[1].Key = "c"
	other.Question("areas").Rows[1].Area = "c"
	if err := l.Check(other); !errors.Is(err, ErrMismatch) {
		t.Errorf("Check(version with another area) = %v, want ErrMismatch", err)
	}
	if err := (&Layout{}).Check(other); !errors.Is(err, ErrMismatch) {
		t.Errorf("empty layout: Check = %v, want ErrMismatch", err)
	}
}

package sheet

import (
	"fmt"
	"strconv"
	"strings"

	"ocenaurzedu.eu/pkg/survey"
)

// chunk is a piece of a page that is never split. draw puts it with its upper edge at y.
type chunk struct {
	height float64
	keep   bool // never alone at the foot of a page: the next chunk goes with it
	draw   func(y float64)
}

// block is a question or a heading. A block whose chunks need not be kept together may continue on the
// next page, under its repeat and a note that it continues.
type block struct {
	chunks []chunk
	repeat *chunk
	low    bool   // the repeat is so narrow that it stands beside the QR
	part   bool   // belongs to the question above it
	note   string // "ciąg dalszy pytania 5"
}

const (
	gapAfter   = 1.7 // below a question, before the hairline
	gapBefore  = 2.0 // below the hairline
	hairline   = 0.2
	hairGrey   = 85
	sectionGap = 3.6
	labelGap   = 0.8           // between a label and its boxes
	runningY   = officeY + 0.5 // of the title on later pages
	splitFrom  = 4             // chunks of a split question that are worth the foot of a page
	footX      = 24.0
	footY      = 283.2
	footFrom   = 274.5 // above it ends the flow of any form
)

// flow puts chunks on pages from top to bottom.
type flow struct {
	metrics
	d        dimensions
	words    words
	layout   *Layout
	title    string
	y        float64
	number   int     // of the last question
	from     float64 // where the page's flow starts
	pending  []chunk // headings and instructions that wait for what follows them
	first    bool    // no question stands on this page yet
	sideways bool    // this section's boxes stand beside their questions
	tooTall  bool    // something does not fit on a page of its own
	guide    *guide  // through the rules
}

func newFlow(form Form, q *survey.Questionnaire) (*flow, error) {
	w, err := wordsIn(form.Lang)
	if err != nil {
		return nil, err
	}
	pdf, err := newDocument()
	if err != nil {
		return nil, fmt.Errorf("sheet's fonts: %w", err)
	}
	d := form.dimensions().fit(q)
	return &flow{metrics: metrics{pdf, d.sizes}, d: d, words: w, layout: emptyLayout(form, d)}, nil
}

func (f *flow) page() *Page { return &f.layout.Pages[len(f.layout.Pages)-1] }

// newPage starts a page with its running title.
func (f *flow) newPage() {
	f.layout.Pages = append(f.layout.Pages, emptyPage())
	f.y, f.from, f.first = f.d.top, f.d.top, true
	if len(f.layout.Pages) > 1 {
		lines := f.wrap(headRight-headX-f.d.versionWidth, run{style: StyleHint, text: f.title})
		if len(lines) > 1 {
			lines[0].spans[0].text += "…"
		}
		f.lines(headX, runningY, lines[:1])
	}
}

// section puts a section's heading and questions.
func (f *flow) section(s *survey.Section) {
	title := f.wrap(right-left, run{style: StyleSection, text: s.Title.In(f.words.lang)})
	help := append(f.wrap(right-left, run{style: StyleHint, text: f.guide.section(s)}), f.wrap(right-left, run{style: StyleHint, text: s.Help.In(f.words.lang)})...)
	f.pending = append(f.pending, chunk{height: heightOf(title) + heightOf(help) + 2.8, keep: true, draw: func(y float64) {
		end := f.lines(left, y, title)
		f.rule(left, end+0.4, right, end+0.4, 0.35, 60)
		f.lines(left, end+1.1, help)
	}})
	f.sideways = f.allBeside(s)
	for i := range s.Questions {
		f.question(&s.Questions[i])
	}
}

// question puts one question below what stands already.
func (f *flow) question(q *survey.Question) {
	prefix := ""
	if q.Kind != survey.KindInfo {
		f.number++
		prefix = strconv.Itoa(f.number) + ". "
	}
	blocks := f.blocks(q, prefix+q.Label.In(f.words.lang))
	if lines := f.wrap(right-left, run{style: StyleHint, text: f.guide.question(q)}); len(lines) > 0 {
		rule := chunk{height: heightOf(lines) + labelGap, keep: true, draw: func(y float64) { f.lines(left, y, lines) }}
		blocks[0].chunks = append([]chunk{rule}, blocks[0].chunks...)
	}
	for _, b := range blocks {
		b.note = f.words.continued + " " + strconv.Itoa(f.number)
		if q.Kind == survey.KindInfo {
			f.pending = append(f.pending, b.chunks...)
		} else {
			f.put(b)
		}
	}
}

// blocks lays a question out by its kind: mostly one block, of a matrix perhaps more.
func (f *flow) blocks(q *survey.Question, label string) []block {
	switch q.Kind {
	case survey.KindMatrix, survey.KindPaired:
		return f.matrix(q, label)
	}
	return []block{f.block(q, label)}
}

func (f *flow) block(q *survey.Question, label string) block {
	switch q.Kind {
	case survey.KindNPS:
		return f.strip(q, label)
	case survey.KindScale, survey.KindEmoji:
		if b, ok := f.oneRow(q, label); ok {
			return b
		}
		return f.strip(q, label)
	case survey.KindNumber:
		return f.numberField(q, label)
	case survey.KindText:
		return f.textField(q, label)
	case survey.KindInfo:
		return f.info(q, label)
	}
	return f.choices(q, label)
}

// put places a block: as a whole where its chunks must stay together, else unit by unit.
func (f *flow) put(b block) {
	heading := len(f.pending) > 0
	chunks := append(f.pending, b.chunks...)
	f.pending = nil
	for i := 0; i < len(chunks); {
		n := f.take(chunks[i:], f.room(b))
		if n == 0 {
			f.newPage()
			switch {
			case i > 0:
				f.again(b)
			case b.part:
				f.continued(b)
			}
			continue
		}
		if i == 0 {
			f.separate(heading || b.part)
		}
		for _, c := range chunks[i : i+n] {
			c.draw(f.y)
			f.y += c.height
			f.tooTall = f.tooTall || f.y > f.d.bottom
		}
		i += n
	}
	f.first = f.first && len(chunks) == 0
}

// take returns how many chunks to put next on this page, or 0 to start another. A unit is only split if the page is
// empty or no page has room for it.
func (f *flow) take(chunks []chunk, room float64) int {
	n, fit, h := unit(chunks), 0, 0.0
	for _, c := range chunks[:n] {
		if h += c.height; f.y+gapAfter+gapBefore+h > f.d.bottom && (f.y > f.from || f.y+h > f.d.bottom) {
			break
		}
		fit++
	}
	switch {
	case fit == n:
		return n
	case f.y <= f.from:
		return max(1, fit)
	case heightOfChunks(chunks[:n]) > room && fit >= splitFrom:
		return fit
	}
	return 0
}

// separate parts a question from the one above it by a hairline, a heading by space alone.
func (f *flow) separate(heading bool) {
	switch {
	case f.first:
	case heading:
		f.y += gapAfter + gapBefore
	default:
		f.rule(left, f.y+gapAfter, right, f.y+gapAfter, hairline, hairGrey)
		f.y += gapAfter + gapBefore
	}
}

// again repeats a block's head on a new page.
func (f *flow) again(b block) {
	f.continued(b)
	if b.repeat == nil {
		return
	}
	if b.low {
		b.repeat.draw(f.d.top - b.repeat.height)
		return
	}
	b.repeat.draw(f.y)
	f.y += b.repeat.height
	f.from = f.y
}

// continued says beside the QR whose question goes on.
func (f *flow) continued(b block) {
	note := f.wrap(headRight-headX, run{style: StyleHint, text: b.note})
	f.lines(headX, f.d.noteY-heightOf(note), note)
}

// room is the height that a continued block finds on a page of its own.
func (f *flow) room(b block) float64 {
	if b.repeat == nil || b.low {
		return f.d.bottom - f.d.top
	}
	return f.d.bottom - f.d.top - b.repeat.height
}

// unit returns how many chunks from the first one on should stand together.
func unit(chunks []chunk) int {
	n := 1
	for n < len(chunks) && chunks[n-1].keep {
		n++
	}
	return n
}

func heightOfChunks(chunks []chunk) float64 {
	h := 0.0
	for _, c := range chunks {
		h += c.height
	}
	return h
}

// finish writes the foot of each page, once their number is known.
func (f *flow) finish() {
	f.put(block{})
	n := len(f.layout.Pages)
	for i := range f.layout.Pages {
		p := &f.layout.Pages[i]
		text := f.words.turn
		if i == n-1 {
			text = f.words.drop
		}
		at := fmt.Sprintf(f.words.page, i+1, n)
		width := f.width(StyleHint, f.d.foot, at)
		lines := f.wrap(headRight-width-4-footX, run{style: StyleHint, text: text, size: f.d.foot})
		for j, l := range lines {
			y := footY - float64(len(lines)-1-j)*l.height
			p.Words = append(p.Words, Words{X: footX, Y: mm(y), Style: StyleHint, Size: f.d.foot, Text: l.spans[0].text})
		}
		p.Words = append(p.Words, Words{X: mm(headRight - width), Y: footY, Style: StyleHint, Size: f.d.foot, Text: at})
	}
}

// lines draws lines from y down and returns where they end.
func (f *flow) lines(x, y float64, lines []line) float64 {
	for _, l := range lines {
		for _, s := range l.spans {
			f.write(x+s.x, y+baseline(l, s.run), s.run)
		}
		y += l.height
	}
	return y
}

// baseline is the distance from a line's upper edge to where its letters stand.
func baseline(l line, r run) float64 { return l.height/2 + 0.36*r.size*point }

func (f *flow) write(x, y float64, r run) {
	f.page().Words = append(f.page().Words, Words{X: mm(x), Y: mm(y), Style: r.style, Size: r.size, Text: strings.TrimSpace(r.text)})
}

func (f *flow) rule(x1, y1, x2, y2, w float64, grey int) {
	f.page().Rules = append(f.page().Rules, Rule{mm(x1), mm(y1), mm(x2), mm(y2), w, grey})
}

func (f *flow) box(b Box) {
	b.X, b.Y = mm(b.X), mm(b.Y)
	f.page().Boxes = append(f.page().Boxes, b)
}

func (f *flow) area(a Area) {
	a.X, a.Y, a.W, a.H = mm(a.X), mm(a.Y), mm(a.W), mm(a.H)
	f.page().Texts = append(f.page().Texts, a)
}

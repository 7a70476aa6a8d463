package synth

import (
	"math"
	"math/rand/v2"
	"slices"

	"ocenaurzedu.eu/pkg/sheet"
)

// Shares of what people do, of all answers. The profiles are published so that anybody can judge the figures made with them.
const (
	blankShare      = 0.04  // leaves an answer out
	correctionShare = 0.02  // fills a box and crosses another, as the sheet asks
	slipShare       = 0.004 // rests the pen in an empty box
	writtenShare    = 0.85  // writes the number that is asked for, so that "don't know" beside it stays empty
	remarkShare     = 0.3   // writes into an area
	optOutShare     = 0.06  // of answers with an opt-out
	exclusiveShare  = 0.1   // of multi questions with an exclusive option
)

// habit is a mark and how many of habitsSum nasty people make it all over the sheet.
type habit struct {
	mark Mark
	of   int
}

const habitsSum = 96

// habits of nasty people. One mark in six is drawn anew.
var habits = []habit{{Cross, 52}, {Tick, 18}, {Slash, 9}, {HugeCross, 7}, {TinyCross, 4}, {Bar, 4}, {Dot, 2}}

// oddity is what becomes of an answer of a nasty person in so many of a thousand.
type oddity struct {
	name string
	of   int
	do   func(w *writer, g group, chosen int)
}

// oddities of nasty people. Double, circle, beside, fill only and underline can't be known: they must be flagged.
func oddities() []oddity {
	return []oddity{
		{"double", 12, (*writer).double},
		{"circle", 8, func(w *writer, g group, b int) { w.instead(g, b, Circle) }},
		{"beside", 6, func(w *writer, g group, b int) { w.instead(g, b, Beside) }},
		{"fill only", 8, func(w *writer, g group, b int) { w.instead(g, b, Fill) }},
		{"underline", 3, func(w *writer, g group, b int) { w.instead(g, b, Underline) }},
		{"scribbled out", 14, (*writer).scribbledOut},
		{"note", 6, (*writer).note},
	}
}

// writer fills one page in.
type writer struct {
	r      *rand.Rand
	canvas *canvas
	hand   *hand
	pen    pen
	habit  Mark
	box    float64 // size of a box
	page   *sheet.Page
	truth  *Truth
}

// fill fills a page in as a cooperative or a nasty person does, and tells what was meant.
func fill(p Print, c *canvas, nasty bool, r *rand.Rand) Truth {
	page := &p.Layout.Pages[p.Code.Page-1]
	truth := Truth{Code: p.Code, Nasty: nasty, Boxes: make([]Box, len(page.Boxes))}
	for i, b := range page.Boxes {
		truth.Boxes[i] = Box{Box: b, State: Empty}
	}
	w := &writer{r: r, canvas: c, hand: newHand(r), pen: drawPen(r), habit: Cross, box: p.Layout.BoxSize, page: page, truth: &truth}
	if nasty {
		w.becomeNasty()
	}
	truth.Pen = w.pen.name
	for _, g := range groups(page.Boxes) {
		w.answer(g)
	}
	w.texts()
	if nasty && chance(r, 0.03) {
		w.strayLine()
	}
	return truth
}

func (w *writer) becomeNasty() {
	w.hand.off, w.hand.shake, w.hand.tilt = between(w.r, 0.2, 0.75), between(w.r, 0.03, 0.16), between(w.r, -25, 25)
	w.hand.size = between(w.r, 0.55, 1.35)
	if chance(w.r, 0.05) {
		w.pen = faint
		w.pen.alpha *= between(w.r, 0.8, 1.2)
	}
	w.habit = drawHabit(w.r)
}

// drawHabit takes a habit as often as people have it.
func drawHabit(r *rand.Rand) Mark {
	at := r.IntN(habitsSum)
	for _, h := range habits {
		if at -= h.of; at < 0 {
			return h.mark
		}
	}
	return Cross
}

// mark makes a mark for a box.
func (w *writer) mark(i int, m Mark) {
	b := &w.truth.Boxes[i]
	b.Mark = m
	switch m {
	case Fill:
		b.State = Filled
	case Scribble, Circle, Beside, Underline:
		b.State = Unclear
	default:
		b.State = Marked
	}
	w.ink(i, w.hand.shape(m, b.X, b.Y, w.box, w.pen))
}

// ink draws strokes that belong to a box, or to none (-1). Other boxes that they run into are unclear, if nothing is marked in them.
func (w *writer) ink(own int, strokes []stroke) {
	w.canvas.write(w.pen, strokes, w.r)
	reach := w.box/2 + w.pen.width/2
	for i := range w.truth.Boxes {
		b := &w.truth.Boxes[i]
		if i == own || b.State != Empty {
			continue
		}
		for _, s := range strokes {
			if slices.ContainsFunc(s, func(p point) bool { return math.Abs(p.x-b.X) < reach && math.Abs(p.y-b.Y) < reach }) {
				b.State = Unclear
			}
		}
	}
}

// usual is the mark that this person makes to choose a box.
func (w *writer) usual() Mark {
	if w.truth.Nasty && chance(w.r, 1.0/6) {
		return drawHabit(w.r)
	}
	return w.habit
}

// answer writes one answer.
func (w *writer) answer(g group) {
	q := g.key
	w.truth.Questions = append(w.truth.Questions, q)
	if chance(w.r, blankShare) || chance(w.r, writtenShare) && w.onlyOptOuts(g) {
		w.slip(g, nil)
		return
	}
	chosen := w.choose(g)
	if w.truth.Nasty {
		at := w.r.IntN(1000)
		for _, o := range oddities() {
			if at -= o.of; at < 0 {
				w.question().Oddity = o.name
				o.do(w, g, chosen[0])
				return
			}
		}
	}
	if spare := w.other(g, chosen); spare >= 0 && chance(w.r, correctionShare) {
		w.question().Oddity = "correction"
		w.mark(spare, Fill)
	}
	for _, b := range chosen {
		w.mark(b, w.usual())
	}
	w.meant(chosen...)
	w.slip(g, chosen)
}

// onlyOptOuts reports whether the answer is written, and boxes are there only for who gives none.
func (w *writer) onlyOptOuts(g group) bool {
	return !slices.ContainsFunc(g.boxes, func(i int) bool { return w.page.Boxes[i].Kind != sheet.BoxOptOut })
}

func (w *writer) question() *Question { return &w.truth.Questions[len(w.truth.Questions)-1] }

// meant sets what the answer is.
func (w *writer) meant(boxes ...int) {
	slices.Sort(boxes)
	for _, b := range boxes {
		w.question().Values = append(w.question().Values, w.truth.Boxes[b].Option)
	}
}

// choose picks what is answered: mostly good ratings, as in all surveys of offices.
func (w *writer) choose(g group) []int {
	var plain, special []int
	for _, i := range g.boxes {
		if k := w.page.Boxes[i].Kind; k == sheet.BoxChoice || k == sheet.BoxPick {
			plain = append(plain, i)
		} else {
			special = append(special, i)
		}
	}
	share := optOutShare
	if g.picks {
		share = exclusiveShare
	}
	if len(plain) == 0 || len(special) > 0 && chance(w.r, share) {
		return []int{pick(w.r, special...)}
	}
	if !g.picks {
		return []int{plain[int(float64(len(plain))*math.Pow(w.r.Float64(), 0.6))]}
	}
	w.r.Shuffle(len(plain), func(i, j int) { plain[i], plain[j] = plain[j], plain[i] })
	return plain[:min(len(plain), 1+w.r.IntN(3))]
}

// other is a box of the answer that isn't chosen, or -1.
func (w *writer) other(g group, chosen []int) int {
	var rest []int
	for _, i := range g.boxes {
		if !slices.Contains(chosen, i) {
			rest = append(rest, i)
		}
	}
	if len(rest) == 0 {
		return -1
	}
	return pick(w.r, rest...)
}

// slip rests the pen in a box that isn't meant: a dot of the pen's width.
func (w *writer) slip(g group, chosen []int) {
	if i := w.other(g, chosen); i >= 0 && chance(w.r, slipShare) && w.truth.Boxes[i].State == Empty {
		b := w.page.Boxes[i]
		x, y := b.X+between(w.r, -1.4, 1.4), b.Y+between(w.r, -1.4, 1.4)
		w.ink(i, []stroke{{{x, y, 0.8}, {x + 0.1, y + 0.1, 0.8}}})
	}
}

// double marks two boxes where one is allowed; of picks, an exclusive or an opt-out beside another.
func (w *writer) double(g group, chosen int) {
	second := w.other(g, []int{chosen})
	if g.picks {
		second = -1
		for _, i := range g.boxes {
			if k := w.page.Boxes[i].Kind; k != sheet.BoxPick && i != chosen {
				second = i
			}
		}
	}
	w.mark(chosen, w.usual())
	w.meant(chosen)
	if second < 0 {
		w.question().Oddity = ""
		return
	}
	w.mark(second, w.usual())
	w.question().Flag = true
}

// instead makes a mark that doesn't say which box is meant, or whether.
func (w *writer) instead(g group, chosen int, m Mark) {
	w.mark(chosen, m)
	w.meant(chosen)
	w.question().Flag = true
}

// scribbledOut takes a mark back without filling its box, and marks another.
func (w *writer) scribbledOut(g group, chosen int) {
	if spare := w.other(g, []int{chosen}); spare >= 0 {
		w.mark(spare, Scribble)
	}
	w.mark(chosen, w.usual())
	w.meant(chosen)
}

// note answers, and writes a word or a question mark beside the box: the answer stays as it is.
func (w *writer) note(g group, chosen int) {
	w.mark(chosen, w.usual())
	w.meant(chosen)
	b := w.page.Boxes[chosen]
	x := b.X + pick(w.r, -1.0, 1)*between(w.r, 3.6, 6)
	w.ink(-1, []stroke{w.hand.word(x-1, b.Y+1, between(w.r, 1.5, 3), 1.5)})
}

// texts writes into areas; into a line behind an option only if that one is chosen.
func (w *writer) texts() {
	for _, a := range w.page.Texts {
		t := Text{Area: a}
		share := remarkShare
		if a.Kind == sheet.AreaOther {
			share = 0
			for _, b := range w.truth.Boxes {
				if b.Question == a.Question && b.Option == a.Option && b.State == Marked {
					share = 0.9
				}
			}
		}
		if chance(w.r, share) {
			t.Written = true
			w.ink(-1, w.hand.words(a.X+1, a.Y, a.W-2, a.H))
		}
		w.truth.Texts = append(w.truth.Texts, t)
	}
}

// strayLine is one that a pen left on the page by mistake.
func (w *writer) strayLine() {
	x, y := between(w.r, 30, 170), between(w.r, 60, 250)
	turn, length := between(w.r, 0, 2*math.Pi), between(w.r, 20, 60)
	w.ink(-1, []stroke{w.hand.curve(x, y, x+length*math.Cos(turn), y+length*math.Sin(turn), 0.2)})
}

package sheet

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"ocenaurzedu.eu/pkg/survey"
)

const (
	optOutGap = 3.0 // between a scale and its opt-outs
	headGap   = 0.8 // between a column's head and the first box
	headLines = 4
)

// columns are the boxes of a row: their centres, and what stands above them.
type columns struct {
	xs     []float64
	pitch  float64
	heads  [][]line
	turned []bool // runs upwards
	height float64
	legend []line // scale in words, where the heads are but numbers
}

// start is where the first box's blank strip starts.
func (f *flow) start(c columns) float64 { return c.xs[0] - f.d.box/2 - blank }

// columns spreads boxes over at most width, the last one at the right edge of the text.
func (f *flow) columns(all []choice, width float64) columns {
	extra := 0.0
	for i := 1; i < len(all); i++ {
		if all[i].kind == BoxOptOut && all[i-1].kind != BoxOptOut {
			extra = optOutGap
		}
	}
	c := columns{pitch: min(f.d.widePitch, (width-extra)/float64(len(all)))}
	f.heads(&c, all)
	x := right - c.pitch/2 - c.pitch*float64(len(all)-1) - extra
	for i := range all {
		if i > 0 && all[i].kind == BoxOptOut && all[i-1].kind != BoxOptOut {
			x += extra
		}
		c.xs = append(c.xs, x)
		x += c.pitch
	}
	return c
}

// heads words the columns: across if the words fit, else upwards, else as numbers with a legend. It narrows
// the pitch to what the words need.
func (f *flow) heads(c *columns, all []choice) {
	for _, size := range f.d.heads {
		need := f.d.pitchAcross
		for _, one := range all {
			need = max(need, f.longestWord(run{StyleHead, one.label, size})+1.6)
		}
		if need > c.pitch {
			continue
		}
		if heads, ok := f.wrapHeads(all, size, need-1.4, headLines); ok {
			c.pitch = need
			c.put(heads, make([]bool, len(heads)))
			return
		}
	}
	c.pitch = min(c.pitch, f.d.pitchAcross+1)
	if heads, ok := f.wrapHeads(all, f.d.smallHead, f.d.turnedLength, f.d.turnedLines); ok {
		turned := make([]bool, len(heads))
		for i, one := range all {
			_, err := strconv.Atoi(one.label)
			turned[i] = err != nil
		}
		c.put(heads, turned)
		return
	}
	f.legend(c, all)
}

// put sets the heads and how high they are.
func (c *columns) put(heads [][]line, turned []bool) {
	c.heads, c.turned, c.height = heads, turned, 0
	for i, h := range heads {
		if turned[i] {
			c.height = max(c.height, widest(h))
		} else {
			c.height = max(c.height, heightOf(h))
		}
	}
}

func (f *flow) wrapHeads(all []choice, size, width float64, most int) ([][]line, bool) {
	heads := make([][]line, len(all))
	for i, one := range all {
		if !f.fits(width, most, run{StyleHead, one.label, size}) {
			return nil, false
		}
		heads[i] = f.wrap(width, run{StyleHead, one.label, size})
		if one.digit != "" && one.digit != one.label {
			heads[i] = append(heads[i], f.wrap(math.MaxFloat64, run{style: StyleDigit, text: one.digit})...)
		}
	}
	return heads, true
}

// legend numbers the columns and says above them what the numbers mean.
func (f *flow) legend(c *columns, all []choice) {
	var runs []run
	heads, turned := make([][]line, len(all)), make([]bool, len(all))
	for i, one := range all {
		number := strconv.Itoa(i + 1)
		if one.digit != "" {
			number = one.digit
		}
		if one.kind == BoxOptOut {
			head, room := run{StyleHead, one.label, f.d.smallHead}, c.pitch-1.4
			if turned[i] = f.longestWord(head) > room; turned[i] {
				room = f.d.turnedLength
			}
			heads[i] = f.wrap(room, head)
		} else {
			heads[i] = f.wrap(c.pitch, run{style: StyleDigit, text: number})
			runs = append(runs, run{style: StyleDigit, text: number}, run{style: StyleText, text: "– " + one.label})
		}
	}
	c.put(heads, turned)
	c.legend = f.legendLines(runs)
}

// legendLines set what the numbers mean one after another, or in large print each on lines of its own.
func (f *flow) legendLines(runs []run) []line {
	if !f.d.stacked {
		return f.wrap(right-left, runs...)
	}
	var lines []line
	for i := 0; i < len(runs); i += 2 {
		lines = append(lines, f.wrap(right-left, runs[i:i+2]...)...)
	}
	return lines
}

// drawHeads puts the heads above their columns, standing on y + height.
func (f *flow) drawHeads(c columns, y float64) {
	for i, head := range c.heads {
		at := y + c.height - heightOf(head)
		if c.turned[i] {
			f.turnedHead(c.xs[i], y+c.height, head)
			continue
		}
		for _, l := range head {
			f.lines(c.xs[i]-l.width/2, at, []line{l})
			at += l.height
		}
	}
}

// turnedHead puts lines that run upwards from y, side by side about x.
func (f *flow) turnedHead(x, y float64, lines []line) {
	x -= heightOf(lines) / 2
	for _, l := range lines {
		for _, s := range l.spans {
			f.write(x+baseline(l, s.run), y-s.x, s.run)
			w := &f.page().Words[len(f.page().Words)-1]
			w.Turn = true
		}
		x += l.height
	}
}

// strip lays one row of boxes across the page under the heads of a scale, and below it where to go on.
func (f *flow) strip(q *survey.Question, label string) block {
	all := f.choicesOf(q)
	c := f.columns(all, right-left)
	b := block{chunks: []chunk{f.labelChunk(q, label)}}
	b.chunks = append(b.chunks, f.legendChunk(c)...)
	shift := left + c.pitch/2 - c.xs[0] // a single row starts where other boxes do
	for i := range c.xs {
		c.xs[i] += shift
	}
	b.chunks = append(b.chunks, chunk{height: c.height + headGap + f.d.pitchDown, draw: func(y float64) {
		f.drawHeads(c, y)
		for i, one := range all {
			f.box(Box{Question: q.Key, Option: one.value, Kind: one.kind, X: c.xs[i], Y: y + c.height + headGap + f.d.pitchDown/2})
		}
	}})
	if lines := f.wrap(right-left, run{style: StyleHint, text: leads(all, f.words)}); len(lines) > 0 {
		b.chunks[len(b.chunks)-1].keep = true
		b.chunks = append(b.chunks, chunk{height: heightOf(lines), draw: func(y float64) { f.lines(left, y, lines) }})
	}
	return b
}

// leads says where to go on from choices whose labels do not stand beside their boxes: "»4« lub »5« – proszę …".
func leads(all []choice, w words) string {
	var parts, labels []string
	for i, one := range all {
		if one.after == "" {
			continue
		}
		labels = append(labels, w.quoted(one.label))
		if !slices.ContainsFunc(all[i+1:], func(next choice) bool { return next.after == one.after }) {
			parts = append(parts, listed(labels, w.or)+" "+one.after+".")
			labels = nil
		}
	}
	return strings.Join(parts, " ")
}

func (f *flow) legendChunk(c columns) []chunk {
	if len(c.legend) == 0 {
		return nil
	}
	return []chunk{{height: heightOf(c.legend) + labelGap, keep: true, draw: func(y float64) { f.lines(left, y, c.legend) }}}
}

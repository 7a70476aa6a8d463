package omr

import "ocenaurzedu.eu/pkg/sheet"

// Limits on what was measured. They are absolute, never relative to the row, which would read an empty row as marked.
const (
	emptyCover   = 0.012
	emptyStroke  = 0.25
	markCover    = 0.035
	markStroke   = 0.50
	brokenCover  = 0.024 // of what black and white left of a stroke
	tracesCover  = 0.015 // and of one that crosses the box
	tracesStroke = 0.75
	blotCover    = 0.09 // a small cross, or a blot
	blotStroke   = 0.40
	filledCover  = 0.60
	fullCover    = 0.85 // no cross covers that much,
	solidCover   = 0.92 // and no paper shows through
	unclearCover = 0.55
	unclearCells = 0.55
	openCross    = 3     // sectors: fewer are free of what may be filled
	besideShare  = 0.030 // of a strip: someone wrote there
	circleShare  = 0.06  // of a strip: enough to speak against a mark elsewhere
	hatchCover   = 0.48
	spreadCover  = 0.72 // of faint ink all over, with little that is strong: a pale fill, a smear
	hatchSolid   = 0.12 // of what is covered
	overCover    = 0.15 // less is not drawn over,
	overMuch     = 0.42 // and a pen of usual width does not cover that much by a cross
	overFull     = 0.70
	overGaps     = 6     // pieces of free paper: a cross leaves four, one drawn in one go or with a ragged pen five
	overCrossed  = 1.95  // strokes met on the way across: a cross is met 1.6 times
	speckCover   = 0.030 // in one box, while another is surely marked: dirt
	speckStroke  = 0.30
)

// judge says what stands in a box.
func judge(in ink) BoxState {
	switch {
	case in.faint < emptyCover && in.faints < emptyStroke:
		return Empty
	case in.Coverage >= filledCover && in.open == 0 || in.Coverage >= solidCover:
		return Filled
	case (in.Coverage > unclearCover || in.Cells > unclearCells) && in.open < openCross || in.Coverage > fullCover || in.line || in.over || in.hatched || in.strays || in.faint > spreadCover && in.Coverage < hatchCover:
		return Doubtful
	case in.Coverage >= markCover && in.Stroke >= markStroke || in.Coverage >= blotCover && in.Stroke >= blotStroke:
		return Marked
	case in.bilevel && (in.Coverage >= brokenCover && in.Stroke >= markStroke || in.Coverage >= tracesCover && in.Stroke >= tracesStroke):
		return Marked
	}
	return Doubtful
}

// group names a question as it is answered: one row of a matrix and one aspect.
type group struct{ question, row, area, aspect string }

// Decide says what was answered, question by question in the order of the boxes, and sets each box's Flagged. It uses
// nothing but the boxes' places, states and measures, so that a decision can be made again of what was kept.
func Decide(boxes []Box, bilevel bool) []Question {
	index := map[group]int{}
	var members [][]int
	for i, b := range boxes {
		g := group{b.Question, b.Row, b.Area, b.Aspect}
		k, ok := index[g]
		if !ok {
			k = len(members)
			index[g], members = k, append(members, nil)
		}
		members[k] = append(members[k], i)
	}
	questions := make([]Question, len(members))
	for k, of := range members {
		b := boxes[of[0]]
		q := Question{Question: b.Question, Row: b.Row, Area: b.Area, Aspect: b.Aspect, Values: []string{}}
		q.decide(boxes, of, bilevel)
		for _, i := range of {
			boxes[i].Flagged = q.Flagged || boxes[i].State == Doubtful
		}
		questions[k] = q
	}
	return questions
}

// tally is a question's boxes by state.
type tally struct {
	marked, filled, doubtful, beside []int
	several                          bool // more than one may be marked
	spare                            bool // there is nothing but opt-outs: of a question that is written
}

func count(boxes []Box, of []int) tally {
	t := tally{spare: true}
	for _, i := range of {
		b := &boxes[i]
		t.spare = t.spare && b.Kind == sheet.BoxOptOut
		if b.Kind == sheet.BoxPick || b.Kind == sheet.BoxExclusive {
			t.several = true
		}
		switch b.State {
		case Marked:
			t.marked = append(t.marked, i)
		case Filled:
			t.filled = append(t.filled, i)
		case Doubtful:
			t.doubtful = append(t.doubtful, i)
		}
		if b.State == Empty && b.Measures.Beside >= besideShare {
			t.beside = append(t.beside, i)
		}
	}
	return t
}

func (q *Question) decide(boxes []Box, of []int, bilevel bool) {
	t := count(boxes, of)
	flag := func(why Reason, proposed []int) {
		q.Flagged, q.Reason = true, why
		q.take(boxes, proposed)
	}
	doubt := t.seriousDoubt(boxes)
	switch {
	case len(t.marked) == 0 && len(doubt) > 0:
		flag(DoubtfulMark, doubt)
	case len(t.marked) == 0 && len(t.filled) > 0:
		flag(OnlyFilled, t.filled)
	case len(t.marked) == 0 && len(t.beside) > 0:
		flag(InkBeside, nil)
	case len(t.marked) == 0 && bilevel && !t.spare:
		flag(BlankBilevel, nil)
	case len(t.marked) == 0:
	case len(t.marked) > 1 && !t.several:
		flag(SeveralMarks, t.marked)
	case len(doubt) > 0:
		flag(DoubtfulMark, t.marked)
	case len(t.marked) > 1 && goesAlone(boxes, t.marked):
		flag(ExclusivePicked, t.marked)
	case circled(boxes, t.beside):
		flag(InkBeside, t.marked)
	default:
		q.take(boxes, t.marked)
	}
}

// seriousDoubt leaves out specks where another box is marked for certain.
func (t tally) seriousDoubt(boxes []Box) []int {
	var left []int
	for _, i := range t.doubtful {
		m := boxes[i].Measures
		if len(t.marked) == 0 || t.several || m.Coverage >= speckCover || m.Stroke >= speckStroke || m.Cells > 0 {
			left = append(left, i)
		}
	}
	return left
}

func (q *Question) take(boxes []Box, of []int) {
	for _, i := range of {
		q.Values = append(q.Values, boxes[i].Option)
	}
}

// goesAlone reports that one of several marks excludes the others.
func goesAlone(boxes []Box, marked []int) bool {
	for _, i := range marked {
		if k := boxes[i].Kind; k == sheet.BoxExclusive || k == sheet.BoxOptOut {
			return true
		}
	}
	return false
}

// circled reports that beside an empty box there is so much ink that it may be meant.
func circled(boxes []Box, beside []int) bool {
	for _, i := range beside {
		if boxes[i].Measures.Beside >= circleShare {
			return true
		}
	}
	return false
}

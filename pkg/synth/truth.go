package synth

import "ocenaurzedu.eu/pkg/sheet"

// State is what stands in a box, as whoever wrote it knows.
type State string

// States of a box.
const (
	Empty   State = "empty"
	Marked  State = "marked"
	Filled  State = "filled"
	Unclear State = "unclear" // by looking at this box alone, nobody can tell: no reading of it is right or wrong
)

// Box is a box of the page with what was written there.
type Box struct {
	sheet.Box
	State State
	Mark  Mark // "" for none
}

// Question is one answer: a question, or a row of one, with one aspect of it.
type Question struct {
	Question, Row, Area, Aspect string
	Values                      []string // the options that were meant, in the order of the Layout; none for a blank
	Flag                        bool     // the sheet doesn't tell what was meant: only a flag is right
	Oddity                      string   // what is unusual about it; "" for a cross or a blank
}

// Text is an area and whether something was written there.
type Text struct {
	sheet.Area
	Written bool
}

// Truth is what a person wrote on a page and meant by it.
type Truth struct {
	Code      sheet.Code
	Nasty     bool
	Pen       string
	Boxes     []Box // as in the Layout
	Questions []Question
	Texts     []Text
}

// group is the boxes of one answer, by their place in the page's list.
type group struct {
	key   Question
	boxes []int
	picks bool // several may be marked
}

// groups joins a page's boxes to answers, in the order of the Layout.
func groups(boxes []sheet.Box) []group {
	type key struct{ question, row, area, aspect string }
	at := map[key]int{}
	var all []group
	for i, b := range boxes {
		k := key{b.Question, b.Row, b.Area, b.Aspect}
		n, known := at[k]
		if !known {
			n = len(all)
			at[k] = n
			all = append(all, group{key: Question{Question: b.Question, Row: b.Row, Area: b.Area, Aspect: b.Aspect}})
		}
		all[n].boxes = append(all[n].boxes, i)
		all[n].picks = all[n].picks || b.Kind == sheet.BoxPick || b.Kind == sheet.BoxExclusive
	}
	return all
}

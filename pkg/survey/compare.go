package survey

import "slices"

// Pair is one field of a sheet that two people keyed.
type Pair struct {
	Slot     Slot // the first of the field
	From, To int  // its slots: From up to To, without it
	Differ   bool
}

// Pairs compares what two people keyed of one sheet, field by field: a question, a row of a matrix, all options of a
// multi question together. Fields that both left blank are left out, as nothing was keyed there, and so are texts, which
// are not keyed twice. Whether a blank field is hidden by a rule follows from other fields, so that it is no difference.
func (v *Version) Pairs(first, second []int16) []Pair {
	var pairs []Pair
	slots := v.Layout.Slots
	for from := 0; from < len(slots); {
		to := from + 1
		for to < len(slots) && slots[to].Field() == slots[from].Field() {
			to++
		}
		a, b := first[from:to], second[from:to]
		text := v.Questionnaire.Question(slots[from].Question).Kind == KindText
		if !text && (slices.ContainsFunc(a, keyed) || slices.ContainsFunc(b, keyed)) {
			differ := !slices.EqualFunc(a, b, func(x, y int16) bool { return x == y || !keyed(x) && !keyed(y) })
			pairs = append(pairs, Pair{slots[from], from, to, differ})
		}
		from = to
	}
	return pairs
}

func keyed(code int16) bool { return code != CodeBlank && code != CodeHidden }

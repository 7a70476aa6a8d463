package report

import (
	"slices"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// Side is the items of a table question that one table and one legend can show: rated for the same thing on the same
// scale.
type Side struct {
	Title      string // "" where the question has one side
	Importance bool   // what is rated is how important something is
	Areas      bool   // its items are areas, not rows
	Items      []stats.Item
}

// Sides splits a table question: what is rated first, then its importance, where that is asked.
func Sides(q *stats.Question) []Side {
	var sides []Side
	for _, importance := range []bool{false, true} {
		for _, it := range q.Items {
			if (it.Aspect == survey.AspectImportance) != importance {
				continue
			}
			i := slices.IndexFunc(sides, func(s Side) bool { return s.Importance == importance && sameScale(s.Items[0], it) })
			if i < 0 {
				i = len(sides)
				sides = append(sides, Side{Importance: importance, Areas: importance && it.Row == ""})
			}
			sides[i].Items = append(sides[i].Items, it)
		}
	}
	if len(sides) < 2 {
		return sides
	}
	for i := range sides {
		sides[i].Title = sides[i].name(q)
	}
	return sides
}

func (s Side) name(q *stats.Question) string {
	switch {
	case s.Areas:
		return "Ważność obszarów"
	case s.Importance:
		return "Ważność"
	case q.Kind == survey.KindPaired:
		return "Zadowolenie"
	}
	return "Oceny"
}

// first is the head of a side's first column.
func (s Side) first() string {
	if s.Areas {
		return "Obszar"
	}
	return "Stwierdzenie"
}

// sameScale reports whether two items have the same choices, as far as both tell any.
func sameScale(a, b stats.Item) bool {
	if len(a.Values) == 0 || len(b.Values) == 0 {
		return true
	}
	return slices.EqualFunc(a.Values, b.Values, func(a, b stats.Value) bool {
		return a.Value == b.Value && (a.Score == nil) == (b.Score == nil) && (a.Score == nil || *a.Score == *b.Score)
	})
}

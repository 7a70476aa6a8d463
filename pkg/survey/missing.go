package survey

import (
	"slices"
	"strings"
)

// Gap is a wording that is there in Polish and not in another language. Section and Question say where; both empty:
// the questionnaire as a whole.
type Gap struct {
	Section  string
	Question string
	Property string // as of a Difference
	Item     string
	Part     string
	PL       string // the wording that waits for its translation
}

// Missing lists the wordings that a language lacks, in the order of the page. Residents see them in Polish.
func (q *Questionnaire) Missing(lang string) []Gap {
	if lang == Polish {
		return nil
	}
	all := q.facts().gaps(Gap{}, lang)
	for i := range q.Sections {
		s := &q.Sections[i]
		all = append(all, s.facts().gaps(Gap{Section: s.Key}, lang)...)
		for j := range s.Questions {
			all = append(all, s.Questions[j].facts().gaps(Gap{Section: s.Key, Question: s.Questions[j].Key}, lang)...)
		}
	}
	return all
}

// gaps lists the Polish wordings of a thing that have none in the language.
func (f facts) gaps(at Gap, lang string) []Gap {
	var all []Gap
	for _, each := range f {
		if each.lang != Polish {
			continue
		}
		translated := slices.ContainsFunc(f, func(other fact) bool {
			return other.lang == lang && strings.TrimSpace(other.value) != "" &&
				other.property == each.property && other.item == each.item && other.part == each.part
		})
		if !translated {
			gap := at
			gap.Property, gap.Item, gap.Part, gap.PL = each.property, each.item, each.part, each.value
			all = append(all, gap)
		}
	}
	return all
}

package stats

import "ocenaurzedu.eu/pkg/survey"

// Keying is how often two people who keyed the same sheets did not key the same. Shares are of the fields that either of
// them filled in: blank on blank would make the share small on sheets with few answers. Intervals take fields as
// independent; where one sheet is hard to read they are somewhat too narrow.
type Keying struct {
	Sheets    int
	All       Share
	Questions []KeyedQuestion // of the version, without texts and without those that nobody filled in
}

// KeyedQuestion is the share of one question, over all its rows.
type KeyedQuestion struct {
	Question string
	Share    Share
}

// KeyedTwice holds one sheet's codes as two people keyed them.
type KeyedTwice struct{ First, Second []int16 }

// CompareKeying compares sheets of one version.
func CompareKeying(version *survey.Version, sheets []KeyedTwice) Keying {
	n, differ := map[string]int{}, map[string]int{}
	allN, allDiffer := 0, 0
	for _, sheet := range sheets {
		for _, pair := range version.Pairs(sheet.First, sheet.Second) {
			n[pair.Slot.Question]++
			allN++
			if pair.Differ {
				differ[pair.Slot.Question]++
				allDiffer++
			}
		}
	}
	k := Keying{Sheets: len(sheets), All: ShareOf(allDiffer, allN)}
	for _, q := range version.Questionnaire.Questions() {
		if n[q.Key] > 0 {
			k.Questions = append(k.Questions, KeyedQuestion{q.Key, ShareOf(differ[q.Key], n[q.Key])})
		}
	}
	return k
}

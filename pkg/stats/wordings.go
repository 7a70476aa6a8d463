package stats

import (
	"cmp"
	"slices"
	"strings"

	"ocenaurzedu.eu/pkg/survey"
)

// Wording is remarks that say the same in the same words, told once.
type Wording struct {
	Text    string         // in the spelling that most of them have
	Times   int            // how many there are
	Channel survey.Channel // of all of them; "" where they differ, or where that of any may not be told
	Month   survey.Day     // likewise
}

// Wordings are the group's remarks, each wording once: the most frequent first, then in the order of Remarks. Capitals, blanks and
// the stop at the end make no other wording; anything else may change the sense.
func (g RemarkGroup) Wordings() []Wording {
	at, spelt := map[string]int{}, []map[string]int{}
	var list []Wording
	for _, r := range g.Remarks {
		key := wordingKey(r.Text)
		i, known := at[key]
		if !known {
			i = len(list)
			at[key] = i
			list, spelt = append(list, Wording{Text: r.Text, Channel: r.Channel, Month: r.Month}), append(spelt, map[string]int{})
		}
		w := &list[i]
		w.Times++
		spelt[i][r.Text]++
		if n := spelt[i][w.Text]; spelt[i][r.Text] > n {
			w.Text = r.Text
		}
		if w.Channel != r.Channel {
			w.Channel = ""
		}
		if w.Month != r.Month {
			w.Month = survey.Day{}
		}
	}
	slices.SortStableFunc(list, func(a, b Wording) int { return cmp.Compare(b.Times, a.Times) })
	return list
}

func wordingKey(text string) string {
	key := strings.ToLower(strings.Join(strings.Fields(text), " "))
	if stripped := strings.TrimRight(key, ".! "); stripped != "" {
		return stripped
	}
	return key
}

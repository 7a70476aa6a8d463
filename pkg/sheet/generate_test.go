package sheet

import (
	"fmt"

	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

// labels are wordings from one short word to several lines, with words that no column holds.
func labels(most int) *rapid.Generator[survey.Text] {
	word := rapid.SampledFrom([]string{"i", "w", "urząd", "obsługa", "zdecydowanie", "Konstantynopolitańczykowianeczka", "–", "żółć", "2026", "e-Doręczenia", "ok."})
	return rapid.Custom(func(t *rapid.T) survey.Text {
		words := rapid.SliceOfN(word, 0, most-1).Draw(t, "words")
		text := "Treść"
		for _, w := range words {
			text += " " + w
		}
		return survey.PL(text)
	})
}

func optOuts() *rapid.Generator[[]survey.OptOut] {
	return rapid.SampledFrom([][]survey.OptOut{nil, {survey.NotApplicable}, {survey.NoOpinion}, {survey.NoOpinion, survey.NotApplicable}})
}

func scales(lengths ...int) *rapid.Generator[*survey.Scale] {
	return rapid.Custom(func(t *rapid.T) *survey.Scale {
		s := &survey.Scale{Digits: rapid.Bool().Draw(t, "digits"), BestFirst: rapid.Bool().Draw(t, "best first")}
		n, most := rapid.SampledFrom(lengths).Draw(t, "points"), rapid.SampledFrom([]int{1, 3, 25}).Draw(t, "most words")
		for range n {
			s.Points = append(s.Points, survey.Point{Label: labels(most).Draw(t, "point")})
		}
		return s
	})
}

func questions(i int) *rapid.Generator[survey.Question] {
	kinds := []survey.Kind{
		survey.KindSingle, survey.KindMulti, survey.KindScale, survey.KindMatrix, survey.KindPaired, survey.KindYesNo, survey.KindEmoji,
		survey.KindNPS, survey.KindNumber, survey.KindText, survey.KindInfo,
	}
	return rapid.Custom(func(t *rapid.T) survey.Question {
		q := survey.Question{Key: fmt.Sprintf("q%d", i), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Label: labels(20).Draw(t, "label"), OptOuts: optOuts().Draw(t, "opt-outs")}
		if rapid.Bool().Draw(t, "has help") {
			q.Help = labels(30).Draw(t, "help")
		}
		switch q.Kind {
		case survey.KindSingle, survey.KindMulti:
			drawOptions(t, &q)
		case survey.KindScale:
			q.Scale = scales(2, 4, 5, 7, 11).Draw(t, "scale")
		case survey.KindEmoji:
			q.Scale = scales(3, 5).Draw(t, "scale")
		case survey.KindMatrix, survey.KindPaired:
			q.Scale = scales(2, 4, 5, 7, 11).Draw(t, "scale")
			drawRows(t, &q)
		case survey.KindYesNo:
			q.Partly = rapid.Bool().Draw(t, "partly")
		case survey.KindNumber:
			q.Max, q.Unit = 100, labels(12).Draw(t, "unit")
		case survey.KindText:
			q.Short, q.Limit, q.OptOuts = rapid.Bool().Draw(t, "short"), rapid.IntRange(0, 4000).Draw(t, "limit"), nil
		case survey.KindInfo:
			q.OptOuts = nil
		}
		return q
	})
}

func drawOptions(t *rapid.T, q *survey.Question) {
	most := rapid.SampledFrom([]int{1, 4, 20}).Draw(t, "most words")
	for i := range rapid.IntRange(1, survey.MaxOptions).Draw(t, "options") {
		o := survey.Option{Key: fmt.Sprintf("o%d", i), Label: labels(most).Draw(t, "option"), Text: rapid.IntRange(0, 5).Draw(t, "writes") == 0}
		if rapid.IntRange(0, 5).Draw(t, "has help") == 0 {
			o.Help = labels(10).Draw(t, "help")
		}
		q.Options = append(q.Options, o)
	}
	if q.Kind == survey.KindMulti {
		q.Max = rapid.IntRange(0, len(q.Options)).Draw(t, "max")
	}
}

func drawRows(t *rapid.T, q *survey.Question) {
	for i := range rapid.IntRange(0, 4).Draw(t, "areas") {
		q.Areas = append(q.Areas, survey.Area{Key: fmt.Sprintf("a%d", i), Label: labels(15).Draw(t, "area")})
	}
	for i := range rapid.IntRange(1, survey.MaxRows).Draw(t, "rows") {
		r := survey.Row{Key: fmt.Sprintf("r%d", i), Label: labels(25).Draw(t, "row")}
		if n := rapid.IntRange(0, len(q.Areas)).Draw(t, "row's area"); n > 0 {
			r.Area = q.Areas[n-1].Key
		}
		q.Rows = append(q.Rows, r)
	}
}

// questionnaires are valid ones of up to six questions in up to two sections.
func questionnaires() *rapid.Generator[*survey.Questionnaire] {
	return rapid.Custom(func(t *rapid.T) *survey.Questionnaire {
		q := &survey.Questionnaire{Key: "any", Title: labels(25).Draw(t, "title")}
		if rapid.Bool().Draw(t, "has intro") {
			q.Intro = labels(60).Draw(t, "intro")
		}
		var all []survey.Question
		for i := range rapid.IntRange(1, 6).Draw(t, "questions") {
			all = append(all, questions(i).Draw(t, "question"))
		}
		all = append(all, survey.Question{Key: "remarks", Kind: survey.KindText, Label: survey.PL("Uwagi")}) // something to answer
		cut := rapid.IntRange(0, len(all)-1).Draw(t, "second section from")
		for i, part := range [][]survey.Question{all[:cut], all[cut:]} {
			if len(part) == 0 {
				continue
			}
			q.Sections = append(q.Sections, survey.Section{Key: fmt.Sprintf("s%d", i), Title: labels(12).Draw(t, "section"), Questions: part})
		}
		return q
	})
}

package sheet

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

// labels are wordings from one short word to several lines, with words that no column holds.
func labels(most int) *rapid.Generator[survey.Text] {
	foreign := rapid.SampledFrom([]string{"a", "office", "misunderstanding", "і", "обслуговування", "щонайбільше", "з", "–", "Є", "об’єднання"})
	word := rapid.SampledFrom([]string{"i", "w", "urząd", "obsługa", "zdecydowanie", "Konstantynopolitańczykowianeczka", "–", "żółć", "2026", "e-Doręczenia", "ok."})
	return rapid.Custom(func(t *rapid.T) survey.Text {
		words := rapid.SliceOfN(word, 0, most-1).Draw(t, "words")
		text := "Treść"
		for _, w := range words {
			text += " " + w
		}
		other := rapid.Custom(func(t *rapid.T) string {
			if rapid.Bool().Draw(t, "lacks") {
				return ""
			}
			return "Text " + strings.Join(rapid.SliceOfN(foreign, 0, most-1).Draw(t, "words"), " ")
		})
		return survey.Text{PL: text, EN: other.Draw(t, "English"), UK: other.Draw(t, "Ukrainian")}
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
			if rapid.Bool().Draw(t, "importance") && (q.Kind == survey.KindPaired || len(q.Areas) > 0) {
				q.Importance = scales(3, 5, 11).Draw(t, "scale of importance")
			}
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

// drawRules gives some sections and questions a rule that looks back and leaves a way to each question.
func drawRules(t *rapid.T, q *survey.Questionnaire) {
	var before []*survey.Question
	give := func(rule **survey.Rule, of int) {
		if len(before) == 0 || rapid.IntRange(1, of).Draw(t, "without rule") > 1 {
			return
		}
		*rule = drawRule(t, before)
		if q.Check() != nil {
			*rule = nil
		}
	}
	for i := range q.Sections {
		give(&q.Sections[i].ShowIf, 3)
		for j := range q.Sections[i].Questions {
			question := &q.Sections[i].Questions[j]
			give(&question.ShowIf, 2)
			if question.Kind != survey.KindInfo && question.Kind != survey.KindText && question.Kind != survey.KindPaired {
				before = append(before, question)
			}
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "skips") {
		if len(before) == 0 {
			return
		}
		source := rapid.SampledFrom(before).Draw(t, "skip from")
		to := rapid.SampledFrom(q.Questions()).Draw(t, "skip to").Key
		skipping := rules(q)
		if values := answers(source); source.Kind == survey.KindMatrix || len(values) == 0 || q.SkipTo(source.Key, values[:1], to) != nil || q.Check() != nil {
			skipping.restore(q)
		}
	}
}

// saved are the rules of a questionnaire, by section and question.
type saved [][]*survey.Rule

func rules(q *survey.Questionnaire) saved {
	var all saved
	for _, s := range q.Sections {
		of := []*survey.Rule{s.ShowIf}
		for _, question := range s.Questions {
			of = append(of, question.ShowIf)
		}
		all = append(all, of)
	}
	return all
}

func (all saved) restore(q *survey.Questionnaire) {
	for i := range q.Sections {
		q.Sections[i].ShowIf = all[i][0]
		for j := range q.Sections[i].Questions {
			q.Sections[i].Questions[j].ShowIf = all[i][j+1]
		}
	}
}

func drawRule(t *rapid.T, sources []*survey.Question) *survey.Rule {
	condition := rapid.Custom(func(t *rapid.T) survey.Condition {
		source := sources[len(sources)-1] // mostly the one just above
		if rapid.IntRange(0, 2).Draw(t, "farther back") == 0 {
			source = rapid.SampledFrom(sources).Draw(t, "source")
		}
		return drawCondition(t, source)
	})
	switch rapid.IntRange(0, 5).Draw(t, "shape") {
	case 0:
		return &survey.Rule{All: rapid.SliceOfN(condition, 1, 2).Draw(t, "all"), Any: rapid.SliceOfN(condition, 1, 2).Draw(t, "any")}
	case 1:
		return &survey.Rule{Any: rapid.SliceOfN(condition, 1, 3).Draw(t, "any")}
	default:
		return &survey.Rule{All: rapid.SliceOfN(condition, 1, 2).Draw(t, "all")}
	}
}

func drawCondition(t *rapid.T, source *survey.Question) survey.Condition {
	c := survey.Condition{Question: source.Key, Not: rapid.Bool().Draw(t, "not")}
	if source.Kind == survey.KindMatrix {
		c.Row = rapid.SampledFrom(source.Rows).Draw(t, "row").Key
	}
	if source.Kind == survey.KindNumber || source.Kind == survey.KindNPS && rapid.Bool().Draw(t, "bounds") {
		low := rapid.IntRange(0, 10).Draw(t, "bound")
		high := low + rapid.IntRange(0, 5).Draw(t, "span")
		if rapid.Bool().Draw(t, "at least") {
			c.AtLeast = &low
		}
		if c.AtLeast == nil || rapid.Bool().Draw(t, "at most") {
			c.AtMost = &high
		}
		return c
	}
	values := answers(source)
	c.Is = rapid.SliceOfNDistinct(rapid.SampledFrom(values), 1, min(3, len(values)), rapid.ID[string]).Draw(t, "is")
	return c
}

// questionnaires are valid ones of up to six questions in up to two sections.
func questionnaires() *rapid.Generator[*survey.Questionnaire] {
	return rapid.Custom(func(t *rapid.T) *survey.Questionnaire {
		q := &survey.Questionnaire{Key: "any", Title: labels(25).Draw(t, "title")}
		q.Languages = []string{survey.English, survey.Ukrainian}
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
		drawRules(t, q)
		return q
	})
}

// ruled are questionnaires of short questions, most of them with a rule.
func ruled() *rapid.Generator[*survey.Questionnaire] {
	small := rapid.Custom(func(t *rapid.T) survey.Question {
		q := survey.Question{Label: survey.PL("Pytanie"), OptOuts: optOuts().Draw(t, "opt-outs")}
		q.Kind = rapid.SampledFrom([]survey.Kind{survey.KindYesNo, survey.KindYesNo, survey.KindYesNo, survey.KindSingle, survey.KindMulti, survey.KindNPS, survey.KindNumber, survey.KindMatrix, survey.KindInfo}).Draw(t, "kind")
		switch q.Kind {
		case survey.KindYesNo:
			q.Partly = rapid.Bool().Draw(t, "partly")
		case survey.KindSingle, survey.KindMulti:
			q.Options = options("Pierwsza", "Druga", "Trzecia", "Czwarta")
			q.Options[3].Exclusive = q.Kind == survey.KindMulti
		case survey.KindNumber:
			q.Max = 20
		case survey.KindMatrix:
			q.Scale, q.Rows = points(false, "źle", "dobrze"), rows("", "Czas", "Uprzejmość")
		case survey.KindInfo:
			q.OptOuts = nil
		}
		return q
	})
	return rapid.Custom(func(t *rapid.T) *survey.Questionnaire {
		q := &survey.Questionnaire{Key: "any", Title: survey.PL("Reguły")}
		for i := range rapid.IntRange(1, 3).Draw(t, "sections") {
			s := survey.Section{Key: fmt.Sprintf("s%d", i), Title: survey.PL("Część"), Questions: rapid.SliceOfN(small, 1, 4).Draw(t, "questions")}
			for j := range s.Questions {
				s.Questions[j].Key = fmt.Sprintf("q%d_%d", i, j)
			}
			q.Sections = append(q.Sections, s)
		}
		last := &q.Sections[len(q.Sections)-1]
		last.Questions = append(last.Questions, survey.Question{Key: "remarks", Kind: survey.KindText, Label: survey.PL("Uwagi")})
		drawRules(t, q)
		return q
	})
}

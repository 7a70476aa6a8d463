package survey

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// awkward wordings are those that YAML, JSON and forms tend to read as something else.
var awkward = []string{
	"tak", "yes", "no", "null", "~", "true", "5", "010", "1.50", "1_000", "0x1F", ".nan", "-", "- a", "a: b", "a:", "#", "a #b", "'", "\"", "„w”", "{a: b}", "[a]",
	"&a", "*a", "!a", "|", ">", "%", "@", "`", "?", "? a", "a,b", "---", "...", "<<", "=", "\\", "\\n", "a\nb", "a\n\nb", "a\tb", "2024-01-01", "12:30", "1e3",
	"zażółć gęślą jaźń", "Чи все гаразд?", "w\u00a0urzędzie", "ocena – 5\u00a0%", "😀", "a\n  b", "a\n b\nc", "a\n", "\na", " a ", "a\n- b", "a \nb", "\u2028a",
}

// genWording draws a wording that is not blank.
func genWording() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom(awkward),
		rapid.StringMatching(`[A-Za-zżółćąęśń„”:#'"{}\[\],&*!|>%@?\\ -]{0,30}[a-zż]`),
	)
}

func genText() *rapid.Generator[Text] {
	return rapid.Custom(func(t *rapid.T) Text {
		text := PL(genWording().Draw(t, "pl"))
		if rapid.Bool().Draw(t, "translated") {
			text.EN = rapid.OneOf(rapid.Just(""), genWording()).Draw(t, "en")
			text.UK = rapid.OneOf(rapid.Just(""), genWording()).Draw(t, "uk")
		}
		return text
	})
}

func genOptionalText() *rapid.Generator[Text] {
	return rapid.OneOf(rapid.Just(Text{}), genText())
}

// genScore draws a score or none.
func genScore() *rapid.Generator[*float64] {
	return rapid.OneOf(rapid.Just[*float64](nil), rapid.Map(rapid.IntRange(-20, 20), func(i int) *float64 { return score(float64(i) / 4) }))
}

// genKey draws the key of the i-th of several things; they are distinct.
func genKey(t *rapid.T, i int) string {
	return rapid.StringMatching(`[a-z][a-z_]{0,6}`).Draw(t, "key") + fmt.Sprint(i)
}

// genQuestionnaire draws a questionnaire in which Check finds nothing wrong.
func genQuestionnaire() *rapid.Generator[*Questionnaire] {
	return rapid.Custom(func(t *rapid.T) *Questionnaire {
		q := &Questionnaire{Key: genKey(t, 0), Title: genText().Draw(t, "title"), Intro: genOptionalText().Draw(t, "intro"), Thanks: genOptionalText().Draw(t, "thanks")}
		n := 0
		for i := range rapid.IntRange(1, 3).Draw(t, "sections") {
			s := Section{Key: genKey(t, i), Title: genText().Draw(t, "title"), Help: genOptionalText().Draw(t, "help")}
			for range rapid.IntRange(1, 4).Draw(t, "questions") {
				s.Questions = append(s.Questions, genQuestion(t, n))
				n++
			}
			q.Sections = append(q.Sections, s)
		}
		if last := &q.Sections[len(q.Sections)-1]; len(NewLayout(q).Slots) == 0 { // notes only
			last.Questions = append(last.Questions, Question{Key: "last", Kind: KindNPS, Label: PL("Czy polecisz nas innym?")})
		}
		q.Languages = rapid.SampledFrom([][]string{nil, {English}, {Ukrainian, English}}).Draw(t, "languages")
		genRules(t, q)
		return q
	})
}

// genRules gives some sections and questions a rule that looks back and leaves them alive.
func genRules(t *rapid.T, q *Questionnaire) {
	var before []*Question // what stands above the section, and then above the question
	alive := func(rule **Rule) {
		if q.Check() != nil {
			*rule = nil
		}
	}
	for i := range q.Sections {
		if s := &q.Sections[i]; len(before) > 0 && rapid.IntRange(0, 3).Draw(t, "section rule") == 0 {
			s.ShowIf = genRule(t, before)
			alive(&s.ShowIf)
		}
		for j := range q.Sections[i].Questions {
			question := &q.Sections[i].Questions[j]
			if len(before) > 0 && rapid.IntRange(0, 2).Draw(t, "rule") == 0 {
				question.ShowIf = genRule(t, before)
				alive(&question.ShowIf)
			}
			if !slices.Contains([]Kind{KindInfo, KindText, KindPaired}, question.Kind) {
				before = append(before, question)
			}
		}
	}
}

func genRule(t *rapid.T, sources []*Question) *Rule {
	condition := rapid.Custom(func(t *rapid.T) Condition { return genCondition(t, rapid.SampledFrom(sources).Draw(t, "source")) })
	r := Rule{}
	if rapid.Bool().Draw(t, "all") {
		r.All = rapid.SliceOfN(condition, 1, 2).Draw(t, "conditions")
	}
	if r.All == nil || rapid.Bool().Draw(t, "any") {
		r.Any = rapid.SliceOfN(condition, 1, 3).Draw(t, "conditions")
	}
	return &r
}

func genCondition(t *rapid.T, source *Question) Condition {
	c := Condition{Question: source.Key, Not: rapid.Bool().Draw(t, "not")}
	if source.Kind == KindMatrix {
		c.Row = rapid.SampledFrom(source.Rows).Draw(t, "row").Key
	}
	values := states(source, ChannelWeb)
	for _, choice := range source.Choices() {
		values = append(values, choice.Value)
	}
	if source.Kind == KindNumber || source.Kind == KindNPS && rapid.Bool().Draw(t, "bounds") {
		low, high := source.Min, source.Max
		if source.Kind == KindNPS {
			low, high = 0, 10
		}
		n := rapid.IntRange(low, high).Draw(t, "bound")
		if rapid.Bool().Draw(t, "at least") {
			c.AtLeast = &n
		} else {
			c.AtMost = &n
		}
		return c
	}
	c.Is = rapid.SliceOfNDistinct(rapid.SampledFrom(values), 1, min(3, len(values)), rapid.ID[string]).Draw(t, "is")
	return c
}

func genQuestion(t *rapid.T, i int) Question {
	kinds := []Kind{KindSingle, KindMulti, KindScale, KindMatrix, KindPaired, KindYesNo, KindEmoji, KindNPS, KindNumber, KindText, KindInfo}
	q := Question{Key: genKey(t, i), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Label: genText().Draw(t, "label"), Help: genOptionalText().Draw(t, "help")}
	q.Required = q.Kind != KindInfo && rapid.Bool().Draw(t, "required")
	q.Profile = rapid.Bool().Draw(t, "profile")
	if q.Kind != KindInfo && q.Kind != KindText {
		q.OptOuts = rapid.SampledFrom([][]OptOut{nil, {NotApplicable}, {NoOpinion}, {NotApplicable, NoOpinion}}).Draw(t, "opt_outs")
		q.Role = rapid.SampledFrom([]Role{"", RoleEfficiency, RoleEmployee, RoleOverall}).Draw(t, "role")
	}
	switch q.Kind {
	case KindSingle, KindMulti:
		genOptions(t, &q)
	case KindScale, KindEmoji:
		q.Scale = genScale(t, q.Kind)
	case KindMatrix, KindPaired:
		q.Scale = genScale(t, q.Kind)
		genRows(t, &q)
		if rapid.Bool().Draw(t, "importance") && (q.Kind == KindPaired || len(q.Areas) > 0) {
			q.Importance = genScale(t, q.Kind)
		}
	case KindYesNo:
		q.Partly = rapid.Bool().Draw(t, "partly")
	case KindNumber:
		q.Min = rapid.IntRange(-500, 500).Draw(t, "min")
		q.Max = q.Min + rapid.IntRange(1, MaxNumberSpan).Draw(t, "span")
		q.Unit = genOptionalText().Draw(t, "unit")
	case KindText:
		q.Limit = rapid.IntRange(0, 50).Draw(t, "limit")
		q.Short = rapid.Bool().Draw(t, "short")
	}
	return q
}

func genOptions(t *rapid.T, q *Question) {
	n := rapid.IntRange(1, 6).Draw(t, "options")
	for i := range n {
		q.Options = append(q.Options, Option{
			Key: genKey(t, i), Label: genText().Draw(t, "label"), Help: genOptionalText().Draw(t, "help"), Text: rapid.Bool().Draw(t, "text"),
			Exclusive: q.Kind == KindMulti && rapid.IntRange(0, 4).Draw(t, "exclusive") == 0, Score: genScore().Draw(t, "score"),
		})
	}
	if q.Kind == KindMulti && rapid.Bool().Draw(t, "bounded") {
		q.Max = rapid.IntRange(1, n).Draw(t, "max")
		together := slices.DeleteFunc(slices.Clone(q.Options), func(o Option) bool { return o.Exclusive })
		q.Min = rapid.IntRange(0, min(q.Max, max(len(together), 1))).Draw(t, "min")
	}
}

func genScale(t *rapid.T, kind Kind) *Scale {
	n := rapid.IntRange(MinPoints, MaxPoints)
	if kind == KindEmoji {
		n = rapid.SampledFrom([]int{3, 5})
	}
	s := &Scale{BestFirst: rapid.Bool().Draw(t, "best_first"), Digits: rapid.Bool().Draw(t, "digits")}
	for range n.Draw(t, "points") {
		s.Points = append(s.Points, Point{Label: genText().Draw(t, "point"), Score: genScore().Draw(t, "score")})
	}
	return s
}

func genRows(t *rapid.T, q *Question) {
	for i := range rapid.IntRange(0, 2).Draw(t, "areas") {
		q.Areas = append(q.Areas, Area{Key: genKey(t, i), Label: genText().Draw(t, "area")})
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "rows") {
		row := Row{Key: genKey(t, i), Label: genText().Draw(t, "row"), Required: rapid.IntRange(0, 4).Draw(t, "required row") == 0, Series: rapid.IntRange(0, 2).Draw(t, "series")}
		if len(q.Areas) > 0 && rapid.Bool().Draw(t, "in area") {
			row.Area = rapid.SampledFrom(q.Areas).Draw(t, "area").Key
		}
		q.Rows = append(q.Rows, row)
	}
}

// genValues draws a filled form that the questionnaire takes from the channel.
func genValues(t *rapid.T, q *Questionnaire, channel Channel) Values {
	values := Values{}
	for _, question := range q.Questions() {
		genAnswers(t, question, channel, values)
	}
	return values
}

func genAnswers(t *rapid.T, q *Question, channel Channel, values Values) {
	switch q.Kind {
	case KindInfo:
	case KindText:
		text := genRemark(t, q.MaxText())
		if text == "" && q.Required && !channel.OnPaper() {
			text = "x"
		}
		values[q.Key] = []string{text}
	case KindMulti:
		genPicks(t, q, channel, values)
	case KindMatrix, KindPaired:
		for _, r := range q.Rows {
			required := q.Required || r.Required
			if q.Kind == KindMatrix {
				genValue(t, q, channel, values, q.Key+"."+r.Key, "", required)
				continue
			}
			genValue(t, q, channel, values, q.Key+"."+r.Key+"."+AspectImportance, AspectImportance, required)
			genValue(t, q, channel, values, q.Key+"."+r.Key+"."+AspectSatisfaction, AspectSatisfaction, required)
		}
		if q.AsksImportance() {
			for _, a := range q.Areas {
				genValue(t, q, channel, values, q.Key+"."+a.Key+"."+AspectImportance, AspectImportance, q.Required)
			}
		}
	default:
		genValue(t, q, channel, values, q.Key, "", q.Required)
		genOptionTexts(t, q, values)
	}
}

// genRemark draws a text of at most n characters, perhaps none.
func genRemark(t *rapid.T, n int) string {
	text := strings.TrimSpace(rapid.OneOf(rapid.Just(""), genWording()).Draw(t, "remark"))
	if runes := []rune(text); len(runes) > n {
		text = strings.TrimSpace(string(runes[:n]))
	}
	return text
}

// genValue draws one value for a field, perhaps none where that is allowed.
func genValue(t *rapid.T, q *Question, channel Channel, values Values, field, aspect string, required bool) {
	var all []string
	for _, c := range q.ChoicesOf(aspect) {
		all = append(all, c.Value)
	}
	if q.Kind == KindNumber {
		all = []string{itoa(q.Min), itoa(q.Max), itoa(rapid.IntRange(q.Min, q.Max).Draw(t, "number"))}
	}
	all = append(all, states(q, channel)...)
	if !required || channel.OnPaper() {
		all = append(all, "")
	}
	if value := rapid.SampledFrom(all).Draw(t, field); value != "" {
		values[field] = []string{value}
	}
}

// states lists the values without substance that a question takes from the channel.
func states(q *Question, channel Channel) []string {
	var all []string
	for _, o := range q.OptOuts {
		all = append(all, string(o))
	}
	if channel.OnPaper() {
		all = append(all, ValueUnreadable)
	}
	return all
}

// genPicks draws picks of a multi question; on paper also some that break its rule.
func genPicks(t *rapid.T, q *Question, channel Channel, values Values) {
	var picks []string
	for _, o := range q.Options {
		if rapid.Bool().Draw(t, o.Key) {
			picks = append(picks, o.Key)
		}
	}
	if !channel.OnPaper() {
		picks = lawful(q, picks)
	}
	if all := states(q, channel); len(all) > 0 && rapid.IntRange(0, 3).Draw(t, "state") == 0 {
		picks = []string{rapid.SampledFrom(all).Draw(t, "state")}
	}
	if len(picks) > 0 {
		values[q.Key] = picks
	}
	genOptionTexts(t, q, values)
}

// lawful changes picks so that they keep the question's rule. Options that are all exclusive leave no choice but one.
func lawful(q *Question, picks []string) []string {
	var exclusive, free []string
	for _, o := range q.Options {
		if o.Exclusive {
			exclusive = append(exclusive, o.Key)
		} else {
			free = append(free, o.Key)
		}
	}
	least, most := q.Min, q.Max
	if q.Required {
		least = max(least, 1)
	}
	if most == 0 {
		most = math.MaxInt
	}
	picks = slices.DeleteFunc(slices.Clone(picks), func(key string) bool { return slices.Contains(exclusive, key) })
	for _, key := range free {
		if len(picks) < least && !slices.Contains(picks, key) {
			picks = append(picks, key)
		}
	}
	if len(picks) > most {
		picks = picks[:most]
	}
	if len(picks) < least || len(picks) == 0 && len(exclusive) > 0 {
		return exclusive[:1]
	}
	return picks
}

func genOptionTexts(t *rapid.T, q *Question, values Values) {
	for _, o := range q.Options {
		if text := genRemark(t, q.MaxText()); o.Text && slices.Contains(values[q.Key], o.Key) && text != "" {
			values[q.Key+"."+o.Key] = []string{text}
		}
	}
}

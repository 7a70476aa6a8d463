package web

import (
	"crypto/rand"
	"encoding/base32"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/survey"
)

// Lists of a question's form. A list's field, repeated, names its lines in their order.
const (
	listOptions    = "options"
	listRows       = "rows"
	listAreas      = "areas"
	listScale      = "scale"
	listImportance = "importance"
)

// linesRead is how many lines of a list are read: more than any may have, so that who pastes too many is told so.
const linesRead = 400

var itemKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// tooMuch refuses a form with more lines than a list could ever have.
func tooMuch(v survey.Values) error {
	for _, list := range []string{listOptions, listRows, listAreas, listScale, listImportance} {
		if len(v[list]) > linesRead {
			return fiber.NewError(fiber.StatusRequestEntityTooLarge)
		}
	}
	return nil
}

// readQuestion reads the form of a question. Its key stays, and so do those of its items.
func readQuestion(v survey.Values, q *survey.Questionnaire, question *survey.Question) {
	dropHidden(v, wordingLangs(q))
	read := survey.Question{Key: question.Key, Series: question.Series, Kind: question.Kind, Label: readWording(v, "label"), Help: readWording(v, "help")}
	switch question.Kind {
	case survey.KindSingle, survey.KindMulti:
		read.Options = readOptions(v, question)
	case survey.KindMatrix, survey.KindPaired:
		read.Areas = readAreas(v, question.Areas)
		read.Rows = readRows(v, question.Rows, read.Areas)
		read.Scale = readScale(v, listScale)
		if v.Get("asks_importance") != "" {
			if read.Importance = readScale(v, listImportance); len(read.Importance.Points) == 0 {
				read.Importance = importancePoints()
				translatePoints(read.Importance, q.Languages)
			}
		}
	case survey.KindScale, survey.KindEmoji:
		read.Scale = readScale(v, listScale)
	case survey.KindNumber:
		read.Unit = readWording(v, "unit")
	case survey.KindText:
		read.Limit, read.Short = readInt(v, "limit"), v.Get("short") != ""
	}
	if question.Kind == survey.KindMulti || question.Kind == survey.KindNumber {
		read.Min, read.Max = readInt(v, "min"), readInt(v, "max")
	}
	readAsking(v, question, &read)
	read.ShowIf = readRule(v, question.ShowIf, sourcesBefore(q, opened{question: question.Key}))
	if preset := v.Get("preset"); read.Scale != nil && preset != "" {
		setPreset(&read, preset, q.Languages)
	}
	if kind := survey.Kind(v.Get("kind")); kind != question.Kind && isKind(kind) {
		scale, importance := read.Scale, read.Importance
		convert(&read, kind)
		if read.Scale != scale { // a fresh one; the person's own keeps its words
			translatePoints(read.Scale, q.Languages)
		}
		if read.Importance != importance {
			translatePoints(read.Importance, q.Languages)
		}
	}
	*question = read
}

// readAsking reads how a question is asked and counted. A note is not, and stays as it was.
func readAsking(v survey.Values, was, q *survey.Question) {
	if q.Kind == survey.KindInfo {
		q.Profile = was.Profile
		return
	}
	q.Required, q.Profile = v.Get("required") != "", v.Get("profile") != ""
	if q.Kind == survey.KindText {
		return
	}
	for _, o := range []survey.OptOut{survey.NotApplicable, survey.NoOpinion} {
		if slices.Contains(v["opt_outs"], string(o)) {
			q.OptOuts = append(q.OptOuts, o)
		}
	}
	q.OptOuts = inOrder(was.OptOuts, q.OptOuts)
	q.Role = readRole(v.Get("role"))
	q.Partly = q.Kind == survey.KindYesNo && v.Get("partly") != ""
}

// inOrder returns what was picked: in the order in which it was stored, if that is the same.
func inOrder[T comparable](stored, picked []T) []T {
	same := len(stored) == len(picked) && !slices.ContainsFunc(stored, func(s T) bool { return !slices.Contains(picked, s) })
	if same {
		return stored
	}
	return picked
}

func readRole(typed string) survey.Role {
	if role := survey.Role(typed); slices.Contains([]survey.Role{survey.RoleOverall, survey.RoleEfficiency, survey.RoleEmployee}, role) {
		return role
	}
	return ""
}

// readInt reads a number; what is none is 0, which Check judges. A minus reaches it too.
func readInt(v survey.Values, field string) int {
	n, _ := strconv.Atoi(v.Get(field))
	return n
}

// dropHidden takes the labels in languages that the questionnaire does not speak from lines whose others were emptied:
// without the script that is how a line is removed.
func dropHidden(v survey.Values, spoken []wordingLang) {
	if v.Get("_live") != "" {
		return
	}
	for _, list := range []string{listOptions, listRows, listAreas, listScale, listImportance} {
		for _, id := range v[list] {
			name := list + "." + id + ".label"
			label := readWording(v, name)
			if !slices.ContainsFunc(spoken, func(l wordingLang) bool { return strings.TrimSpace(label.In(l.Code)) != "" }) {
				delete(v, name+"."+survey.English)
				delete(v, name+"."+survey.Ukrainian)
			}
		}
	}
}

// lineIDs lists the lines of a list that the form has. One that is empty and new is none; of a form without the script
// none is empty, as that is how a line is removed.
func lineIDs(v survey.Values, list string, known func(id string) bool) []string {
	live := v.Get("_live") != ""
	var ids []string
	for _, id := range v[list] {
		empty := readWording(v, list+"."+id+".label").IsZero()
		if itemKey.MatchString(id) && !slices.Contains(ids, id) && (!empty || live && known(id)) {
			ids = append(ids, id)
		}
	}
	return ids
}

func readOptions(v survey.Values, old *survey.Question) []survey.Option {
	var options []survey.Option
	known := func(id string) bool {
		return slices.ContainsFunc(old.Options, func(o survey.Option) bool { return o.Key == id })
	}
	for _, id := range lineIDs(v, listOptions, known) {
		at := listOptions + "." + id + "."
		options = append(options, survey.Option{Key: id, Label: readWording(v, at+"label"), Help: readWording(v, at+"help"), Text: v.Get(at+"text") != "",
			Exclusive: old.Kind == survey.KindMulti && v.Get(at+"exclusive") != "", Score: readScore(v, at+"score")})
	}
	return options
}

func readAreas(v survey.Values, old []survey.Area) []survey.Area {
	var areas []survey.Area
	known := func(id string) bool { return slices.ContainsFunc(old, func(a survey.Area) bool { return a.Key == id }) }
	for _, id := range lineIDs(v, listAreas, known) {
		at := listAreas + "." + id + "."
		areas = append(areas, survey.Area{Key: id, Label: readWording(v, at+"label"), Role: readRole(v.Get(at + "role"))})
	}
	return areas
}

// readRows reads rows with their area. A row whose area was just removed is in none.
func readRows(v survey.Values, old []survey.Row, areas []survey.Area) []survey.Row {
	var rows []survey.Row
	place := func(id string) int { return slices.IndexFunc(old, func(r survey.Row) bool { return r.Key == id }) }
	for _, id := range lineIDs(v, listRows, func(id string) bool { return place(id) >= 0 }) {
		at := listRows + "." + id + "."
		r := survey.Row{Key: id, Label: readWording(v, at+"label"), Area: v.Get(at + "area"), Required: v.Get(at+"required") != ""}
		if !slices.ContainsFunc(areas, func(a survey.Area) bool { return a.Key == r.Area }) {
			r.Area = ""
		}
		if i := place(id); i >= 0 {
			r.Series = old[i].Series
		}
		rows = append(rows, r)
	}
	return rows
}

func readScale(v survey.Values, list string) *survey.Scale {
	scale := survey.Scale{Points: []survey.Point{}, BestFirst: v.Get(list+".best_first") != "", Digits: v.Get(list+".digits") != ""}
	stored := func(id string) bool { return strings.HasPrefix(id, "p") }
	for _, id := range lineIDs(v, list, stored) {
		at := list + "." + id + "."
		scale.Points = append(scale.Points, survey.Point{Label: readWording(v, at+"label"), Score: readScore(v, at+"score")})
	}
	return &scale
}

// readScore reads a score with a comma or a point; nil: none was typed, or no number.
func readScore(v survey.Values, field string) *float64 {
	f, err := strconv.ParseFloat(strings.Replace(v.Get(field), ",", ".", 1), 64)
	if err != nil || f != f || f < -1000 || f > 1000 {
		return nil
	}
	return &f
}

// convert makes a question one of another kind, and keeps what that kind can have.
func convert(q *survey.Question, kind survey.Kind) {
	fresh := newQuestion(q.Key, kind)
	is := func(kinds ...survey.Kind) bool { return slices.Contains(kinds, kind) }
	was := q.Kind
	fresh.Label, fresh.Help, fresh.Series, fresh.ShowIf = q.Label, q.Help, q.Series, q.ShowIf
	if !is(survey.KindInfo) {
		fresh.Required, fresh.Profile = q.Required, q.Profile
	}
	if !is(survey.KindInfo, survey.KindText) {
		fresh.OptOuts, fresh.Role = q.OptOuts, q.Role
	}
	if is(survey.KindSingle, survey.KindMulti) && q.Options != nil {
		fresh.Options = q.Options
		for i := range fresh.Options {
			fresh.Options[i].Exclusive = fresh.Options[i].Exclusive && is(survey.KindMulti)
		}
	}
	if is(survey.KindMatrix, survey.KindPaired) && q.Rows != nil {
		fresh.Rows, fresh.Areas, fresh.Importance = q.Rows, q.Areas, q.Importance
		if is(survey.KindMatrix) && len(q.Areas) == 0 { // which is where a matrix asks for it
			fresh.Importance = nil
		}
	}
	faces := is(survey.KindEmoji) && len(pointsOf(q.Scale)) != 3 && len(pointsOf(q.Scale)) != 5
	if fresh.Scale != nil && len(pointsOf(q.Scale)) > 0 && !faces && was != survey.KindNPS {
		fresh.Scale = q.Scale
	}
	*q = fresh
}

// newQuestion makes a question of a kind that is complete once it has its wordings.
func newQuestion(key string, kind survey.Kind) survey.Question {
	q := survey.Question{Key: key, Kind: kind}
	switch kind {
	case survey.KindScale, survey.KindMatrix, survey.KindPaired:
		q.Scale = scaleOf(true, "bardzo słabo", "słabo", "przeciętnie", "dobrze", "bardzo dobrze")
	case survey.KindEmoji:
		q.Scale = scaleOf(false, "źle", "średnio", "dobrze")
	case survey.KindNumber:
		q.Max = 100
	}
	if kind == survey.KindPaired {
		q.Importance = importancePoints()
	}
	return q
}

func importancePoints() *survey.Scale {
	return scaleOf(false, "nieważne", "mało ważne", "ważne", "bardzo ważne")
}

func scaleOf(digits bool, labels ...string) *survey.Scale {
	scale := survey.Scale{Digits: digits}
	for _, l := range labels {
		scale.Points = append(scale.Points, survey.Point{Label: survey.PL(l)})
	}
	return &scale
}

// scalePreset is a scale that can be chosen as a whole.
type scalePreset struct {
	Value, Label string
	labels       []string
	digits       bool
}

// Presets lists scales that offices use, odd and even (domain: Zielona Góra and Kościelec have four points).
func (f *questionForm) Presets() []scalePreset { return scalePresets(f.Kind) }

func scalePresets(kind survey.Kind) []scalePreset {
	if kind == survey.KindEmoji {
		return []scalePreset{
			{"faces3", "3 buźki: źle – dobrze", []string{"źle", "średnio", "dobrze"}, false},
			{"faces5", "5 buziek: bardzo źle – bardzo dobrze", []string{"bardzo źle", "źle", "średnio", "dobrze", "bardzo dobrze"}, false},
		}
	}
	return []scalePreset{
		{"quality5", "5 punktów: bardzo słabo – bardzo dobrze", []string{"bardzo słabo", "słabo", "przeciętnie", "dobrze", "bardzo dobrze"}, true},
		{"quality4", "4 punkty: bardzo źle – bardzo dobrze", []string{"bardzo źle", "źle", "dobrze", "bardzo dobrze"}, true},
		{"satisfied5", "5 punktów: zadowolenie", []string{"bardzo niezadowolona/-y", "niezadowolona/-y", "trudno powiedzieć", "zadowolona/-y", "bardzo zadowolona/-y"}, true},
		{"agree5", "5 punktów: zgoda", []string{"zdecydowanie nie", "raczej nie", "ani tak, ani nie", "raczej tak", "zdecydowanie tak"}, false},
		{"agree4", "4 punkty: zgoda", []string{"zdecydowanie nie", "raczej nie", "raczej tak", "zdecydowanie tak"}, false},
		{"important3", "3 punkty: ważność", []string{"nieważne", "ważne", "bardzo ważne"}, false},
	}
}

// setPreset puts a ready scale in the place of the question's own.
func setPreset(q *survey.Question, value string, languages []string) {
	for _, preset := range scalePresets(q.Kind) {
		if preset.Value == value {
			q.Scale = scaleOf(preset.digits, preset.labels...)
			translatePoints(q.Scale, languages)
		}
	}
}

// translatePoints puts the words of a ready scale in the other languages that residents may choose, where they are
// still missing.
func translatePoints(scale *survey.Scale, languages []string) {
	for i := range pointsOf(scale) {
		label := &scale.Points[i].Label
		words := pointWords[label.PL]
		if label.EN == "" && slices.Contains(languages, survey.English) {
			label.EN = words.EN
		}
		if label.UK == "" && slices.Contains(languages, survey.Ukrainian) {
			label.UK = words.UK
		}
	}
}

// pointWords are the points of the ready scales in English and Ukrainian.
var pointWords = map[string]survey.Text{
	"bardzo słabo": {EN: "very poor", UK: "дуже погано"}, "słabo": {EN: "poor", UK: "погано"}, "przeciętnie": {EN: "average", UK: "посередньо"},
	"bardzo źle": {EN: "very bad", UK: "дуже погано"}, "źle": {EN: "bad", UK: "погано"}, "średnio": {EN: "average", UK: "посередньо"},
	"dobrze": {EN: "good", UK: "добре"}, "bardzo dobrze": {EN: "very good", UK: "дуже добре"},
	"bardzo niezadowolona/-y": {EN: "very dissatisfied", UK: "дуже незадоволена/-ий"}, "niezadowolona/-y": {EN: "dissatisfied", UK: "незадоволена/-ий"},
	"trudno powiedzieć": {EN: "hard to say", UK: "важко сказати"}, "zadowolona/-y": {EN: "satisfied", UK: "задоволена/-ий"},
	"bardzo zadowolona/-y": {EN: "very satisfied", UK: "дуже задоволена/-ий"}, "zdecydowanie nie": {EN: "definitely not", UK: "однозначно ні"},
	"raczej nie": {EN: "rather not", UK: "радше ні"}, "ani tak, ani nie": {EN: "neither yes nor no", UK: "ні те, ні інше"},
	"raczej tak": {EN: "rather yes", UK: "радше так"}, "zdecydowanie tak": {EN: "definitely yes", UK: "однозначно так"},
	"nieważne": {EN: "not important", UK: "неважливо"}, "mało ważne": {EN: "slightly important", UK: "мало важливо"},
	"ważne": {EN: "important", UK: "важливо"}, "bardzo ważne": {EN: "very important", UK: "дуже важливо"},
}

// shortID returns eight random lower-case letters and digits.
func shortID() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // never fails
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

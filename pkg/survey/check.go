package survey

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"unicode/utf8"
)

// keyPattern is what a key may look like: it names form fields, so no dot, and never starts with the
// underscore of our own fields.
var keyPattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// Check says all that is wrong with a questionnaire, with the path of each fault, or nil. Only a
// questionnaire without faults can be published.
func (q *Questionnaire) Check() error {
	c := check{keys: map[string]bool{}}
	c.key("key", q.Key)
	c.label("title", q.Title, true)
	c.text("intro", q.Intro)
	c.text("thanks", q.Thanks)
	if !slices.ContainsFunc(q.Questions(), func(q *Question) bool { return q.Kind != KindInfo }) {
		c.bad.Add("sections", ProblemEmpty, 0) // nothing to answer
	}
	sections := map[string]bool{}
	for i := range q.Sections {
		s, path := &q.Sections[i], fmt.Sprintf("sections[%d]", i)
		c.unique(sections, path+".key", s.Key)
		c.label(path+".title", s.Title, true)
		c.text(path+".help", s.Help)
		if len(s.Questions) == 0 {
			c.bad.Add(path+".questions", ProblemEmpty, 0)
		}
		for j := range s.Questions {
			c.question(fmt.Sprintf("%s.questions[%d]", path, j), &s.Questions[j])
		}
	}
	c.atMost("sections", len(q.Questions()), MaxQuestions, ProblemTooManyQuestions)
	c.languages(q.Languages)
	c.rules(q)
	return c.bad.Err()
}

type check struct {
	keys map[string]bool // keys of questions
	bad  InvalidError
}

func (c *check) question(path string, q *Question) {
	c.unique(c.keys, path+".key", q.Key)
	c.label(path+".label", q.Label, true)
	c.text(path+".help", q.Help)
	c.kind(path, q)
	c.misplaced(path, q)
	for i, o := range q.OptOuts {
		if o != NotApplicable && o != NoOpinion || slices.Contains(q.OptOuts[:i], o) {
			c.bad.Add(path+".opt_outs", ProblemUnknown, 0)
		}
	}
	c.role(path+".role", q.Role)
	for i, a := range q.Areas {
		c.role(fmt.Sprintf("%s.areas[%d].role", path, i), a.Role)
	}
}

func (c *check) role(path string, role Role) {
	if role != "" && !slices.Contains([]Role{RoleEfficiency, RoleEmployee, RoleOverall}, role) {
		c.bad.Add(path, ProblemBadRole, 0)
	}
}

func (c *check) languages(languages []string) {
	for i, lang := range languages {
		if lang != English && lang != Ukrainian || slices.Contains(languages[:i], lang) {
			c.bad.Add(fmt.Sprintf("languages[%d]", i), ProblemBadLanguage, 0)
		}
	}
}

// kind checks what a question of its kind must have.
func (c *check) kind(path string, q *Question) {
	switch q.Kind {
	case KindSingle, KindMulti:
		c.options(path, q)
	case KindScale, KindEmoji:
		c.scale(path+".scale", q.Kind, q.Scale)
	case KindMatrix, KindPaired:
		c.scale(path+".scale", q.Kind, q.Scale)
		c.rows(path, q)
		if q.Importance != nil {
			c.scale(path+".importance", q.Kind, q.Importance)
		}
		if q.AsksImportance() && len(q.Areas) == 0 {
			c.bad.Add(path+".areas", ProblemEmpty, 0)
		}
	case KindNumber:
		if q.Max <= q.Min || uint64(q.Max)-uint64(q.Min) > MaxNumberSpan { // unsigned: the difference may overflow an int
			c.bad.Add(path+".max", ProblemBadRange, MaxNumberSpan)
		}
		c.label(path+".unit", q.Unit, false)
	case KindText:
		if q.Limit < 0 || q.Limit > MaxRemark {
			c.bad.Add(path+".limit", ProblemBadLimit, MaxRemark)
		}
	case KindYesNo, KindNPS, KindInfo:
	default:
		c.bad.Add(path+".kind", ProblemBadKind, 0)
	}
}

// misplaced finds properties that a question of its kind does not have.
func (c *check) misplaced(path string, q *Question) {
	is := func(kinds ...Kind) bool { return slices.Contains(kinds, q.Kind) }
	wrong := func(property string, there bool) {
		if there {
			c.bad.Add(path+"."+property, ProblemMisplaced, 0)
		}
	}
	wrong("options", len(q.Options) > 0 && !is(KindSingle, KindMulti))
	wrong("scale", q.Scale != nil && !is(KindScale, KindEmoji, KindMatrix, KindPaired))
	wrong("importance", q.Importance != nil && !is(KindMatrix, KindPaired))
	wrong("rows", len(q.Rows) > 0 && !is(KindMatrix, KindPaired))
	wrong("areas", len(q.Areas) > 0 && !is(KindMatrix, KindPaired))
	wrong("partly", q.Partly && !is(KindYesNo))
	wrong("min", q.Min != 0 && !is(KindMulti, KindNumber))
	wrong("max", q.Max != 0 && !is(KindMulti, KindNumber))
	wrong("unit", !q.Unit.IsZero() && !is(KindNumber))
	wrong("limit", q.Limit != 0 && !is(KindText))
	wrong("short", q.Short && !is(KindText))
	wrong("role", q.Role != "" && is(KindInfo, KindText))
	wrong("required", q.Required && is(KindInfo))
	wrong("opt_outs", len(q.OptOuts) > 0 && is(KindInfo, KindText))
}

func (c *check) options(path string, q *Question) {
	if len(q.Options) == 0 {
		c.bad.Add(path+".options", ProblemEmpty, 0)
	}
	c.atMost(path+".options", len(q.Options), MaxOptions, ProblemTooManyOptions)
	keys := map[string]bool{ValueNotApplicable: true, ValueNoOpinion: true, ValueUnreadable: true}
	for i, o := range q.Options {
		at := fmt.Sprintf("%s.options[%d]", path, i)
		c.unique(keys, at+".key", o.Key)
		c.label(at+".label", o.Label, true)
		c.text(at+".help", o.Help)
		c.score(at+".score", o.Score)
		if o.Exclusive && q.Kind != KindMulti {
			c.bad.Add(at+".exclusive", ProblemMisplaced, 0)
		}
	}
	if q.Kind == KindMulti {
		c.picks(path+".max", q)
	}
}

// picks checks how many options may be picked: of those that go together, no more than there are.
func (c *check) picks(path string, q *Question) {
	together := 0
	for _, o := range q.Options {
		if !o.Exclusive {
			together++
		}
	}
	if q.Min < 0 || q.Max < 0 || q.Max > len(q.Options) || q.Max > 0 && q.Min > q.Max || q.Min > max(together, 1) {
		c.bad.Add(path, ProblemBadPicks, together)
	}
}

func (c *check) scale(path string, kind Kind, scale *Scale) {
	if scale == nil {
		c.bad.Add(path, ProblemEmpty, 0)
		return
	}
	n := len(scale.Points)
	if n < MinPoints || n > MaxPoints || kind == KindEmoji && n != 3 && n != 5 {
		c.bad.Add(path+".points", ProblemBadScale, 0)
	}
	for i, p := range scale.Points {
		at := fmt.Sprintf("%s.points[%d]", path, i)
		c.label(at+".label", p.Label, true)
		c.score(at+".score", p.Score)
	}
}

func (c *check) rows(path string, q *Question) {
	if len(q.Rows) == 0 {
		c.bad.Add(path+".rows", ProblemEmpty, 0)
	}
	c.atMost(path+".rows", len(q.Rows), MaxRows, ProblemTooManyRows)
	c.atMost(path+".areas", len(q.Areas), MaxRows, ProblemTooManyAreas)
	areas, keys := map[string]bool{}, map[string]bool{}
	for i, a := range q.Areas {
		at := fmt.Sprintf("%s.areas[%d]", path, i)
		c.unique(areas, at+".key", a.Key)
		c.label(at+".label", a.Label, true)
	}
	for i, r := range q.Rows {
		at := fmt.Sprintf("%s.rows[%d]", path, i)
		c.unique(keys, at+".key", r.Key)
		c.label(at+".label", r.Label, true)
		if r.Area != "" && !areas[r.Area] {
			c.bad.Add(at+".area", ProblemUnknownArea, 0)
		}
	}
}

func (c *check) key(path, key string) {
	if !keyPattern.MatchString(key) {
		c.bad.Add(path, ProblemBadKey, 0)
	}
}

func (c *check) unique(seen map[string]bool, path, key string) {
	c.key(path, key)
	if seen[key] {
		c.bad.Add(path, ProblemDuplicateKey, 0)
	}
	seen[key] = true
}

func (c *check) label(path string, t Text, required bool) {
	if required && t.trim().PL == "" {
		c.bad.Add(path, ProblemNoLabel, 0)
	}
	c.wording(path, t, MaxLabel)
}

// text checks a longer wording (an introduction, a help text): up to MaxRemark characters.
func (c *check) text(path string, t Text) { c.wording(path, t, MaxRemark) }

func (c *check) wording(path string, t Text, most int) {
	for _, s := range []string{t.PL, t.EN, t.UK} {
		switch {
		case utf8.RuneCountInString(s) > most:
			c.bad.Add(path, ProblemTooLong, most)
			return
		case !printable(s):
			c.bad.Add(path, ProblemBadPattern, 0)
			return
		}
	}
}

// score checks that a score can be reckoned with.
func (c *check) score(path string, score *float64) {
	if score != nil && (math.IsNaN(*score) || math.IsInf(*score, 0)) {
		c.bad.Add(path, ProblemNotNumber, 0)
	}
}

func (c *check) atMost(path string, n, most int, problem Problem) {
	if n > most {
		c.bad.Add(path, problem, most)
	}
}

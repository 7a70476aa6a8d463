// Package survey is the domain: questionnaires and their frozen versions, what a filled one may hold, and
// the records of offices. It is pure: no I/O, no clock, no globals.
package survey

import "slices"

// Kind says how a question is asked and answered.
type Kind string

// The kinds of question that reproduce every survey seen at Polish offices.
const (
	KindSingle Kind = "single" // one of the options
	KindMulti  Kind = "multi"  // some of the options
	KindScale  Kind = "scale"  // one point of a scale
	KindMatrix Kind = "matrix" // rows, each rated on one scale
	KindPaired Kind = "paired" // rows, each rated for importance and for satisfaction on one scale
	KindYesNo  Kind = "yesno"  // yes, (partly,) no
	KindEmoji  Kind = "emoji"  // a scale of 3 or 5 faces, each with its text label
	KindNPS    Kind = "nps"    // 0 to 10, would you recommend
	KindNumber Kind = "number" // a whole number within bounds
	KindText   Kind = "text"   // free text
	KindInfo   Kind = "info"   // nothing to answer: a heading or an instruction
)

// Limits of a questionnaire. They keep a page, a sheet and a tally within what people and machines can carry.
const (
	MaxQuestions  = 200
	MaxOptions    = 60
	MaxRows       = 40
	MaxLabel      = 500  // characters of a label
	MaxRemark     = 4000 // characters of a free text
	MaxNumberSpan = 1000 // widest range of a number question
	MinPoints     = 2
	MaxPoints     = 11
)

// Questionnaire is a survey's wording as an editor sees it. A Version freezes it.
type Questionnaire struct {
	Key    string `yaml:"key" json:"key"`
	Title  Text   `yaml:"title" json:"title"`
	Intro  Text   `yaml:"intro,omitempty" json:"intro,omitzero"`
	Thanks Text   `yaml:"thanks,omitempty" json:"thanks,omitzero"`
	// Languages that residents may choose besides Polish: en, uk. A text that a language lacks is shown in Polish.
	Languages []string  `yaml:"languages,omitempty" json:"languages,omitempty"`
	Sections  []Section `yaml:"sections" json:"sections"`
}

// Section groups questions under a heading.
type Section struct {
	Key       string     `yaml:"key" json:"key"`
	Title     Text       `yaml:"title" json:"title"`
	Help      Text       `yaml:"help,omitempty" json:"help,omitzero"`
	ShowIf    *Rule      `yaml:"show_if,omitempty" json:"show_if,omitempty"` // nil: always
	Questions []Question `yaml:"questions" json:"questions"`
}

// Question is one thing asked. Its Key is stable: it carries the series from version to version.
type Question struct {
	Key      string   `yaml:"key" json:"key"`
	Kind     Kind     `yaml:"kind" json:"kind"`
	Label    Text     `yaml:"label" json:"label"`
	Help     Text     `yaml:"help,omitempty" json:"help,omitzero"`
	Required bool     `yaml:"required,omitempty" json:"required,omitempty"`
	Options  []Option `yaml:"options,omitempty" json:"options,omitempty"` // single, multi
	Scale    *Scale   `yaml:"scale,omitempty" json:"scale,omitempty"`     // scale, emoji, matrix, paired
	// Importance is the scale of importance. paired: of each row, nil: Scale serves for both. matrix: each area is
	// rated for importance once, nil: none is asked.
	Importance *Scale   `yaml:"importance,omitempty" json:"importance,omitempty"`
	Areas      []Area   `yaml:"areas,omitempty" json:"areas,omitempty"` // matrix, paired: groups of rows, in order
	Rows       []Row    `yaml:"rows,omitempty" json:"rows,omitempty"`   // matrix, paired
	OptOuts    []OptOut `yaml:"opt_outs,omitempty" json:"opt_outs,omitempty"`
	Partly     bool     `yaml:"partly,omitempty" json:"partly,omitempty"`   // yesno: offers "częściowo"
	Min        int      `yaml:"min,omitempty" json:"min,omitempty"`         // multi: fewest picks; number: lowest value
	Max        int      `yaml:"max,omitempty" json:"max,omitempty"`         // multi: most picks (0: all); number: highest value
	Unit       Text     `yaml:"unit,omitempty" json:"unit,omitzero"`        // number
	Limit      int      `yaml:"limit,omitempty" json:"limit,omitempty"`     // text: most characters (0: MaxRemark)
	Short      bool     `yaml:"short,omitempty" json:"short,omitempty"`     // text: one line
	Role       Role     `yaml:"role,omitempty" json:"role,omitempty"`       // indicator that the question feeds
	Profile    bool     `yaml:"profile,omitempty" json:"profile,omitempty"` // metryczka: describes the respondent
	ShowIf     *Rule    `yaml:"show_if,omitempty" json:"show_if,omitempty"` // nil: always
	// Series counts the meanings that the key has had: an editor raises it when scale or meaning change. Answers of
	// one key and Series are one series (0 and 1 are the same first one).
	Series int `yaml:"series,omitempty" json:"series,omitempty"`
	// Skips are a convenience of files: parsing turns them into rules and leaves none.
	Skips []Skip `yaml:"skip,omitempty" json:"-"`
}

// Option is one choice of a single or multi question.
type Option struct {
	Key       string   `yaml:"key" json:"key"`
	Label     Text     `yaml:"label" json:"label"`
	Help      Text     `yaml:"help,omitempty" json:"help,omitzero"`
	Text      bool     `yaml:"text,omitempty" json:"text,omitempty"`           // asks "jakie?" with a line of text
	Exclusive bool     `yaml:"exclusive,omitempty" json:"exclusive,omitempty"` // multi: goes with no other option
	Score     *float64 `yaml:"score,omitempty" json:"score,omitempty"`         // higher is better; none: not scored
}

// Scale is an ordered set of 2 to 11 points.
type Scale struct {
	Points    []Point `yaml:"points" json:"points"`
	BestFirst bool    `yaml:"best_first,omitempty" json:"best_first,omitempty"` // the first point is the best one
	Digits    bool    `yaml:"digits,omitempty" json:"digits,omitempty"`         // show the score beside the label
}

// Point is one point of a scale. Its value in forms and files is its place, counted from 1.
type Point struct {
	Label Text     `yaml:"label" json:"label"`
	Score *float64 `yaml:"score,omitempty" json:"score,omitempty"` // higher is better; none: by place
}

// Area groups rows of a matrix into what is reported as one figure (e.g. "terminowość").
type Area struct {
	Key   string `yaml:"key" json:"key"`
	Label Text   `yaml:"label" json:"label"`
	Role  Role   `yaml:"role,omitempty" json:"role,omitempty"` // none: the question's
}

// Row is one statement of a matrix.
type Row struct {
	Key   string `yaml:"key" json:"key"`
	Label Text   `yaml:"label" json:"label"`
	Area  string `yaml:"area,omitempty" json:"area,omitempty"`
	// Required rows must be answered though the question is optional; of a required question all rows are.
	Required bool `yaml:"required,omitempty" json:"required,omitempty"`
	Series   int  `yaml:"series,omitempty" json:"series,omitempty"` // as of a question
}

// OptOut is a way not to rate that never enters a mean.
type OptOut string

// The two opt-outs; they are kept and counted apart.
const (
	NotApplicable OptOut = "na" // nie dotyczy
	NoOpinion     OptOut = "dk" // nie mam zdania
)

// Role tags a question whose percent of range enters a composite indicator.
type Role string

// The indicators of domain knowledge: sprawność obsługi, ocena pracownika, ocena ogólna.
const (
	RoleEfficiency Role = "efficiency"
	RoleEmployee   Role = "employee"
	RoleOverall    Role = "overall"
)

// Roles lists the indicators in the order of reports.
func Roles() []Role { return []Role{RoleEfficiency, RoleEmployee, RoleOverall} }

// Questions returns all questions in the order of the page.
func (q *Questionnaire) Questions() []*Question {
	var all []*Question
	for i := range q.Sections {
		for j := range q.Sections[i].Questions {
			all = append(all, &q.Sections[i].Questions[j])
		}
	}
	return all
}

// Question returns the question with the key, or nil.
func (q *Questionnaire) Question(key string) *Question {
	for _, question := range q.Questions() {
		if question.Key == key {
			return question
		}
	}
	return nil
}

// Choice is one value that a question offers, in the form in which pages, sheets and reports list it.
type Choice struct {
	Value string   // value of the form field
	Label Text     // wording
	Help  Text     // more words, where there are any
	Score *float64 // oriented so that higher is better; nil: not scored
	Text  bool     // asks for a line of text
}

// Choices returns what a respondent may pick: options, scale points, yes/no, 0 to 10. For matrices they
// are the choices of each row. Kinds without choices return none. Opt-outs are not among them.
func (q *Question) Choices() []Choice {
	switch q.Kind {
	case KindSingle, KindMulti:
		choices := make([]Choice, len(q.Options))
		for i, o := range q.Options {
			choices[i] = Choice{Value: o.Key, Label: o.Label, Help: o.Help, Score: o.Score, Text: o.Text}
		}
		return choices
	case KindScale, KindEmoji, KindMatrix, KindPaired:
		if q.Scale == nil {
			return nil
		}
		return q.Scale.choices()
	case KindYesNo:
		return q.yesNoChoices()
	case KindNPS:
		choices := make([]Choice, 11)
		for i := range choices {
			choices[i] = Choice{Value: itoa(i), Label: PL(itoa(i)), Score: score(float64(i))}
		}
		return choices
	}
	return nil
}

// ChoicesOf returns the choices of one aspect: those of the importance scale, where the question has one of its
// own, for AspectImportance, otherwise Choices.
func (q *Question) ChoicesOf(aspect string) []Choice {
	if aspect == AspectImportance && q.Importance != nil {
		return q.Importance.choices()
	}
	return q.Choices()
}

// choiceAt returns the place of a value among ChoicesOf(aspect), counted from 0, or -1. It makes no list of them: this
// is asked for every answer that comes in.
func (q *Question) choiceAt(aspect, value string) int {
	scale := q.Scale
	switch q.Kind {
	case KindSingle, KindMulti:
		return slices.IndexFunc(q.Options, func(o Option) bool { return o.Key == value })
	case KindScale, KindEmoji, KindMatrix, KindPaired:
		if aspect == AspectImportance && q.Importance != nil {
			scale = q.Importance
		}
		if scale == nil {
			return -1
		}
		for i := range scale.Points {
			if itoa(i+1) == value {
				return i
			}
		}
		return -1
	}
	return slices.IndexFunc(q.Choices(), func(c Choice) bool { return c.Value == value })
}

// AsksImportance reports whether each area of the matrix is rated for importance.
func (q *Question) AsksImportance() bool { return q.Kind == KindMatrix && q.Importance != nil }

// Speaks reports whether residents may choose the language.
func (q *Questionnaire) Speaks(lang string) bool {
	return lang == Polish || slices.Contains(q.Languages, lang)
}

// Score returns the score of choice i (counted from 0), oriented so that higher is better, or nil.
func (s *Scale) score(i int) *float64 {
	if p := s.Points[i].Score; p != nil {
		return p
	}
	if s.BestFirst {
		return score(float64(len(s.Points) - i))
	}
	return score(float64(i + 1))
}

func (s *Scale) choices() []Choice {
	choices := make([]Choice, len(s.Points))
	for i, p := range s.Points {
		choices[i] = Choice{Value: itoa(i + 1), Label: p.Label, Score: s.score(i)}
	}
	return choices
}

// yesNoChoices are not scored: a share of "tak" is what gets reported.
func (q *Question) yesNoChoices() []Choice {
	yes := Choice{Value: "yes", Label: Text{"tak", "yes", "так"}}
	partly := Choice{Value: "partly", Label: Text{"częściowo", "partly", "частково"}}
	no := Choice{Value: "no", Label: Text{"nie", "no", "ні"}}
	if q.Partly {
		return []Choice{yes, partly, no}
	}
	return []Choice{yes, no}
}

// Has reports whether the question offers the opt-out.
func (q *Question) Has(o OptOut) bool {
	for _, have := range q.OptOuts {
		if have == o {
			return true
		}
	}
	return false
}

// MaxText returns how many characters the free text of the question may have.
func (q *Question) MaxText() int {
	if q.Limit > 0 {
		return q.Limit
	}
	return MaxRemark
}

func score(f float64) *float64 { return &f }

package report

import (
	"slices"
	"strconv"
	"time"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// Breakdown is the one division of the submissions by which a public edition tells the overall rating. There is only
// one, as an archived Summary does not hold the cells of two: by which of them small groups could be had by
// subtraction could not be worked out any more.
type Breakdown string

// The breakdowns.
const (
	BreakdownNone    Breakdown = ""
	BreakdownChannel Breakdown = "channel"
	BreakdownMonth   Breakdown = "month"
	BreakdownPoint   Breakdown = "point" // then the counts by service point are told too, and else they are not
)

// Breakdowns lists them in the order of forms.
func Breakdowns() []Breakdown {
	return []Breakdown{BreakdownNone, BreakdownChannel, BreakdownMonth, BreakdownPoint}
}

// Bounds of a public edition's threshold. It is never lower than that of the report.
const (
	PublicFloor   = stats.DefaultThreshold
	PublicDefault = stats.HighestThreshold
	PublicHighest = 100
)

// PublicRules say what of a report the office lets everybody read.
type PublicRules struct {
	Threshold int       `json:"threshold"`
	Breakdown Breakdown `json:"breakdown"`
	Remarks   bool      `json:"remarks"` // approved remarks are told
	Licence   string    `json:"licence"` // Licence.Key
}

// Check returns an *survey.InvalidError that names the fields that are wrong.
func (r PublicRules) Check() error {
	var bad survey.InvalidError
	switch {
	case r.Threshold < PublicFloor:
		bad.Add("threshold", survey.ProblemBelow, PublicFloor)
	case r.Threshold > PublicHighest:
		bad.Add("threshold", survey.ProblemAbove, PublicHighest)
	}
	if !slices.Contains(Breakdowns(), r.Breakdown) {
		bad.Add("breakdown", survey.ProblemUnknown, 0)
	}
	if _, known := LicenceOf(r.Licence); !known {
		bad.Add("licence", survey.ProblemUnknown, 0)
	}
	return bad.Err()
}

// Edition is a public edition of an archived report: what is left of its Summary when all is taken away that the
// public rules hold back. Nothing is added to the report and nothing is computed anew, so that whoever has both learns
// nothing of the two that the report alone does not tell.
type Edition struct {
	Name          string            `json:"name"` // <year>-<number>, in addresses
	Number        int               `json:"number"`
	Office        string            `json:"office"`
	Slug          string            `json:"slug"`
	Address       string            `json:"address"` // https://osielsko.ocenaurzedu.eu
	Sample        bool              `json:"sample"`
	GeneratedAt   time.Time         `json:"generated_at"` // the report
	PublishedAt   time.Time         `json:"published_at"`
	Rules         PublicRules       `json:"rules"` // as they came out: see NewEdition
	ServicePoints map[string]string `json:"service_points,omitempty"`
	Held          int               `json:"held"` // items that are held back and that the report tells
	Summary       *stats.Summary    `json:"summary"`
}

// Refusal says why a report can't have a public edition; "": it can.
type Refusal string

// The refusals.
const (
	RefusalPart     Refusal = "part"     // it takes in a choice of channels or service points
	RefusalFew      Refusal = "few"      // fewer submissions than the threshold
	RefusalOverlaps Refusal = "overlaps" // with too many published reports, see mostOverlaps
)

// RefusePublic says why a report can't be published under the rules beside the editions that ever were.
func RefusePublic(d *Document, rules PublicRules, earlier []*Edition) Refusal {
	s := d.Summary
	switch {
	case len(s.Filter.Channels) > 0 || len(s.Filter.ServicePoints) > 0:
		return RefusalPart
	case s.N < max(rules.Threshold, s.Threshold):
		return RefusalFew
	case overlaps(d, earlier) > mostOverlaps:
		return RefusalOverlaps
	}
	return ""
}

// NewEdition makes the public edition of a report that is not refused. earlier are all editions that the office ever
// published, withdrawn ones too, as somebody may have kept them: what could be had by subtraction from them is held
// back. Rules of the edition have the threshold of the report where that is higher, and no breakdown where an edition of
// an overlapping period has told another one.
func NewEdition(d *Document, rules PublicRules, earlier []*Edition, at time.Time) *Edition {
	rules.Threshold = max(rules.Threshold, d.Summary.Threshold)
	near := connected(d, earlier)
	for _, e := range near {
		if e.Rules.Breakdown != BreakdownNone && e.Rules.Breakdown != rules.Breakdown {
			rules.Breakdown = BreakdownNone
		}
	}
	c := &cover{from: d.Summary, rules: rules, earlier: near}
	e := &Edition{Name: EditionName(d), Number: d.Number, Office: d.Office.Name, Slug: d.Slug, Address: d.Address, Sample: d.Sample,
		GeneratedAt: d.GeneratedAt, PublishedAt: at, Rules: rules, Summary: c.summary()}
	for _, each := range c.fresh {
		if each {
			e.Held++
		}
	}
	if rules.Breakdown == BreakdownPoint {
		e.ServicePoints = map[string]string{}
		for _, g := range e.Summary.ServicePoints {
			e.ServicePoints[g.Key] = d.servicePoint(g.Key)
		}
	}
	return e
}

// EditionName names the public edition of a report in addresses: the year in which its period ends, and its number.
func EditionName(d *Document) string {
	return d.Summary.Filter.To.String()[:4] + "-" + strconv.Itoa(d.Number)
}

// Document is the edition as a document, for charts, notes and conclusions.
func (e *Edition) Document() *Document {
	return &Document{Office: survey.Office{Name: e.Office}, Slug: e.Slug, Title: PublicTitle, Summary: e.Summary, ServicePoints: e.ServicePoints,
		Number: e.Number, GeneratedAt: e.GeneratedAt, Address: e.Address, Sample: e.Sample}
}

// PublicTitle is the title of public editions.
const PublicTitle = "Wyniki badania satysfakcji klientów"

// Period is the period in words.
func (e *Edition) Period() string { return periodWords(e.Summary.Filter.From, e.Summary.Filter.To) }

// FileAddress is the stable address of one of the edition's files, without the host.
func (e *Edition) FileAddress(file string) string { return "/wyniki/dane/" + e.Name + "/" + file }

// WithRemarks returns the edition with only those remarks that keep lets pass.
func (e *Edition) WithRemarks(keep func(question, text string) bool) *Edition {
	s, out := *e.Summary, *e
	s.Remarks = []stats.RemarkGroup{}
	for _, g := range e.Summary.Remarks {
		g.Remarks = slices.DeleteFunc(slices.Clone(g.Remarks), func(r stats.Remark) bool { return !keep(g.Question, r.Text) })
		if len(g.Remarks) > 0 {
			s.Remarks = append(s.Remarks, g)
		}
	}
	out.Summary = &s
	return &out
}

// Licence is under which conditions the data may be used again.
type Licence struct{ Key, Name, Address string }

// Licences lists those that an office can choose of. The first is what the Act of 11 August 2021 on open data and the
// re-use of public sector information gives where an office sets no conditions.
func Licences() []Licence {
	return []Licence{
		{"isp", "informacja sektora publicznego bez warunków ponownego wykorzystywania", "https://isap.sejm.gov.pl/isap.nsf/DocDetails.xsp?id=WDU20210001641"},
		{"cc0", "CC0 1.0 – przekazanie do domeny publicznej", "https://creativecommons.org/publicdomain/zero/1.0/deed.pl"},
		{"cc-by", "CC BY 4.0 – uznanie autorstwa", "https://creativecommons.org/licenses/by/4.0/deed.pl"},
	}
}

// LicenceOf returns the licence with a key.
func LicenceOf(key string) (Licence, bool) {
	for _, l := range Licences() {
		if l.Key == key {
			return l, true
		}
	}
	return Licence{}, false
}

// Licence is the licence of the edition's data.
func (e *Edition) Licence() Licence {
	l, _ := LicenceOf(e.Rules.Licence) // Check knew it
	return l
}

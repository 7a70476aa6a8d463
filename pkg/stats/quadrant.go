package stats

import (
	"cmp"
	"slices"

	"ocenaurzedu.eu/pkg/survey"
)

// QuadrantName says in which quarter of an importance–satisfaction chart a point lies. The names are stable.
type QuadrantName string

// The quarters (J. A. Martilla, J. C. James, Journal of Marketing 41, 1977), in the order of what to look at first.
const (
	QuadrantImprove     QuadrantName = "improve"      // important, but less satisfying: priorytet do poprawy
	QuadrantStrength    QuadrantName = "strength"     // important and satisfying: mocne strony
	QuadrantLowPriority QuadrantName = "low_priority" // neither: niski priorytet
	QuadrantExcess      QuadrantName = "excess"       // satisfying, but less important: nadmiar
)

// QuadrantNames lists the quarters in the order of reports.
func QuadrantNames() []QuadrantName {
	return []QuadrantName{QuadrantImprove, QuadrantStrength, QuadrantLowPriority, QuadrantExcess}
}

// Quadrant sets the satisfaction with the rows (or areas) of a question against their importance. Each axis is cut
// at the grand mean of its own scale: the mean of the points' means, each point weighing the same. A mean on the cut
// counts as high. Only points whose two means are both told are in it, at least two.
//
// CSI is the customer satisfaction index in its classic form, Σwᵢx̄ᵢ/(kΣwᵢ)·100, where wᵢ is the mean importance of a
// point, x̄ᵢ its mean satisfaction and k the number of points of the satisfaction scale. It asks for scores from 1 to
// k: others are stretched evenly onto 1 … k, those of importance likewise. Its lowest value is 100/k, not 0.
type Quadrant struct {
	Question     string          `json:"question"`
	Label        survey.Text     `json:"label"`
	Versions     []int           `json:"versions"` // numbers of the versions that the question's series spans
	Break        bool            `json:"break,omitempty"`
	Importance   Axis            `json:"importance"`
	Satisfaction Axis            `json:"satisfaction"`
	Points       []QuadrantPoint `json:"points"`   // by quarter, in each the most important first
	Withheld     int             `json:"withheld"` // rows or areas left out, as not both their means are told
	CSI          float64         `json:"csi"`      // 0 to 100; 0 where importance is derived
	// Derived is true where nobody was asked for importance: it is Spearman's ρ of a row's ratings with the overall
	// rating (wyprowadzona), so that its axis goes from −1 to 1. Then Question, Label and Break are of the first matrix
	// whose rows are in it, and Versions are of all.
	Derived bool `json:"derived,omitempty"`
}

// Axis is one scale of a quadrant.
type Axis struct {
	Cut    float64 `json:"cut"` // the grand mean
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
	Points int     `json:"points"`
}

// QuadrantPoint is a row of a paired matrix, or an area of a matrix whose areas are rated for importance. Of an area
// the satisfaction is that of Area: pooled over its rows.
type QuadrantPoint struct {
	Question     string       `json:"question"`      // that the row or area is of
	Row          string       `json:"row,omitempty"` // none: the area itself
	Area         string       `json:"area,omitempty"`
	Label        survey.Text  `json:"label"`
	Versions     []int        `json:"versions"`
	Break        bool         `json:"break,omitempty"` // another point has the same row
	Importance   Figure       `json:"importance"`
	Satisfaction Figure       `json:"satisfaction"`
	Quadrant     QuadrantName `json:"quadrant"`
}

// onCut is by how much a mean may differ from the cut by rounding alone.
const onCut = 1e-9

// quadrants makes one quadrant of each series that asks for importance.
func quadrants(all []*series, threshold int) []Quadrant {
	out := []Quadrant{}
	for _, s := range all {
		if q := s.quadrant(threshold); len(q.Points) >= 2 {
			out = append(out, q)
		}
	}
	return out
}

// quadrant takes in the importance that was asked on the newest scale: means on different scales have no mean.
func (s *series) quadrant(threshold int) Quadrant {
	q := Quadrant{Question: s.question.Key, Label: s.question.Label, Versions: s.versions, Break: s.again}
	asked := slices.DeleteFunc(slices.Clone(s.lines), func(l *line) bool { return l.aspect != survey.AspectImportance })
	if len(asked) == 0 {
		return q
	}
	newest := slices.MaxFunc(asked, func(a, b *line) int { return cmp.Compare(slices.Max(a.versions), slices.Max(b.versions)) })
	for _, l := range asked {
		if structure(l.choices) != structure(newest.choices) {
			continue
		}
		p, importance, satisfaction := s.point(l, threshold)
		if !p.Importance.OK || !p.Satisfaction.OK {
			q.Withheld++
			continue
		}
		q.Points, q.Importance, q.Satisfaction = append(q.Points, p), importance, satisfaction
	}
	if len(q.Points) > 0 {
		q.cut()
		q.index()
	}
	return q
}

// point sets the satisfaction that belongs to a line of importance beside it; the axes have no cut yet.
func (s *series) point(l *line, threshold int) (p QuadrantPoint, importance, satisfaction Axis) {
	it := s.toItem(l, threshold)
	p = QuadrantPoint{Question: s.question.Key, Row: it.Row, Area: it.Area, Label: it.Label, Versions: it.Versions, Break: it.Break, Importance: it.Rating}
	importance = Axis{Min: it.Min, Max: it.Max, Points: it.Points}
	if l.area.Key != "" {
		a := s.area(l.area, threshold)
		p.Satisfaction, satisfaction = a.Rating, Axis{Min: a.Min, Max: a.Max, Points: a.Points}
		return p, importance, satisfaction
	}
	for _, other := range s.lines {
		if other.aspect == survey.AspectSatisfaction && other.pairs(l) {
			it := s.toItem(other, threshold)
			p.Satisfaction, satisfaction = it.Rating, Axis{Min: it.Min, Max: it.Max, Points: it.Points}
		}
	}
	return p, importance, satisfaction
}

// cut finds the grand means, and the quarter of each point.
func (q *Quadrant) cut() {
	for _, p := range q.Points {
		q.Importance.Cut += p.Importance.Value / float64(len(q.Points))
		q.Satisfaction.Cut += p.Satisfaction.Value / float64(len(q.Points))
	}
	for i := range q.Points {
		p := &q.Points[i]
		important, satisfying := p.Importance.Value >= q.Importance.Cut-onCut, p.Satisfaction.Value >= q.Satisfaction.Cut-onCut
		switch {
		case important && satisfying:
			p.Quadrant = QuadrantStrength
		case important:
			p.Quadrant = QuadrantImprove
		case satisfying:
			p.Quadrant = QuadrantExcess
		default:
			p.Quadrant = QuadrantLowPriority
		}
	}
	place := func(p QuadrantPoint) int { return slices.Index(QuadrantNames(), p.Quadrant) }
	slices.SortStableFunc(q.Points, func(a, b QuadrantPoint) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(b.Importance.Value, a.Importance.Value))
	})
}

// index fills the CSI. Weights are 1 or more, so that their sum is above 0.
func (q *Quadrant) index() {
	sum, weights := 0.0, 0.0
	for _, p := range q.Points {
		w := q.Importance.stretch(p.Importance.Value)
		sum += w * q.Satisfaction.stretch(p.Satisfaction.Value)
		weights += w
	}
	q.CSI = sum / (float64(q.Satisfaction.Points) * weights) * 100
}

// stretch maps a mean from the scale's own scores onto 1 … k evenly; scores from 1 to k stay as they are.
func (a Axis) stretch(mean float64) float64 {
	return 1 + (mean-a.Min)/(a.Max-a.Min)*float64(a.Points-1)
}

package stats

import (
	"cmp"
	"slices"

	"ocenaurzedu.eu/pkg/survey"
)

// OfficeResult is what a county may know of one of its offices: counts.
type OfficeResult struct {
	TenantID   int64
	Name       string
	Population int            // 0: not known
	Threshold  int            // its own, which holds where it is higher than the county's; 0: the county's
	Tallies    []survey.Tally // oldest version first
}

// CountySummary compares a county's offices. All that spans offices is made of the offices whose rating is
// told, so that none that is withheld can be had by subtraction, not by an office either that takes its own figures off: what
// is left are figures of others that are told themselves, or, of an area, that are made of enough answers in each office.
type CountySummary struct {
	Threshold  int             `json:"threshold"`
	N          int             `json:"n"`
	Offices    []OfficeSummary `json:"offices"`    // in the order given
	Comparable bool            `json:"comparable"` // all offices told rate on scores of the same number and range: points and Top2 may be compared, else percents only
	Mean       CountyFigure    `json:"mean"`       // each office has the weight 1
	Pooled     CountyFigure    `json:"pooled"`     // each answer has the weight 1
	Weighted   CountyFigure    `json:"weighted"`   // by population; offices whose population is not known are left out
	Best       []CountyArea    `json:"best"`       // up to 3, best first; no area is in both lists
	Worst      []CountyArea    `json:"worst"`      // up to 3, worst first
}

// OfficeSummary is one office's overall rating. N is always told.
type OfficeSummary struct {
	TenantID   int64   `json:"tenant_id"`
	Name       string  `json:"name"`
	Population int     `json:"population"` // 0: not known
	N          int     `json:"n"`          // submissions
	Suppressed bool    `json:"suppressed"` // there are answers, but too few
	Rating     Figure  `json:"rating"`     // not OK: suppressed, no answers, or no overall question
	Percent    float64 `json:"percent"`    // of the range of the scale, 0 to 100; 0 where Rating is not OK
	Top2       Share   `json:"top2"`
	Min        float64 `json:"min"`
	Max        float64 `json:"max"`
	Points     int     `json:"points"`
	Box        int     `json:"box"`
}

// CountyFigure is a figure over offices. OK is false where fewer than two offices can be taken in.
type CountyFigure struct {
	OK      bool    `json:"ok"`
	Offices int     `json:"offices"`
	N       int     `json:"n"`       // ratings of these offices
	Value   float64 `json:"value"`   // in points; 0 unless Comparable
	Percent float64 `json:"percent"` // of range, 0 to 100
}

// CountyArea is an area over at least two offices, joined by key and Polish label.
type CountyArea struct {
	Key     string      `json:"key"`
	Label   survey.Text `json:"label"`
	Offices int         `json:"offices"`
	Percent float64     `json:"percent"` // mean of the offices' percent of range, 0 to 100
}

// mostAreas is how many of the best and of the worst areas a county is told.
const mostAreas = 3

// SummarizeCounty makes a county's figures of its offices' tallies.
func SummarizeCounty(offices []OfficeResult, rules Rules) *CountySummary {
	c := &CountySummary{Threshold: rules.threshold(), Offices: []OfficeSummary{}}
	var told []OfficeSummary
	var areas [][]Area
	for _, o := range offices {
		s := Summarize(survey.Results{Tallies: o.Tallies}, survey.Filter{}, Rules{Threshold: max(rules.threshold(), o.Threshold)})
		office := o.summary(s)
		c.N += office.N
		c.Offices = append(c.Offices, office)
		areas = append(areas, newest(s.Areas))
		if office.Rating.OK {
			told = append(told, office)
		}
	}
	c.Comparable = oneScale(told)
	c.Mean = c.figure(told, func(OfficeSummary) float64 { return 1 })
	c.Pooled = c.figure(told, func(o OfficeSummary) float64 { return float64(o.Rating.N) })
	c.Weighted = c.figure(told, func(o OfficeSummary) float64 { return float64(o.Population) })
	c.Best, c.Worst = bestAndWorst(areas)
	return c
}

func (o OfficeResult) summary(s *Summary) OfficeSummary {
	out := OfficeSummary{TenantID: o.TenantID, Name: o.Name, Population: o.Population, N: s.N}
	if s.Overall == nil {
		return out
	}
	it := s.Overall
	out.Suppressed, out.Rating, out.Top2 = it.Suppressed, it.Rating, it.Top2
	out.Min, out.Max, out.Points, out.Box = it.Min, it.Max, it.Points, it.Box
	if it.Rating.OK {
		out.Percent = PercentOfRange(it.Rating.Value, it.Min, it.Max)
	}
	return out
}

// oneScale reports whether the offices rate on scores of the same number and range.
func oneScale(offices []OfficeSummary) bool {
	for _, o := range offices {
		if o.Min != offices[0].Min || o.Max != offices[0].Max || o.Points != offices[0].Points {
			return false
		}
	}
	return len(offices) > 0
}

// figure weights the offices' ratings; an office with the weight 0 is left out.
func (c *CountySummary) figure(offices []OfficeSummary, weight func(OfficeSummary) float64) CountyFigure {
	var f CountyFigure
	sum := 0.0
	for _, o := range offices {
		w := weight(o)
		if w <= 0 {
			continue
		}
		f.Offices++
		f.N += o.Rating.N
		f.Value += w * o.Rating.Value
		f.Percent += w * o.Percent
		sum += w
	}
	if f.Offices < 2 {
		return CountyFigure{}
	}
	f.OK, f.Value, f.Percent = true, f.Value/sum, f.Percent/sum
	if !c.Comparable {
		f.Value = 0
	}
	return f
}

// areaName is what joins areas of different offices.
type areaName struct{ key, label string }

// newest keeps of an office's areas those that are told, one of each name: the one of the newest version.
func newest(areas []Area) []Area {
	at := map[areaName]int{}
	var kept []Area
	for _, a := range areas {
		if !a.Rating.OK {
			continue
		}
		name := areaName{a.Key, a.Label.PL}
		i, found := at[name]
		switch {
		case !found:
			at[name] = len(kept)
			kept = append(kept, a)
		case slices.Max(a.Versions) > slices.Max(kept[i].Versions):
			kept[i] = a
		}
	}
	return kept
}

// bestAndWorst ranks the areas that at least two offices have by the mean of their percents of range.
func bestAndWorst(offices [][]Area) (best, worst []CountyArea) {
	at := map[areaName]int{}
	var all []CountyArea
	for _, areas := range offices {
		for _, a := range areas {
			name := areaName{a.Key, a.Label.PL}
			i, found := at[name]
			if !found {
				i = len(all)
				at[name] = i
				all = append(all, CountyArea{Key: a.Key, Label: a.Label})
			}
			all[i].Offices++
			all[i].Percent += PercentOfRange(a.Rating.Value, a.Min, a.Max)
		}
	}
	all = slices.DeleteFunc(all, func(a CountyArea) bool { return a.Offices < 2 })
	for i := range all {
		all[i].Percent /= float64(all[i].Offices)
	}
	slices.SortStableFunc(all, func(a, b CountyArea) int { return cmp.Compare(b.Percent, a.Percent) })
	n := min(mostAreas, (len(all)+1)/2)
	best = append([]CountyArea{}, all[:n]...)
	worst = append([]CountyArea{}, all[max(n, len(all)-mostAreas):]...)
	slices.Reverse(worst)
	return best, worst
}

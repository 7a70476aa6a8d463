// Package report writes a Summary as PDF, XLSX, CSV and JSON, and draws its charts as SVG and in the PDF
// from one geometry. It computes no figure: what a Summary withholds, no format can tell.
package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// DefaultTitle is a report's title where the office chose none.
const DefaultTitle = "Raport z badania satysfakcji klientów"

// WritersEdition counts what the writers of PDF and XLSX give: it is raised when, after a release, they give other bytes for the
// same Document. The archive keeps it with a report, so that it is known whether its bytes can be made again.
const WritersEdition = 2

// tooFew stands wherever a figure is withheld.
const tooFew = "n za małe"

// none stands where there is no figure to tell.
const none = "–"

// Document is a report: a Summary with what stands around it. Summary must not be nil. The same Document
// gives the same bytes in every format.
type Document struct {
	Office         survey.Office
	Slug           string
	Title          string // "": DefaultTitle
	Summary        *stats.Summary
	ServicePoints  map[string]string // Group.Key → name
	Questionnaires []survey.Version  // the versions spanned, for the annex; may be empty
	Number         int               // of the report in the office's archive; 0: a draft
	GeneratedAt    time.Time         // in the time zone in which it is printed
	GeneratedBy    string            // role and name or login of who generated it
	Address        string            // https://osielsko.ocenaurzedu.eu
	Sample         bool              // made of sample data, which every format says

	Comparison *stats.Comparison         // with an earlier report; nil: none to compare with
	Crosses    []stats.Cross             // the cross-tabs of the report; may be empty
	Actions    []survey.CorrectiveAction // the register of actions when the report was made; may be empty
	Peers      *Peers                    // the county's offices; nil: in no county, or too few of them
	Case       CaseRecord
	Crest      []byte // PNG or JPEG; nil: none
}

// Peers are the offices of the county that the office is in, this one included: the mean of their means, each with
// weight 1, in percent of range.
type Peers struct {
	County  string  `json:"county"`
	Offices int     `json:"offices"` // that have a figure
	Mean    float64 `json:"mean"`    // 0 to 100
	Own     float64 `json:"own"`     // this office's own percent of range
}

// CaseRecord is what the archivist writes on a report; all of it may be empty.
type CaseRecord struct {
	Sign     string `json:"sign"`     // znak sprawy
	JRWA     string `json:"jrwa"`     // symbol of the jednolity rzeczowy wykaz akt
	Category string `json:"category"` // kategoria archiwalna, A or B with years
}

func (d *Document) check() error {
	if d.Summary == nil {
		return fmt.Errorf("report %d of %s: no summary", d.Number, d.Slug)
	}
	return nil
}

func (d *Document) title() string {
	if d.Title == "" {
		return DefaultTitle
	}
	return d.Title
}

// period is the period in words, or "" if the filter has none.
func (d *Document) period() string {
	f := d.Summary.Filter
	return periodWords(f.From, f.To)
}

// servicePoint names a group of Summary.ServicePoints; submissions without one have the key "0".
func (d *Document) servicePoint(key string) string {
	if name := d.ServicePoints[key]; name != "" {
		return name
	}
	if key == "0" || key == "" {
		return "bez punktu obsługi"
	}
	return "punkt obsługi " + key
}

// overallQuestion is the question behind Summary.Overall, or nil.
func (d *Document) overallQuestion() *stats.Question {
	if d.Summary.Overall == nil {
		return nil
	}
	for i := range d.Summary.Questions {
		if q := &d.Summary.Questions[i]; q.Role == survey.RoleOverall {
			return q
		}
	}
	return nil
}

// seriesNote says, where a question's series is broken, which versions this series spans and where the
// question changed; otherwise it is "".
func (d *Document) seriesNote(q *stats.Question) string {
	if !q.Break || len(q.Versions) == 0 {
		return ""
	}
	var firsts []int
	for _, other := range d.Summary.Questions {
		if other.Key == q.Key && len(other.Versions) > 0 {
			firsts = append(firsts, other.Versions[0])
		}
	}
	slices.Sort(firsts)
	changed := slices.Compact(firsts)[1:]
	note := "Wyniki dla " + versionsGenitive(q.Versions) + "."
	if len(changed) > 0 {
		note += " Pytanie zmieniono w " + versionsLocative(changed) + ": wyniki osobno, bez łączenia serii."
	}
	return note
}

// numbered gives each series its number on the page: questions count up by key, and an older series keeps
// the number of the newer one.
func (d *Document) numbered() []string {
	numbers, seen := make([]string, len(d.Summary.Questions)), map[string]int{}
	for i, q := range d.Summary.Questions {
		if seen[q.Key] == 0 {
			seen[q.Key] = len(seen) + 1
		}
		numbers[i] = strconv.Itoa(seen[q.Key])
	}
	return numbers
}

func versionsGenitive(v []int) string {
	if len(v) == 1 {
		return "wersji " + strconv.Itoa(v[0])
	}
	return "wersji " + versionList(v)
}

func versionsLocative(v []int) string {
	if len(v) == 1 {
		return "wersji " + strconv.Itoa(v[0])
	}
	return "wersjach " + versionList(v)
}

// versionList writes version numbers as "1–3, 5".
func versionList(v []int) string {
	var parts []string
	for i := 0; i < len(v); {
		j := i
		for j+1 < len(v) && v[j+1] == v[j]+1 {
			j++
		}
		switch {
		case j == i:
			parts = append(parts, strconv.Itoa(v[i]))
		case j == i+1:
			parts = append(parts, strconv.Itoa(v[i]), strconv.Itoa(v[j]))
		default:
			parts = append(parts, strconv.Itoa(v[i])+"–"+strconv.Itoa(v[j]))
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

package web

import (
	"errors"
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// panelResultsPath is where an office reads its results; its parts stand below it.
const (
	panelResultsPath = "/panel/wyniki"
	crossPath        = panelResultsPath + "/przekroj"
	foundPath        = panelResultsPath + "/uwagi"
	themesPath       = panelResultsPath + "/tematy"
)

// resultsChoice is which answers an address of the results takes in. Every link of these pages carries it on.
type resultsChoice struct {
	Filter   survey.Filter
	Period   string // a preset's name; "": own days
	From, To string // as typed
	Presets  []resultsPreset
	Channels []picked
	Points   []picked
	Problems []survey.FieldError
	points   []store.ServicePoint
}

// resultsPreset is a period by name, which goes on with the calendar.
type resultsPreset struct {
	Name, Label string
	filter      survey.Filter
}

// defaultPeriod is what an address without a period takes in: a whole year, whenever that is asked.
const defaultPeriod = "12-miesiecy"

// resultsPresets are the periods to choose by one click.
func resultsPresets(today, first survey.Day) []resultsPreset {
	year, quarter := survey.NewDay(today.Year(), 1, 1), survey.NewDay(today.Year(), (today.Time().Month()-1)/3*3+1, 1)
	if first.IsZero() || today.Before(first) {
		first = today
	}
	return []resultsPreset{
		{defaultPeriod, "Ostatnie 12 miesięcy", survey.Filter{From: today.AddMonths(-12).Add(1), To: today}},
		{"rok", "Bieżący rok", survey.Filter{From: year, To: today}},
		{"poprzedni-rok", "Poprzedni rok", survey.Filter{From: year.AddMonths(-12), To: year.Add(-1)}},
		{"poprzedni-kwartal", "Poprzedni kwartał", survey.Filter{From: quarter.AddMonths(-3), To: quarter.Add(-1)}},
		{"wszystko", "Wszystkie wyniki", survey.Filter{From: first, To: today}},
	}
}

// addressFields are the names that the parts of a filter have in an address, and those of readFilter.
var addressFields = map[string]string{"od": "from", "do": "to", "kanal": "channel", "punkt": "point"}

// queryValues reads the query of an address.
func queryValues(c *fiber.Ctx) survey.Values {
	values := survey.Values{}
	for key, value := range c.Context().QueryArgs().All() {
		values[string(key)] = append(values[string(key)], string(value))
	}
	return values
}

// readResultsChoice reads the filter of an address or of a form. What is wrong with it is in Problems.
func (s *Server) readResultsChoice(c *fiber.Ctx, values survey.Values) (resultsChoice, error) {
	scope := s.scopeOf(c)
	points, err := scope.ServicePoints(c.UserContext())
	if err != nil {
		return resultsChoice{}, err
	}
	first, err := scope.FirstDay(c.UserContext())
	if err != nil {
		return resultsChoice{}, err
	}
	choice := resultsChoice{Period: values.Get("okres"), Presets: resultsPresets(s.today(), first), points: points}
	typed := survey.Values{}
	for name, field := range addressFields {
		typed[field] = slices.DeleteFunc(slices.Clone(values[name]), func(v string) bool { return v == "" })
	}
	var bad []survey.FieldError
	if choice.Period == "" && typed.Get("from") == "" && typed.Get("to") == "" {
		choice.Period = defaultPeriod
	}
	if choice.Period != "" {
		i := slices.IndexFunc(choice.Presets, func(p resultsPreset) bool { return p.Name == choice.Period })
		if i < 0 {
			bad, i = []survey.FieldError{{Field: "okres", Problem: survey.ProblemUnknown}}, 0
		}
		typed["from"], typed["to"] = []string{choice.Presets[i].filter.From.String()}, []string{choice.Presets[i].filter.To.String()}
	}
	filter, err := readFilter(typed, points, s.today())
	var invalid *survey.InvalidError
	if errors.As(err, &invalid) {
		bad = append(bad, invalid.Fields...)
	} else if err != nil {
		return resultsChoice{}, err
	}
	choice.Filter, choice.Problems, choice.From, choice.To = filter, bad, typed.Get("from"), typed.Get("to")
	choice.pick(typed)
	return choice, nil
}

// pick lists what can be ticked, and what is.
func (r *resultsChoice) pick(typed survey.Values) {
	for _, channel := range survey.Channels() {
		r.Channels = append(r.Channels, picked{string(channel), channelPL(channel), slices.Contains(typed["channel"], string(channel))})
	}
	for _, point := range append(slices.Clone(r.points), store.ServicePoint{Name: "bez punktu obsługi"}) {
		id := strconv.FormatInt(point.ID, 10)
		r.Points = append(r.Points, picked{id, point.Name, slices.Contains(typed["point"], id)})
	}
}

// query is the filter as an address has it.
func (r resultsChoice) query() url.Values {
	q := url.Values{}
	if r.Period != "" {
		if r.Period != defaultPeriod {
			q.Set("okres", r.Period)
		}
	} else {
		q.Set("od", r.From)
		q.Set("do", r.To)
	}
	for name, list := range map[string][]picked{"kanal": r.Channels, "punkt": r.Points} {
		for _, p := range list {
			if p.On {
				q.Add(name, p.Value)
			}
		}
	}
	return q
}

// Link is the address of a page with the same filter, and more fields in pairs; empty ones are left out.
func (r resultsChoice) Link(path string, more ...string) string {
	q := r.query()
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] != "" {
			q.Add(more[i], more[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// In is the same choice with a preset's period.
func (r resultsChoice) In(p resultsPreset) resultsChoice { r.Period = p.Name; return r }

// Hidden are the filter's fields for a form that goes on with it.
func (r resultsChoice) Hidden() []resendField {
	var fields []resendField
	for name, values := range r.query() {
		for _, value := range values {
			fields = append(fields, resendField{name, value})
		}
	}
	slices.SortFunc(fields, func(a, b resendField) int {
		return slices.Compare([]string{a.Name, a.Value}, []string{b.Name, b.Value})
	})
	return fields
}

// Problem returns what is wrong with a field; nil: nothing.
func (r resultsChoice) Problem(field string) *survey.FieldError {
	for i := range r.Problems {
		if r.Problems[i].Field == field {
			return &r.Problems[i]
		}
	}
	return nil
}

// Narrow says in words what the filter leaves out of its period; nothing: nothing.
func (r resultsChoice) Narrow() []string {
	var words []string
	for _, p := range slices.Concat(r.Channels, r.Points) {
		if p.On {
			words = append(words, p.Label)
		}
	}
	return words
}

// Before is the period of the same length that ends where this one begins: as many whole months where the period is
// made of them, else as many days.
func (r resultsChoice) Before() survey.Filter {
	f, after := r.Filter, r.Filter.To.Add(1)
	before := f
	before.To = f.From.Add(-1)
	before.From = f.From.Add(-after.Sub(f.From))
	for months := 1; months <= 120; months++ {
		if f.From.AddMonths(months) == after {
			before.From = f.From.AddMonths(-months)
		}
	}
	return before
}

package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// actionEffect is what reports tell of an action: the figure that it shall change, and whether it has.
type actionEffect struct {
	Why    string         // what stands in the way; "": it was measured
	Label  string         // of the figure; "": none is named
	Found  *stats.Finding // the figure in the report that the action was found in; nil: not told
	Before *told          // that report; nil: none
	After  *told          // the report that tells the effect; nil: none yet
	Change stats.Change
	Partly bool // answers from before the action are in the later report too
}

// told is a report's figures, decoded.
type told struct {
	ID      int64 // 0: the report in the making
	Number  int
	Filter  survey.Filter
	Summary *stats.Summary
}

// Measured reports whether the two figures may be set beside each other.
func (e *actionEffect) Measured() bool { return e.Why == "" && e.Change.Difference.OK }

// Verdict says what came of the action. Scores are such that higher is better.
func (e *actionEffect) Verdict() string {
	switch e.Change.Verdict {
	case stats.VerdictUp:
		return "poprawa"
	case stats.VerdictDown:
		return "pogorszenie"
	case stats.VerdictWithin:
		return "w granicach błędu – zmiany nie da się stwierdzić"
	case stats.VerdictTooFew:
		return fmt.Sprintf("za mało odpowiedzi, aby mówić o zmianie (z każdej strony potrzeba co najmniej %d)", stats.FewestToCompare)
	case stats.VerdictBroken:
		return "wyników nie można porównać, bo między raportami zmieniło się pytanie lub jego skala"
	case stats.VerdictNew:
		return "wyników nie można porównać, bo wcześniejszy raport nie miał tego pytania"
	}
	return "wyniku nie podajemy, bo odpowiedzi było zbyt mało (n za małe)"
}

// Difference writes the change of the mean with its interval: "+0,44 (od +0,21 do +0,67)".
func (e *actionEffect) Difference() string {
	d := e.Change.Difference
	return signed(d.Value) + " (od" + hardSpace + signed(d.Low) + " do" + hardSpace + signed(d.High) + ")"
}

func signed(f float64) string {
	s := report.Decimal(f, 2)
	if f > 0 && strings.Trim(s, "0,") != "" {
		return "+" + s
	}
	return s
}

// Figure writes a mean with its interval and n.
func (e *actionEffect) Figure(f stats.Figure) string {
	if !f.OK {
		return "–"
	}
	return report.Decimal(f.Value, 2) + " (" + report.FigureSpan(f) + "; n" + hardSpace + "=" + hardSpace + numberPL(f.N) + ")"
}

// Words tells the effect in a sentence or two, as the register on paper and a report have it; "": there is nothing to tell yet.
func (e *actionEffect) Words() string {
	if e == nil || e.Why != "" {
		return ""
	}
	if !e.Change.Difference.OK {
		return e.Label + ": " + e.Verdict() + "."
	}
	words := fmt.Sprintf("%s: przed %s, po %s, różnica %s: %s.", e.Label, e.Figure(e.Change.Before), e.Figure(e.Change.Now), e.Difference(), e.Verdict())
	if e.Partly {
		words += " Część odpowiedzi jest sprzed wykonania działania."
	}
	return glue(words)
}

// measurer looks for effects of actions, and reads each report once.
type measurer struct {
	scope *store.Scope
	now   *stats.Summary // of the report in the making; nil: only the archive is asked
	told  map[int]*told
	after map[afterKey]*told
	sides map[[2]int]*stats.Comparison
}

type afterKey struct {
	found int
	done  survey.Day
}

func newMeasurer(scope *store.Scope) *measurer {
	return &measurer{scope: scope, told: map[int]*told{}, after: map[afterKey]*told{}, sides: map[[2]int]*stats.Comparison{}}
}

func decodeFigures(f *store.ReportFigures) (*told, error) {
	t := told{ID: f.ID, Number: f.Number, Filter: f.Filter, Summary: &stats.Summary{}}
	if err := json.Unmarshal(f.Summary, t.Summary); err != nil {
		return nil, fmt.Errorf("summary of report %d: %w", f.Number, err)
	}
	return &t, nil
}

// report returns the report with a number.
func (m *measurer) report(ctx context.Context, number int) (*told, error) {
	if known := m.told[number]; known != nil {
		return known, nil
	}
	f, err := m.scope.ReportByNumber(ctx, number)
	if err != nil {
		return nil, err
	}
	m.told[number], err = decodeFigures(f)
	return m.told[number], err
}

// later returns the report that tells what became of what was found in one and done on a day, or survey.ErrNotFound.
func (m *measurer) later(ctx context.Context, found *told, done survey.Day) (*told, error) {
	if m.now != nil && tellsAfter(found.Filter, m.now.Filter, done) {
		return &told{Filter: m.now.Filter, Summary: m.now}, nil
	}
	key := afterKey{found.Number, done}
	known, asked := m.after[key]
	if !asked {
		f, err := m.scope.ReportAfter(ctx, found.Number, done)
		switch {
		case err == nil:
			known, err = decodeFigures(f)
		case errors.Is(err, survey.ErrNotFound):
			err = nil
		}
		if err != nil {
			return nil, err
		}
		m.after[key] = known
	}
	if known == nil {
		return nil, survey.ErrNotFound
	}
	return known, nil
}

// tellsAfter is what Scope.ReportAfter asks of a report of the archive.
func tellsAfter(found, now survey.Filter, done survey.Day) bool {
	choice := func(f survey.Filter) string { return fmt.Sprint(f.Channels, f.ServicePoints) }
	return choice(found) == choice(now) && found.To.Before(now.From) && done.Before(now.To)
}

// effect tells what reports say of an action.
func (m *measurer) effect(ctx context.Context, a survey.CorrectiveAction) (*actionEffect, error) {
	e := &actionEffect{}
	if a.Measure == (survey.Measure{}) {
		e.Why = "W działaniu nie wskazano wyniku, który ma się zmienić."
		return e, nil
	}
	if a.Report == 0 {
		e.Label, e.Why = measureValue(a.Measure), "Aby zmierzyć skutek, trzeba wskazać raport, z którego pochodzi ustalenie."
		return e, nil
	}
	found, err := m.report(ctx, a.Report)
	if err != nil {
		return nil, err
	}
	e.Before, e.Label = found, measureValue(a.Measure)
	if f, ok := found.Summary.Measured(a.Measure); ok {
		e.Found, e.Label = &f, f.Label.PL
	}
	if !a.Status.Done() {
		e.Why = "Skutek zmierzy pierwszy raport po wykonaniu działania."
		return e, nil
	}
	e.After, err = m.later(ctx, found, a.DoneOn)
	if errors.Is(err, survey.ErrNotFound) {
		e.Why = "Skutek zmierzy pierwszy raport z ankiet zebranych po wykonaniu działania, za okres, który zaczyna się po " + dayPL(found.Filter.To) + "."
		return e, nil
	}
	if err != nil {
		return nil, err
	}
	e.Partly = !a.DoneOn.Before(e.After.Filter.From)
	m.compare(e, a.Measure)
	return e, nil
}

// compare sets the figure in the two reports beside each other.
func (m *measurer) compare(e *actionEffect, measure survey.Measure) {
	key := [2]int{e.Before.Number, e.After.Number}
	c := m.sides[key]
	if c == nil {
		c = stats.Compare(e.Before.Summary, e.After.Summary)
		m.sides[key] = c
	}
	change, label, ok := c.Of(measure)
	if !ok {
		e.Why = "Późniejszy raport nie ma już tego wyniku: pytanie usunięto z ankiety."
		return
	}
	e.Change, e.Label = change, label.PL
}

// documentActions returns the register for a report in the making, whose own figures may tell what became of an action.
func (s *Server) documentActions(ctx context.Context, scope *store.Scope, now *stats.Summary) ([]survey.CorrectiveAction, error) {
	actions, err := scope.Actions(ctx)
	if err != nil {
		return nil, err
	}
	m := newMeasurer(scope)
	m.now = now
	for i := range actions {
		effect, err := m.effect(ctx, actions[i])
		if err != nil {
			return nil, err
		}
		actions[i].Effect = effect.Words()
		actions[i].SignedAt = actions[i].SignedAt.UTC()
	}
	return actions, nil
}

// proposal is a finding of a report, and the form that makes an action of it.
type proposal struct {
	stats.Finding
	Address string
}

// Proposals are what a report's page offers to act on; none to whom may not.
func (p reportPage) Proposals() []proposal {
	if !p.Acts() {
		return nil
	}
	var all []proposal
	for _, f := range stats.Findings(p.Summary) {
		query := url.Values{"raport": {strconv.Itoa(p.Report.Number)}, "wynik": {measureValue(f.Measure)}}
		all = append(all, proposal{f, actionsPath + "/nowe?" + query.Encode()})
	}
	return all
}

// measureValue writes a measure as a form's field has it: question, question.row or question@area.
func measureValue(m survey.Measure) string {
	switch {
	case m.Area != "":
		return m.Question + "@" + m.Area
	case m.Row != "":
		return m.Question + "." + m.Row
	}
	return m.Question
}

// parseMeasure reads what measureValue writes.
func parseMeasure(s string) survey.Measure {
	if question, area, ok := strings.Cut(s, "@"); ok {
		return survey.Measure{Question: question, Area: area}
	}
	question, row, _ := strings.Cut(s, ".")
	return survey.Measure{Question: question, Row: row}
}

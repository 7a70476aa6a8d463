package main

import (
	"context"
	"fmt"
	"time"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// edition is a version of the questionnaire of the demo's first office after the first one.
type edition struct {
	monthsAgo int // when it was published
	edit      func(*survey.Questionnaire)
}

// demoEditions are what an office does to its questionnaire in three years: it words better, asks more, asks another way.
// The first version is the default questionnaire.
func demoEditions() []edition {
	return []edition{{29, rewordContact}, {21, askMinutes}, {13, askAnew}, {5, askImportance}}
}

// rewordContact changes words alone: the series goes on.
func rewordContact(q *survey.Questionnaire) {
	q.Question("contact").Label.PL = "W jaki sposób najczęściej kontaktowano się z nami w tej sprawie?"
}

// askMinutes asks those who came how long they waited.
func askMinutes(q *survey.Questionnaire) {
	visit := &q.Sections[0]
	visit.Questions = append(visit.Questions, survey.Question{
		Key: "minutes", Kind: survey.KindNumber, Label: survey.Text{PL: "Ile minut trwało czekanie na obsługę?", EN: "How many minutes did you wait?", UK: "Скільки хвилин тривало очікування?"},
		Max: 180, Unit: survey.Text{PL: "min", EN: "min", UK: "хв"}, OptOuts: []survey.OptOut{survey.NoOpinion},
		ShowIf: &survey.Rule{All: []survey.Condition{{Question: "contact", Is: []string{"in_person"}}}},
	})
}

// askAnew asks "tak" or "nie" where there was a third answer, which is another series, and whether people would
// recommend the office.
func askAnew(q *survey.Questionnaire) {
	settled := q.Question("settled")
	settled.Partly, settled.Series = false, 2
	for i := range q.Sections {
		section := &q.Sections[i]
		if section.Key != "summary" {
			continue
		}
		section.Questions = append(section.Questions[:1:1], append([]survey.Question{{
			Key: "recommend", Kind: survey.KindNPS, OptOuts: []survey.OptOut{survey.NoOpinion},
			Label: survey.Text{PL: "Czy poleci Pani/Pan znajomym załatwianie spraw w naszym urzędzie?", EN: "Would you recommend our office to people you know?", UK: "Чи порадите Ви знайомим вирішувати справи в нашій установі?"},
		}}, section.Questions[1:]...)...)
	}
}

// askImportance asks how important each area is.
func askImportance(q *survey.Questionnaire) {
	labels := [][3]string{
		{"nieważne", "unimportant", "неважливо"}, {"mało ważne", "of little importance", "мало важливо"},
		{"średnio ważne", "moderately important", "помірно важливо"}, {"ważne", "important", "важливо"}, {"bardzo ważne", "very important", "дуже важливо"},
	}
	scale := &survey.Scale{Digits: true}
	for _, l := range labels {
		scale.Points = append(scale.Points, survey.Point{Label: survey.Text{PL: l[0], EN: l[1], UK: l[2]}})
	}
	q.Question("quality").Importance = scale
}

// addDemoHistory gives the first office three years of answers to five versions, with the report before each change that
// § 5 of the order asks for. An office that has any answer is left alone.
func (s *service) addDemoHistory(ctx context.Context, p *program) error {
	t, sample, err := s.demoTenant(ctx)
	if err != nil || t == nil {
		return err
	}
	o := &console{ctx, s.store, siteOf(s.cfg), s.now}
	scope := s.store.Scope(t.ID)
	if first, err := scope.FirstDay(ctx); err != nil || !first.IsZero() {
		return err
	}
	secret, err := s.store.Secret(ctx)
	if err != nil {
		return err
	}
	editions := demoEditions()
	begins := []survey.Day{survey.DayOf(s.now().AddDate(-demoYears, 0, 0))}
	for _, e := range editions {
		begins = append(begins, survey.DayOf(s.now().AddDate(0, -e.monthsAgo, 0)))
	}
	begins = append(begins, survey.DayOf(s.now()).Add(-1))
	all := len(likelyDays(begins[0], begins[len(begins)-1].Add(-1)))
	total := 0
	for i := range len(editions) + 1 {
		if i > 0 {
			if err := s.publishEdition(ctx, t, editions[i-1], begins[i]); err != nil {
				return err
			}
		}
		share := sample
		days := likelyDays(begins[i], begins[i+1].Add(-1))
		share.n = (sample.n*len(days) + all - 1) / all
		n, err := o.addSamples(share, *t, secret, days)
		if err != nil {
			return err
		}
		total += n
	}
	_, _ = fmt.Fprintf(p.err, "%s: %d sample answers to %d versions\n", t.Slug, total, len(editions)+1)
	return nil
}

// demoTenant returns the office with the history, or nil where it is missing.
func (s *service) demoTenant(ctx context.Context) (*survey.Tenant, sampleOffice, error) {
	for _, sample := range sampleOffices {
		if sample.slug != demoOffice {
			continue
		}
		d, err := s.store.Directory(ctx)
		if err != nil {
			return nil, sample, err
		}
		for i := range d.Tenants {
			if d.Tenants[i].Slug == demoOffice {
				return &d.Tenants[i], sample, nil
			}
		}
	}
	return nil, sampleOffice{}, nil
}

// publishEdition makes the report so far and publishes the changed questionnaire, both on the morning of the day.
func (s *service) publishEdition(ctx context.Context, t *survey.Tenant, e edition, day survey.Day) error {
	at := day.Time()
	by := store.Actor{Login: "administrator@" + t.Slug + ".example", At: time.Date(at.Year(), at.Month(), at.Day(), 7, 30, 0, 0, s.now().Location())}
	if _, err := s.server.ArchiveSoFar(ctx, t, by); err != nil {
		return err
	}
	scope := s.store.Scope(t.ID)
	draft, err := scope.Draft(ctx)
	if err != nil {
		return err
	}
	e.edit(&draft.Questionnaire)
	v := store.NewVersion{Draft: *draft, By: by}
	if v.Sheet, v.Sheets, err = sheet.Frozen(&draft.Questionnaire); err != nil {
		return err
	}
	_, err = scope.Publish(ctx, v, nil)
	return err
}

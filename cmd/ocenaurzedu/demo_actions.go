package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// sampleAction is what an office might do about a row of the questionnaire that does badly. No office did any of it.
type sampleAction struct{ row, cause, action, owner, public string }

var sampleActions = [...]sampleAction{
	{"waiting", "W poniedziałki i w dni po świętach przychodzi dwa razy więcej osób niż zwykle, a stanowisk jest tyle samo.", "Drugie stanowisko w poniedziałki od 7.30 do 11.00; umawianie wizyt przez telefon.",
		"kierownik Referatu Organizacyjnego", "Pisali Państwo, że w poniedziałki długo się czeka. Dlatego w poniedziałki rano pracują dwa stanowiska, a wizytę można umówić przez telefon."},
	{"information", "Karty usług na stronie internetowej nie były przeglądane od dwóch lat.", "Przegląd wszystkich kart usług; na każdej lista dokumentów i opłat, w prostym języku.",
		"kierownik Referatu Organizacyjnego", "Zwracali Państwo uwagę, że na stronie trudno znaleźć aktualne informacje. Przejrzeliśmy wszystkie karty usług i napisaliśmy je prostszym językiem."},
	{"signs", "Tablice przy wejściu pokazują układ pokoi sprzed remontu.", "Nowe tablice na parterze i na każdym piętrze, z dużymi numerami i piktogramami.",
		"inspektor do spraw administracyjnych", "Mówili Państwo, że trudno trafić do właściwego pokoju. Zawiesiliśmy nowe tablice z dużymi numerami."},
	{"speed", "Sprawy czekają na opinie innych referatów, a nikt nie pilnuje tych terminów.", "Wewnętrzny termin trzech dni na opinię i cotygodniowy przegląd spraw, które czekają.",
		"sekretarz gminy", "Chcieli Państwo szybszego załatwiania spraw. Skróciliśmy czas, w którym referaty opiniują sprawy między sobą."},
	{"progress", "O przebiegu sprawy informujemy tylko na prośbę.", "Krótka wiadomość po przyjęciu wniosku i po każdym etapie, jeżeli ktoś poda e-mail lub telefon.",
		"kierownik Referatu Organizacyjnego", "Pisali Państwo, że nie wiadomo, co dzieje się ze sprawą. Teraz – kto chce – dostaje wiadomość po każdym etapie."},
	{"hours", "Urząd pracuje w tych samych godzinach, w których pracuje większość mieszkańców.", "W środy urząd czynny do 17.00, przez pół roku na próbę.",
		"sekretarz gminy", "Prosili Państwo o późniejsze godziny. W środy urząd jest czynny do 17.00."},
	{"privacy", "Dwa stanowiska stoją obok siebie bez przegrody.", "Przegroda między stanowiskami i oddzielny pokój do rozmów na życzenie.",
		"inspektor do spraw administracyjnych", "Mówili Państwo, że rozmowę słyszą inni. Ustawiliśmy przegrody, a na życzenie rozmawiamy w oddzielnym pokoju."},
	{"deadlines", "Terminy podajemy ustnie i z pamięci.", "Termin na piśmie przy przyjęciu wniosku i przypomnienie dla prowadzącego na trzy dni przed nim.",
		"kierownik Referatu Organizacyjnego", "Oczekiwali Państwo dotrzymywania terminów. Teraz każdy dostaje termin na piśmie."},
	{"clarity", "Pisma powstają ze starych wzorów.", "Dwanaście najczęstszych pism napisanych na nowo w prostym języku.",
		"sekretarz gminy", "Pisali Państwo, że nasze pisma są trudne. Napisaliśmy najczęstsze na nowo, prostszym językiem."},
}

// sampleActionOf returns what an office does about a finding; where none is written for it, something that fits all.
func sampleActionOf(row string) sampleAction {
	for _, a := range sampleActions {
		if a.row == row {
			return a
		}
	}
	return sampleAction{row, "Przyczyny ustalił przegląd uwag z ankiet i rozmowy na stanowiskach.", "Omówienie wyników z pracownikami i lista poprawek na każde stanowisko.",
		"kierownik Referatu Organizacyjnego", "Przeczytaliśmy Państwa uwagi i wspólnie z pracownikami poprawiliśmy to, co wypadło najsłabiej."}
}

// quarter returns the quarter that a day is in, so many quarters later.
func quarter(day survey.Day, later int) survey.Filter {
	month := day.Month()
	from := month.AddMonths(-(int(month.Time().Month())-1)%3 + 3*later)
	return survey.Filter{From: from, To: from.AddMonths(3).Add(-1)}
}

// addDemoActions gives each office of the demo a register: reports of the last two quarters, an action that was found in the
// first of them and done, one that goes on, and one that is overdue. An office that has any action is left alone.
func (s *service) addDemoActions(ctx context.Context) error {
	d, err := s.store.Directory(ctx)
	if err != nil {
		return err
	}
	today := survey.DayOf(s.now())
	before, after := quarter(today, -2), quarter(today, -1)
	for i := range d.Tenants {
		t := &d.Tenants[i]
		scope := s.store.Scope(t.ID)
		actions, err := scope.Actions(ctx)
		if err != nil {
			return err
		}
		first, err := scope.FirstDay(ctx)
		if err != nil {
			return err
		}
		if len(actions) > 0 || first.IsZero() || before.From.Before(first) {
			continue
		}
		found, err := s.demoReport(ctx, t, before)
		if err != nil {
			return err
		}
		done, err := s.addDemoFindings(ctx, t, found, after)
		if err != nil {
			return err
		}
		if _, err := s.demoReport(ctx, t, after); err != nil {
			return err
		}
		if done == 0 || t.Slug != demoOffice { // where there is a supervisor
			continue
		}
		sign := store.SignOff{Revision: 2, Note: "Proszę utrzymać i sprawdzić ponownie za rok.", SignedBy: "sekretarz@" + t.Slug + ".example", SignedAt: s.demoMoment(after.To.Add(14))}
		if err := scope.SignAction(ctx, done, sign); err != nil {
			return err
		}
	}
	return nil
}

// demoMoment is ten o'clock of a day, or now where that has not come yet.
func (s *service) demoMoment(day survey.Day) time.Time {
	now, at := s.now(), day.Time()
	if at = time.Date(at.Year(), at.Month(), at.Day(), 10, 0, 0, 0, now.Location()); now.Before(at) {
		return now
	}
	return at
}

// demoReport archives a report of a period, some days behind its end.
func (s *service) demoReport(ctx context.Context, t *survey.Tenant, period survey.Filter) (*store.Report, error) {
	return s.server.ArchiveReport(ctx, t, period, store.Actor{Login: "administrator@" + t.Slug + ".example", At: s.demoMoment(period.To.Add(9))})
}

// addDemoFindings makes actions of what does worst in a report, and returns the id of the one that was done.
func (s *service) addDemoFindings(ctx context.Context, t *survey.Tenant, found *store.Report, after survey.Filter) (int64, error) {
	var summary stats.Summary
	if err := json.Unmarshal(found.Summary, &summary); err != nil {
		return 0, err
	}
	scope, today, by := s.store.Scope(t.ID), survey.DayOf(s.now()), store.Actor{Login: found.GeneratedBy, At: found.GeneratedAt.Add(time.Hour)}
	var done int64
	n := 0
	for _, f := range stats.Findings(&summary) {
		if f.Measure.Row == "" || n == 3 {
			continue
		}
		sample := sampleActionOf(f.Measure.Row)
		a := survey.CorrectiveAction{Report: found.Number, Measure: f.Measure, Cause: sample.cause, Action: sample.action, Owner: sample.owner, PublicText: sample.public,
			Status: survey.ActionPlanned, Due: after.From.Add(45), Check: "Porównanie tej oceny w następnym raporcie.",
			Finding: fmt.Sprintf("„%s” – średnia %s w\u00a0skali od %s do %s (n\u00a0=\u00a0%d).", f.Label.PL, report.Decimal(f.Rating.Value, 2), report.Short(f.Min), report.Short(f.Max), f.Rating.N)}
		switch n {
		case 1:
			a.Status, a.Due = survey.ActionUnderWay, today.Add(40)
		case 2:
			a.Due, a.Cause, a.PublicText = today.Add(-12), "", ""
		}
		id, err := scope.AddAction(ctx, a, uuid.NewSHA1(uuid.NameSpaceURL, []byte(t.Slug+strconv.Itoa(n))).String(), by)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			done, a.ID, a.Revision = id, id, 1
			a.Status, a.DoneOn, a.Published = survey.ActionDone, after.From.Add(30), true
			if err := scope.SaveAction(ctx, a, store.Actor{Login: by.Login, At: s.demoMoment(a.DoneOn)}); err != nil {
				return 0, err
			}
		}
		n++
	}
	return done, nil
}

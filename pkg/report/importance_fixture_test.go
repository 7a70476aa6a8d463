package report

import (
	"math/rand/v2"
	"slices"
	"time"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

func points(labels ...string) *survey.Scale {
	s := &survey.Scale{}
	for _, label := range labels {
		s.Points = append(s.Points, survey.Point{Label: survey.PL(label)})
	}
	return s
}

// importanceQuestions are the questions of a survey that asks for importance, of rows and of areas, and asks why by
// rules. The second version corrects words.
func importanceQuestions(number int) []survey.Section {
	important := points("nieważne", "ważne", "bardzo ważne")
	satisfied := points("bardzo niezadowolony(-a)", "niezadowolony(-a)", "trudno powiedzieć", "zadowolony(-a)", "bardzo zadowolony(-a)")
	waiting, settled := "Czas oczekiwania na przyjecie", "Czy sprawa zostala załatwiona?"
	if number > 1 {
		waiting, settled = "Czas oczekiwania na przyjęcie", "Czy sprawa została załatwiona?"
	}
	row := func(key, label, area string) survey.Row {
		return survey.Row{Key: key, Label: survey.PL(label), Area: area}
	}
	return []survey.Section{
		{Key: "visit", Title: survey.PL("Wizyta"), Questions: []survey.Question{
			{Key: "settled", Kind: survey.KindYesNo, Label: survey.PL(settled), Partly: true},
			{Key: "missing", Kind: survey.KindMulti, Label: survey.PL("Czego zabrakło?"), ShowIf: &survey.Rule{All: []survey.Condition{{Question: "settled", Is: []string{"no", "partly"}}}},
				Options: []survey.Option{{Key: "time", Label: survey.PL("czasu")}, {Key: "papers", Label: survey.PL("dokumentów")}, {Key: "other", Label: survey.PL("czegoś innego"), Text: true}}},
			{Key: "overall", Kind: survey.KindScale, Label: survey.PL("Jak ogólnie ocenia Pani/Pan urząd?"), Scale: satisfied, Role: survey.RoleOverall},
			{Key: "remarks", Kind: survey.KindText, Label: survey.PL("Co się nie udało?"), ShowIf: &survey.Rule{Any: []survey.Condition{{Question: "overall", Is: []string{"1", "2"}}, {Question: "settled", Is: []string{"no"}}}}},
		}},
		{Key: "pairs", Title: survey.PL("Co się liczy"), Questions: []survey.Question{
			{Key: "pairs", Kind: survey.KindPaired, Label: survey.PL("Jak ważne są te cechy obsługi i czy jest Pani/Pan z nich zadowolona/-y?"), Scale: satisfied, Importance: important,
				Areas: []survey.Area{{Key: "people", Label: survey.PL("pracownicy"), Role: survey.RoleEmployee}, {Key: "course", Label: survey.PL("przebieg sprawy")}},
				Rows: []survey.Row{row("polite", "Uprzejmość i życzliwość pracowników", "people"), row("expert", "Fachowość pracowników", "people"), row("discreet", "Dyskrecja przy okienku", "people"),
					row("waiting", waiting, "course"), row("quick", "Szybkość załatwienia sprawy", "course"), row("informed", "Informowanie o postępach", "course"), row("parking", "Miejsce do zaparkowania", "course"),
					row("rare", "Pomoc tłumacza języka migowego", "course")}},
		}},
		{Key: "areas", Title: survey.PL("Obszary"), ShowIf: &survey.Rule{All: []survey.Condition{{Question: "settled", Is: []string{"no"}, Not: true}}}, Questions: []survey.Question{
			{Key: "areas", Kind: survey.KindMatrix, Label: survey.PL("Jak ocenia Pani/Pan obsługę?"), Scale: points("źle", "dostatecznie", "dobrze", "bardzo dobrze"), Importance: points("nieważne", "raczej ważne", "ważne", "najważniejsze"),
				Areas: []survey.Area{{Key: "reach", Label: survey.PL("dostępność urzędu")}, {Key: "staff", Label: survey.PL("kontakt z urzędnikiem")}, {Key: "result", Label: survey.PL("wynik sprawy")}},
				Rows:  []survey.Row{row("hours", "Godziny przyjęć", "reach"), row("phone", "Łatwość dodzwonienia się", "reach"), row("respect", "Traktowanie z szacunkiem", "staff"), row("words", "Zrozumiały język", "staff"), row("time", "Termin załatwienia sprawy", "result")}},
		}},
	}
}

// importanceDocument is a report of two versions of such a survey, 220 submissions; one row was rated by three people.
func importanceDocument() *Document {
	r := rand.New(rand.NewPCG(3, 7))
	results := survey.Results{Digest: "5be1"}
	d := &Document{Office: fixture().Office, Slug: "osielsko", Number: 8, GeneratedAt: fixture().GeneratedAt, Sample: true}
	for number, n := range []int{90, 130} {
		q := survey.Questionnaire{Key: "ankieta", Title: survey.PL("Ważność i zadowolenie"), Sections: importanceQuestions(number + 1)}
		v := &survey.Version{ID: int64(number + 1), Number: number + 1, Questionnaire: q, Layout: survey.NewLayout(&q), PublishedAt: time.Date(2025, time.Month(1+5*number), 3, 8, 0, 0, 0, time.UTC)}
		part := survey.TallyPart{Month: survey.NewDay(2025, time.Month(2+5*number), 1), Channel: survey.ChannelWeb, N: n, Counts: make([]int64, v.Layout.Counters)}
		for i := range n {
			v.Layout.Count(part.Counts, importanceCodes(r, v, number == 0 && i < 3), 1)
		}
		results.Tallies = append(results.Tallies, survey.Tally{Version: v, Parts: []survey.TallyPart{part}})
		d.Questionnaires = append(d.Questionnaires, *v)
	}
	d.Summary = stats.Summarize(results, survey.Filter{From: survey.NewDay(2025, 1, 1), To: survey.NewDay(2025, 12, 31)}, stats.Rules{})
	return d
}

// importanceCodes draws one submission: rows further down matter less, and some satisfy less.
func importanceCodes(r *rand.Rand, v *survey.Version, rare bool) []int16 {
	codes := make([]int16, len(v.Layout.Slots))
	for i, s := range v.Layout.Slots {
		lean := float64((7*i)%5) / 5
		value := int16(min(float64(s.Values-1), float64(s.Values)*(0.35*lean+0.65*r.Float64()+0.1)))
		switch {
		case s.Option != "":
			codes[i] = survey.CodeBlank + survey.CodeFirst*int16(r.IntN(2))
		case s.Row == "rare" && !rare, r.IntN(20) == 0:
			codes[i] = survey.CodeBlank
		case s.Question == "settled":
			codes[i] = survey.CodeFirst + int16(max(0, r.IntN(6)-3))
		default:
			codes[i] = survey.CodeFirst + value
		}
	}
	return codes
}

// itemIn finds an item of a document's question.
func itemIn(d *Document, question, row, aspect string) *stats.Item {
	for i := range d.Summary.Questions {
		if q := &d.Summary.Questions[i]; q.Key == question {
			if j := slices.IndexFunc(q.Items, func(it stats.Item) bool { return it.Row == row && it.Aspect == aspect }); j >= 0 {
				return &q.Items[j]
			}
		}
	}
	return nil
}

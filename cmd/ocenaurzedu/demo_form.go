package main

import (
	"math"
	"slices"
	"strconv"

	"ocenaurzedu.eu/pkg/survey"
)

// choice is an option of a question and how often it is picked.
type choice struct {
	value  string
	weight float64
}

// What people of the demo say of themselves and of their matter, in the default questionnaire's keys.
var (
	sampleDepartments = []choice{{"office", 12}, {"registry", 20}, {"finance", 24}, {"investment", 8}, {"land", 11}, {"utilities", 13}, {"education", 7}, {"other", 2}, {"unknown", 3}}
	sampleMatters     = map[string][]choice{
		"office":     {{"business", 5}, {"documents", 3}, {"other", 3}},
		"registry":   {{"documents", 20}, {"other", 1}},
		"finance":    {{"taxes", 16}, {"waste", 6}, {"business", 1}},
		"investment": {{"roads", 12}, {"land", 4}},
		"land":       {{"land", 18}, {"environment", 2}},
		"utilities":  {{"waste", 12}, {"environment", 7}, {"roads", 3}},
		"education":  {{"education", 16}},
		"other":      {{"other", 6}, {"environment", 2}},
		"unknown":    {{"documents", 3}, {"taxes", 3}, {"waste", 2}},
	}
	contactOnPaper   = []choice{{"in_person", 88}, {"phone", 8}, {"email", 2}, {"online", 1}, {"post", 1}}
	contactElsewhere = []choice{{"in_person", 52}, {"phone", 18}, {"email", 14}, {"online", 14}, {"post", 2}}
	settledWell      = []choice{{"yes", 86}, {"partly", 6}, {"no", 2}, {"na", 6}}
	settledBadly     = []choice{{"yes", 42}, {"partly", 28}, {"no", 22}, {"na", 8}}
	sampleSex        = []choice{{"woman", 58}, {"man", 36}, {"undisclosed", 6}}
	ageOnPaper       = []choice{{"under_25", 5}, {"from_25", 22}, {"from_40", 36}, {"from_60", 29}, {"from_75", 8}}
	ageElsewhere     = []choice{{"under_25", 12}, {"from_25", 46}, {"from_40", 32}, {"from_60", 9}, {"from_75", 1}}
	sampleEducation  = []choice{{"primary", 6}, {"vocational", 23}, {"secondary", 38}, {"higher", 33}}
	sampleResidence  = []choice{{"inside", 91}, {"outside", 9}}
	sampleClients    = []choice{{"person", 86}, {"business", 10}, {"organisation", 4}}
)

// rowEffect is what people everywhere rate lower, in points of the scale.
var rowEffect = map[string]float64{
	"waiting": -0.3, "hours": -0.2, "information": -0.2, "progress": -0.2, "access": -0.2, "privacy": -0.1, "speed": -0.1, "courtesy": 0.1, "knowledge": 0.1,
}

// notApplicable is how often a row does not apply; the others seldom do not.
var notApplicable = map[string]float64{"access": 0.28, "information": 0.12, "deadlines": 0.1, "progress": 0.12, "privacy": 0.06, "accuracy": 0.06}

// rowsToImprove tells which rows, rated low, make people ask for an improvement.
var rowsToImprove = []struct{ option, row string }{
	{"waiting", "waiting"}, {"speed", "speed"}, {"courtesy", "courtesy"}, {"clarity", "clarity"}, {"online", "information"},
	{"phone", "progress"}, {"hours", "hours"}, {"building", "access"},
}

// person is somebody who fills a form in.
type person struct {
	mood    float64            // of this person on that day, in points of the scale
	ratings map[string]float64 // of rows, before they are rounded
	overall int
	paper   bool
}

// form fills one form in. A kiosk asks for the overall rating, and nobody there answers more.
func (s *sampler) form(channel survey.Channel, day survey.Day) survey.Values {
	values := survey.Values{}
	who := s.person(channel, day)
	leaves := channel.OnPaper() && s.Float64() < 0.05 // never turns the page
	if !leaves {
		values["overall"] = []string{strconv.Itoa(who.overall)}
	}
	if channel == survey.ChannelKiosk {
		return values
	}
	s.visit(values, who)
	s.rate(values, who)
	if leaves {
		return values
	}
	s.recommend(values, who)
	s.improve(values, who)
	if s.Float64() < 0.18 { // about 18 % write something
		values["remarks"] = []string{s.remark(who.overall)}
	}
	s.profile(values, who)
	return values
}

// person makes somebody's mood, ratings and overall rating. Ratings of one person go together, and a few people
// are thoroughly dissatisfied.
func (s *sampler) person(channel survey.Channel, day survey.Day) person {
	who := person{mood: s.level + 0.55*s.NormFloat64(), ratings: map[string]float64{}, paper: channel.OnPaper()}
	if s.Float64() < 0.04 {
		who.mood -= 2
	}
	if channel == survey.ChannelWeb || channel == survey.ChannelQR {
		who.mood -= 0.25 // who looks for the page has a reason more often
	}
	if !day.Before(survey.DayOf(s.now.AddDate(-1, 0, 0))) {
		who.mood += s.trend
	}
	for _, area := range s.areas() {
		together := 0.2 * s.NormFloat64()
		for _, row := range area {
			rating := 4.6 + who.mood + together + rowEffect[row] + 0.4*s.NormFloat64()
			if slices.Contains(s.weak, row) {
				rating -= 0.5
			}
			who.ratings[row] = rating
		}
	}
	who.overall = point(4.52 + who.mood + 0.3*s.NormFloat64())
	return who
}

// areas lists the rows of the matrix by area.
func (s *sampler) areas() [][]string {
	quality := s.version.Questionnaire.Question("quality")
	if quality == nil {
		return nil
	}
	areas := make([][]string, len(quality.Areas))
	for i, area := range quality.Areas {
		for _, row := range quality.Rows {
			if row.Area == area.Key {
				areas[i] = append(areas[i], row.Key)
			}
		}
	}
	return areas
}

// point rounds a rating to one of the scale's five points.
func point(rating float64) int { return int(math.Round(min(5, max(1, rating)))) }

// visit answers what the matter was.
func (s *sampler) visit(values survey.Values, who person) {
	department := s.pick(sampleDepartments)
	s.answer(values, who, "department", department)
	if department == "other" && s.Float64() < 0.4 {
		values["department.other"] = []string{"Ewidencja działalności gospodarczej"}
	}
	s.answer(values, who, "matter", s.pick(sampleMatters[department]))
	if second := s.pick(sampleMatters[department]); s.Float64() < 0.15 && len(values["matter"]) == 1 && second != values["matter"][0] {
		values["matter"] = append(values["matter"], second)
	}
	contact, settled := contactElsewhere, settledWell
	if who.paper {
		contact = contactOnPaper
	}
	if who.overall <= 3 {
		settled = settledBadly
	}
	s.answer(values, who, "contact", s.pick(contact))
	how := s.pick(settled)
	if !s.version.Questionnaire.Question("settled").Partly && how == "partly" {
		how = "no"
	}
	s.answer(values, who, "settled", how)
	if s.asks("minutes") && slices.Equal(values["contact"], []string{"in_person"}) {
		s.answer(values, who, "minutes", strconv.Itoa(s.minutes(who)))
	}
}

func (s *sampler) asks(key string) bool { return s.version.Questionnaire.Question(key) != nil }

// minutes is how long somebody waited, mostly told in fives.
func (s *sampler) minutes(who person) int {
	waited := min(150, int(6+s.ExpFloat64()*5*max(0.5, 6-who.ratings["waiting"])))
	if waited > 5 && s.Float64() < 0.8 {
		waited = (waited + 2) / 5 * 5
	}
	return waited
}

// recommend says from 0 to 10 whether one would recommend the office.
func (s *sampler) recommend(values survey.Values, who person) {
	if s.asks("recommend") {
		would := int(math.Round(min(10, max(0, 2.1*(float64(who.overall)+0.5*who.mood)-0.9+0.7*s.NormFloat64()))))
		s.answer(values, who, "recommend", strconv.Itoa(would))
	}
}

// importance is how important an area is to people everywhere, in points.
var importance = map[string]float64{"conditions": 3.6, "approach": 4.3, "timeliness": 4.7, "competence": 4.6, "reliability": 4.5}

// rate fills the matrix in. Some tick the same column all the way down, some stop half-way, and on paper marks are
// missing or unreadable.
func (s *sampler) rate(values survey.Values, who person) {
	straight, stop := s.Float64() < 0.09, math.MaxInt
	if s.Float64() < 0.04 {
		stop = 4 + s.IntN(12)
	}
	rated := 0
	if quality := s.version.Questionnaire.Question("quality"); quality.AsksImportance() {
		for _, area := range quality.Areas {
			s.answer(values, who, "quality."+area.Key+"."+survey.AspectImportance, strconv.Itoa(point(importance[area.Key]+0.7*s.NormFloat64())))
		}
	}
	for _, area := range s.areas() {
		for _, row := range area {
			if rated++; rated > stop {
				return
			}
			field, rating := "quality."+row, strconv.Itoa(point(who.ratings[row]))
			if straight {
				values[field] = []string{strconv.Itoa(who.overall)}
				continue
			}
			switch x := s.Float64(); {
			case x < max(0.03, notApplicable[row]):
				rating = survey.ValueNotApplicable
			case who.paper && x > 0.995:
				rating = survey.ValueUnreadable
			}
			s.answer(values, who, field, rating)
		}
	}
}

// improve asks for up to three improvements where the ratings are low, or says that nothing is needed.
func (s *sampler) improve(values survey.Values, who person) {
	var wanted []string
	for _, i := range rowsToImprove {
		if rating, ok := who.ratings[i.row]; ok && s.Float64() < 0.16*(5.2-rating) {
			wanted = append(wanted, i.option)
		}
	}
	s.Shuffle(len(wanted), func(i, j int) { wanted[i], wanted[j] = wanted[j], wanted[i] })
	switch {
	case s.Float64() < 0.2:
	case len(wanted) > 0:
		values["improve"] = wanted[:min(3, len(wanted))]
	case s.Float64() < 0.7:
		values["improve"] = []string{"nothing"}
	}
}

// profile answers the questions about the person; one in eight skips them all.
func (s *sampler) profile(values survey.Values, who person) {
	if s.Float64() < 0.12 {
		return
	}
	age := ageElsewhere
	if who.paper {
		age = ageOnPaper
	}
	for _, q := range []struct {
		key     string
		choices []choice
	}{{"sex", sampleSex}, {"age", age}, {"education", sampleEducation}, {"residence", sampleResidence}, {"client", sampleClients}} {
		s.answer(values, who, q.key, s.pick(q.choices))
	}
}

// answer gives an answer, or leaves it out: on paper, where nobody reminds them, people do that more often.
func (s *sampler) answer(values survey.Values, who person, field, value string) {
	left := 0.015
	if who.paper {
		left = 0.045
	}
	if s.Float64() >= left {
		values[field] = []string{value}
	}
}

// pick chooses by weight.
func (s *sampler) pick(choices []choice) string {
	sum := 0.0
	for _, c := range choices {
		sum += c.weight
	}
	x := s.Float64() * sum
	for _, c := range choices {
		if x -= c.weight; x < 0 {
			return c.value
		}
	}
	return choices[len(choices)-1].value
}

// remark writes a remark that goes with an overall rating; one in five has two sentences to say.
func (s *sampler) remark(overall int) string {
	tone := func() []string {
		x := s.Float64()
		switch {
		case overall >= 5 && x < 0.7, overall == 4 && x < 0.35:
			return praise
		case overall <= 2 && x < 0.85, overall == 3 && x < 0.6, overall == 4 && x < 0.5:
			return complaints
		}
		return proposals
	}
	text := s.sentence(tone())
	if second := s.sentence(tone()); s.Float64() < 0.2 && second != text {
		text += " " + second
	}
	return text
}

func (s *sampler) sentence(sentences []string) string { return sentences[s.IntN(len(sentences))] }

package sheet

import (
	"fmt"
	"slices"
	"time"

	"ocenaurzedu.eu/pkg/survey"
)

const gap = "\u00a0" // where no line may end

// posterWords are what a poster says in a language.
type posterWords struct {
	lang  string
	rate  string // what the survey is called
	help  string
	point string // what to do with the code
	visit string // beside the address, for whoever has no camera
	about string // that the survey is anonymous, and how long it takes
	brief string // the same, where there is little room
}

func polishPoster(d time.Duration) posterWords {
	words := posterWords{rate: "Oceń" + gap + "Urząd", help: "Państwa opinia pomaga nam pracować lepiej.",
		point: "Proszę skierować aparat telefonu na" + gap + "kod.", visit: "albo wpisać adres w" + gap + "przeglądarce"}
	takes, brief := fmt.Sprintf("około %d"+gap+"minut", minutesOf(d)), fmt.Sprintf("ok."+gap+"%d"+gap+"min", minutesOf(d))
	switch minutesOf(d) {
	case 0:
		takes, brief = "mniej niż minutę", "poniżej"+gap+"minuty"
	case 1:
		takes = "około minuty"
	}
	words.about = "Ankieta jest anonimowa, wypełnienie zajmuje " + takes + "."
	words.brief = "Ankieta anonimowa, " + brief
	return words
}

// foreignPosters are the words in the survey's other languages.
func foreignPosters(languages []string, d time.Duration) []posterWords {
	var all []posterWords
	minutes := minutesOf(d)
	if slices.Contains(languages, survey.English) {
		takes := fmt.Sprintf("about %d"+gap+"minutes", minutes)
		switch minutes {
		case 0:
			takes = "less than a" + gap + "minute"
		case 1:
			takes = "about a" + gap + "minute"
		}
		all = append(all, posterWords{lang: survey.English, rate: "Rate the" + gap + "Office", point: "Point your phone’s camera at the" + gap + "code.",
			about: "The survey is anonymous and takes " + takes + "."})
	}
	if slices.Contains(languages, survey.Ukrainian) {
		takes := fmt.Sprintf("близько %d"+gap+"хвилин", minutes)
		switch {
		case minutes == 0:
			takes = "менше хвилини"
		case minutes == 1:
			takes = "близько хвилини"
		case minutes%10 == 1 && minutes%100 != 11:
			takes += "и"
		}
		all = append(all, posterWords{lang: survey.Ukrainian, rate: "Оцініть" + gap + "установу", point: "Наведіть камеру телефону на" + gap + "код.",
			about: "Анкета анонімна, заповнення займає " + takes + "."})
	}
	return all
}

// minutesOf rounds the time of a survey; 0: less than one.
func minutesOf(d time.Duration) int {
	if d < time.Minute {
		return 0
	}
	return int((d + 30*time.Second) / time.Minute)
}

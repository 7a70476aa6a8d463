package web

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// remarkHunt looks through remarks one by one. It keeps those of one page, and counts how many each choice would find
// that leaves the other choices as they are.
type remarkHunt struct {
	Typed    string
	Question string             // "": all
	State    survey.RemarkState // "": all
	Theme    string             // id, noTheme, or "": all
	Page     int                // from 1
	Total    int

	search        survey.Search
	theme         int64 // 0: see Theme
	problems      []survey.FieldError
	found         []foundRemark
	ids           []string // of all that were found, in the order of the pages
	stateCounts   map[survey.RemarkState]int
	themeCounts   map[int64]int // 0: without any
	fieldCounts   map[string]int
	fieldVersions map[string]int64 // a version that has the field
	stems         map[string]*stemCount
	counted       int // remarks whose words are in stems
}

type foundRemark struct {
	store.TaggedRemark
	words []survey.Word // that were looked for
}

// longestSearch is how many characters are looked for.
const longestSearch = 200

// readHunt reads the fields szukaj, pytanie, stan, temat and strona of an address or a form.
func readHunt(values survey.Values, themes []store.Theme) remarkHunt {
	h := remarkHunt{Typed: strings.TrimSpace(values.Get("szukaj")), Question: values.Get("pytanie"), State: survey.RemarkState(values.Get("stan")), Theme: values.Get("temat"), Page: 1,
		stateCounts: map[survey.RemarkState]int{}, themeCounts: map[int64]int{}, fieldCounts: map[string]int{}, fieldVersions: map[string]int64{}, stems: map[string]*stemCount{}}
	if utf8.RuneCountInString(h.Typed) > longestSearch {
		h.problems = append(h.problems, survey.FieldError{Field: "szukaj", Problem: survey.ProblemTooLong, N: longestSearch})
	}
	h.search = survey.NewSearch(h.Typed)
	if h.State != "" && statePL(h.State) == "" {
		h.problems = append(h.problems, survey.FieldError{Field: "stan", Problem: survey.ProblemUnknown})
	}
	if h.Theme != "" && h.Theme != noTheme {
		h.theme, _ = strconv.ParseInt(h.Theme, 10, 64) // 0, which no theme has, where it is no number
		if !slices.ContainsFunc(themes, func(t store.Theme) bool { return t.ID == h.theme }) {
			h.problems = append(h.problems, survey.FieldError{Field: "temat", Problem: survey.ProblemUnknown})
		}
	}
	if n, err := strconv.Atoi(values.Get("strona")); err == nil && n > 1 && n < 1e6 {
		h.Page = n
	}
	return h
}

// fields are the choices as an address has them.
func (h *remarkHunt) fields() map[string]string {
	fields := map[string]string{"szukaj": h.Typed, "pytanie": h.Question, "stan": string(h.State), "temat": h.Theme}
	if h.Page > 1 {
		fields["strona"] = strconv.Itoa(h.Page)
	}
	return fields
}

// see looks at one remark.
func (h *remarkHunt) see(r store.TaggedRemark) {
	words, all := h.search.Find(r.Text)
	if !all {
		return
	}
	ofQuestion := h.Question == "" || r.Question == h.Question
	ofState := h.State == "" || r.State == h.State
	ofTheme := h.Theme == "" || h.Theme == noTheme && len(r.Themes) == 0 || slices.Contains(r.Themes, h.theme)
	if ofState && ofTheme {
		h.fieldCounts[r.Question]++
		h.fieldVersions[r.Question] = r.VersionID
	}
	if ofQuestion && ofTheme {
		h.stateCounts[r.State]++
	}
	if ofQuestion && ofState {
		for _, theme := range r.Themes {
			h.themeCounts[theme]++
		}
		if len(r.Themes) == 0 {
			h.themeCounts[0]++
		}
	}
	if !ofQuestion || !ofState || !ofTheme {
		return
	}
	if h.Total/foundOnPage == h.Page-1 {
		h.found = append(h.found, foundRemark{r, words})
	}
	h.Total++
	h.ids = append(h.ids, r.ID)
	if len(r.Themes) == 0 && h.counted < suggestedOf {
		h.counted++
		h.count(r.Text)
	}
}

// Pages is how many pages there are, at least one.
func (h remarkHunt) Pages() int { return max(1, (h.Total+foundOnPage-1)/foundOnPage) }

// First is the number of the page's first remark.
func (h remarkHunt) First() int { return (h.Page-1)*foundOnPage + 1 }

// InState is how many there are in a state; in all if it is "".
func (h remarkHunt) InState(state survey.RemarkState) int {
	if state != "" {
		return h.stateCounts[state]
	}
	n := 0
	for _, count := range h.stateCounts {
		n += count
	}
	return n
}

// InTheme is how many there are of a theme; 0: without any.
func (h remarkHunt) InTheme(id int64) int { return h.themeCounts[id] }

// suggestion is a word that many remarks without a theme have.
type suggestion struct {
	Word string
	N    int
}

// stemCount counts the remarks with a word, and how it was written.
type stemCount struct {
	n     int
	forms map[string]int
}

const (
	suggested       = 12    // words at most
	suggestedOf     = 5_000 // remarks, the newest
	leastSuggested  = 3     // remarks that have the word
	leastSuggestion = 4     // letters
)

// count takes the words of a remark without a theme, each once.
func (h *remarkHunt) count(text string) {
	seen := map[string]bool{}
	for _, w := range survey.Words(text) {
		if seen[w.Stem] || utf8.RuneCountInString(w.Folded) < leastSuggestion || w.Start > 0 && text[w.Start-1] == '[' || strings.ContainsAny(w.Folded, "0123456789") {
			continue
		}
		seen[w.Stem] = true
		at := h.stems[w.Stem]
		if at == nil {
			at = &stemCount{forms: map[string]int{}}
			h.stems[w.Stem] = at
		}
		at.n++
		at.forms[strings.ToLower(text[w.Start:w.End])]++
	}
}

// suggestions are the words that a new theme may be made of: those that most remarks without a theme have, but for
// words that say nothing, those looked for, and those of the themes that there are.
func (h *remarkHunt) suggestions(themes []store.Theme) []suggestion {
	known := map[string]bool{}
	take := func(text string) {
		for _, w := range survey.Words(text) {
			known[w.Stem] = true
		}
	}
	take(idleWords)
	take(h.Typed)
	for _, theme := range themes {
		take(theme.Name)
	}
	var all []suggestion
	for stem, count := range h.stems {
		if known[stem] || count.n < leastSuggested {
			continue
		}
		best := ""
		for form, n := range count.forms {
			if best == "" || n > count.forms[best] || n == count.forms[best] && form < best {
				best = form
			}
		}
		all = append(all, suggestion{best, count.n})
	}
	slices.SortFunc(all, func(a, b suggestion) int {
		if a.N != b.N {
			return b.N - a.N
		}
		return strings.Compare(a.Word, b.Word)
	})
	return all[:min(len(all), suggested)]
}

// idleWords say nothing of what a remark is about.
const idleWords = `aby albo ale ależ bardzo bez bądź bardziej będą będzie bo brak było była były był być cały chce chciałbym chciałabym chyba coś czas czasem czy czyli czym dla dlaczego do dobrze dość
	dzięki dziękuję gdy gdyż gdzie ich inna inne innych innym jak jaka jakie jako jednak jeden jedna jedno jest jestem jeszcze jeśli jeżeli już każdy każda każde kiedy kilka kto która które którego
	której który których którzy ktoś lub macie mają mam mamy może można mnie mimo moja moje mój moim musi musiałem musiałam muszę nad nadal nam nami nas nasz nasze nic nich nie niej niestety nigdy nim niż np
	oby oraz państwa państwo pan pani panie pana panu pod podczas poza ponieważ potem powinien powinna powinno powinny prawie proszę przed przede przez przy raz razem również się są sobie siebie swoje tak taka
	taki takie także tam tego tej temu ten teraz też to tego tutaj tych tylko tym trochę trzeba urząd urzędu urzędzie urzędem uwagi uwag wcale we według wiele więcej więc wszystko wszystkie wszyscy wszystkim
	wśród właśnie zaś zamiast zawsze ze znów znowu żaden żadna żadnych żadne żeby`

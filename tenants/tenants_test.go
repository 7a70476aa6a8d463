package tenants_test

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/tenants"
)

// files returns the YAML files of a directory by name.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	entries, err := fs.ReadDir(tenants.Files, dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, e := range entries {
		data, err := fs.ReadFile(tenants.Files, path.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = data
	}
	return all
}

func questionnaire(t *testing.T, name string) *survey.Questionnaire {
	t.Helper()
	q, err := survey.ParseQuestionnaire(name, files(t, "questionnaires")[name])
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// The eight gminas of powiat bydgoski and what is publicly known of them.
func TestOffices(t *testing.T) {
	type fact struct {
		teryt      string
		population int
		year       int
	}
	want := map[string]fact{
		"biale-blota": {"0403012", 23206, 2020}, "dabrowa-chelminska": {"0403022", 8415, 2020}, "dobrcz": {"0403032", 11352, 2016}, "koronowo": {"0403043", 24218, 2016},
		"nowa-wies-wielka": {"0403052", 9929, 2016}, "osielsko": {"0403062", 15347, 2020}, "sicienko": {"0403072", 9915, 2016}, "solec-kujawski": {"0403083", 16813, 2016},
	}
	all := files(t, "offices")
	if len(all) != len(want) {
		t.Errorf("%d offices, want %d", len(all), len(want))
	}
	for name, data := range all {
		s, err := survey.ParseSeed(name, data)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := (fact{s.Office.TERYT, s.Population, s.PopulationYear}); s.Slug+".yaml" != name || s.County != "powiat-bydgoski" || got != want[s.Slug] {
			t.Errorf("%s: slug %s, county %s, %v; want %v", name, s.Slug, s.County, got, want[s.Slug])
		}
		checkSample(t, name, s.Office)
		if len(s.Departments) < 4 || len(s.ServicePoints) < 3 {
			t.Errorf("%s: %d departments, %d service points", name, len(s.Departments), len(s.ServicePoints))
		}
		questionnaire(t, s.Questionnaire)
	}
}

func TestCounty(t *testing.T) {
	all := files(t, "counties")
	s, err := survey.ParseCountySeed("powiat-bydgoski.yaml", all["powiat-bydgoski.yaml"])
	if err != nil || len(all) != 1 {
		t.Fatalf("%d counties, %v", len(all), err)
	}
	if s.Slug != "powiat-bydgoski" || s.Name != "powiat bydgoski" || s.TERYT != "0403" {
		t.Errorf("county %+v", s)
	}
	checkSample(t, "powiat-bydgoski.yaml", s.Office)
	questionnaire(t, s.Questionnaire)
}

// checkSample fails if a record could be taken for an office's true one: it is marked, and its telephone and
// addresses can be nobody's (RFC 2606 keeps .example free).
func checkSample(t *testing.T, name string, o survey.Office) {
	t.Helper()
	if !o.Sample || o.Phone != "52 000 00 00" || !strings.HasSuffix(o.Email, ".example") || o.NIP+o.REGON+o.EDelivery+o.EPUAP+o.Website+o.BIP != "" {
		t.Errorf("%s holds what looks like true data: %+v", name, o)
	}
	if o.NameGenitive == "" || o.NameLocative == "" || o.Organ == "" || o.Kind == "" {
		t.Errorf("%s lacks a form of its name, its kind or its organ: %+v", name, o)
	}
}

// The default questionnaire has five areas of four rows, and requires nothing but the overall rating.
func TestDefaultQuestionnaire(t *testing.T) {
	q := questionnaire(t, "default.yaml")
	if q.Key != "ankieta" {
		t.Errorf("key %s, want ankieta", q.Key)
	}
	var keys, profile []string
	for _, question := range q.Questions() {
		keys = append(keys, question.Key)
		if question.Profile {
			profile = append(profile, question.Key)
		}
		if question.Required != (question.Key == "overall") {
			t.Errorf("%s: required %t", question.Key, question.Required)
		}
	}
	if want := strings.Fields("department matter contact settled quality overall improve remarks sex age education residence client"); !slices.Equal(keys, want) {
		t.Errorf("questions %v, want %v", keys, want)
	}
	if want := keys[8:]; !slices.Equal(profile, want) {
		t.Errorf("profile questions %v, want %v", profile, want)
	}
	quality, rows := q.Question("quality"), map[string]int{}
	for _, r := range quality.Rows {
		rows[r.Area]++
	}
	for _, a := range quality.Areas {
		if rows[a.Key] != 4 {
			t.Errorf("area %s has %d rows, want 4", a.Key, rows[a.Key])
		}
	}
	if len(quality.Areas) != 5 || len(rows) != 5 || len(quality.Scale.Points) != 5 || !quality.Has(survey.NotApplicable) {
		t.Errorf("quality has %d areas, %d with rows, %d points", len(quality.Areas), len(rows), len(quality.Scale.Points))
	}
	if q.Question("improve").Max != 3 {
		t.Errorf("improve takes %d picks, want 3", q.Question("improve").Max)
	}
}

// A question that the questionnaires share keeps its wording and its scale, as its key promises one series.
func TestSharedQuestionsAreTheSame(t *testing.T) {
	full, short, kiosk := questionnaire(t, "default.yaml"), questionnaire(t, "short.yaml"), questionnaire(t, "kiosk.yaml")
	importance, call := questionnaire(t, "importance.yaml"), questionnaire(t, "call.yaml")
	if n := len(short.Questions()); n != 7 {
		t.Errorf("the short questionnaire has %d questions, want 7", n)
	}
	for _, shared := range []struct {
		one, other *survey.Questionnaire
		keys       string
	}{
		{full, short, "contact settled overall"}, {full, importance, "contact overall age client"}, {short, call, "staff remarks"},
	} {
		for _, key := range strings.Fields(shared.keys) {
			a, b := shared.one.Question(key), shared.other.Question(key)
			if a.Kind != b.Kind || a.Label != b.Label || !slices.EqualFunc(a.Choices(), b.Choices(), func(x, y survey.Choice) bool { return x.Value == y.Value && x.Label == y.Label }) {
				t.Errorf("%s differs between %s and %s", key, shared.one.Key, shared.other.Key)
			}
		}
	}
	for _, row := range importance.Question("aspects").Rows {
		if i := slices.IndexFunc(full.Question("quality").Rows, func(r survey.Row) bool { return r.Key == row.Key && r.Label == row.Label }); i < 0 {
			t.Errorf("importance.yaml: no such row in default.yaml as %s", row.Key)
		}
	}
	for _, q := range []*survey.Questionnaire{full, short, kiosk, importance} {
		if overall := q.Question("overall"); overall.Role != survey.RoleOverall || !overall.Required || len(overall.Choices()) != 5 {
			t.Errorf("%s: overall %+v", q.Key, overall)
		}
	}
}

// Rows are rated for importance on a scale that speaks of importance.
func TestImportanceQuestionnaire(t *testing.T) {
	aspects := questionnaire(t, "importance.yaml").Question("aspects")
	if aspects.Kind != survey.KindPaired || len(aspects.Rows) != 8 || aspects.Importance == nil {
		t.Fatalf("aspects: kind %s, %d rows, importance %v", aspects.Kind, len(aspects.Rows), aspects.Importance)
	}
	for aspect, want := range map[string]string{survey.AspectImportance: "bardzo ważne", survey.AspectSatisfaction: "bardzo dobrze"} {
		if choices := aspects.ChoicesOf(aspect); choices[len(choices)-1].Label.PL != want {
			t.Errorf("%s ends with %s, want %s", aspect, choices[len(choices)-1].Label, want)
		}
	}
	for _, help := range []string{aspects.Help.PL, aspects.Help.EN, aspects.Help.UK} { // two tables, on a screen and on paper: no row has both
		if help == "" || strings.Contains(help, "wierszu") || strings.Contains(help, "row") || strings.Contains(help, "рядку") {
			t.Errorf("help %q is not true of two tables", help)
		}
	}
}

// Who was helped during the call is not asked what stood in the way.
func TestCallQuestionnaire(t *testing.T) {
	q := questionnaire(t, "call.yaml")
	v := survey.Version{Questionnaire: *q, Layout: survey.NewLayout(q)}
	for answer, want := range map[string]bool{"yes": true, "partly": false, "no": false} {
		if hidden := v.Hidden(survey.Values{"resolved": {answer}}, survey.ChannelWeb)["obstacle"]; hidden != want {
			t.Errorf("settled during the call: %s; the obstacle is hidden: %t, want %t", answer, hidden, want)
		}
	}
	if n := len(q.Questions()); n != 6 {
		t.Errorf("%d questions after a call, want 6", n)
	}
}

// wordings returns every text of a questionnaire that is there, by its path.
func wordings(q *survey.Questionnaire) map[string]survey.Text {
	all := map[string]survey.Text{"title": q.Title, "intro": q.Intro, "thanks": q.Thanks}
	for _, s := range q.Sections {
		all[s.Key+" title"], all[s.Key+" help"] = s.Title, s.Help
	}
	for _, question := range q.Questions() {
		at := question.Key
		all[at], all[at+" help"], all[at+" unit"] = question.Label, question.Help, question.Unit
		for _, aspect := range []string{survey.AspectImportance, survey.AspectSatisfaction} {
			for _, c := range question.ChoicesOf(aspect) {
				all[at+"="+c.Value+" "+aspect], all[at+"="+c.Value+" help"] = c.Label, c.Help
			}
		}
		for _, r := range question.Rows {
			all[at+"."+r.Key] = r.Label
		}
		for _, a := range question.Areas {
			all[at+" area "+a.Key] = a.Label
		}
	}
	maps.DeleteFunc(all, func(_ string, text survey.Text) bool { return text.IsZero() })
	return all
}

// A language that a questionnaire offers has all its texts, or a resident meets Polish in the middle.
func TestLanguagesAreWhole(t *testing.T) {
	for name, data := range surveys(t) {
		q, err := survey.ParseQuestionnaire(name, data)
		if err != nil {
			t.Error(err)
			continue
		}
		if _, shipped := files(t, "questionnaires")[name]; shipped && !slices.Equal(q.Languages, []string{survey.English, survey.Ukrainian}) {
			t.Errorf("%s speaks %v", name, q.Languages)
		}
		for _, lang := range q.Languages {
			if missing := q.Missing(lang); len(missing) > 0 {
				t.Errorf("%s lacks in %s: %+v", name, lang, missing)
			}
		}
		for at, text := range wordings(q) {
			if notEnglish.MatchString(text.EN) || notUkrainian.MatchString(text.UK) {
				t.Errorf("%s: %s: %+v", name, at, text)
			}
		}
	}
}

var (
	notEnglish   = regexp.MustCompile(`\p{Cyrillic}|[„ąćłńóśźż]`) // ę is in "e-Doręczenia", a name
	notUkrainian = regexp.MustCompile(`[ыэъё„“”]|\p{Cyrillic}[a-zA-Z]|[a-zA-Z]\p{Cyrillic}`)
)

// What README says of the format is so: its example is read, and spoilt as told it gives the errors as told.
func TestReadmeTellsTheFormat(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(readme), "\n## Questionnaires in YAML\n")
	section, _, _ = strings.Cut(section, "\n## ")
	blocks := regexp.MustCompile(`(?m)(^    .*\n)+`).FindAllString(section, -1)
	if !found || len(blocks) != 2 {
		t.Fatalf("README has %d blocks about YAML, want the example and the errors", len(blocks))
	}
	indent := regexp.MustCompile(`(?m)^    `)
	example, errors := indent.ReplaceAllString(blocks[0], ""), strings.Split(strings.TrimSpace(indent.ReplaceAllString(blocks[1], "")), "\n")
	q, err := survey.ParseQuestionnaire("ankieta.yaml", []byte(example))
	if err != nil {
		t.Fatal(err)
	}
	if rule := q.Question("lacking").ShowIf; rule == nil || !rule.All[0].Not || rule.All[0].Question != "settled" {
		t.Errorf("the skip became the rule %+v", rule)
	}
	for i, spoil := range []*strings.Replacer{
		strings.NewReplacer("        kind: yesno", "        knd: yesno"),
		strings.NewReplacer("max: 2", "max: 4", "question: overall", "question: ogolna"),
	} {
		if _, err := survey.ParseQuestionnaire("ankieta.yaml", []byte(spoil.Replace(example))); err == nil || err.Error() != errors[i] {
			t.Errorf("error %v\nREADME says %s", err, errors[i])
		}
	}
	for _, field := range yamlFields(reflect.TypeFor[survey.Questionnaire](), map[reflect.Type]bool{}) {
		if !strings.Contains(section, "`"+field+"`") {
			t.Errorf("README does not tell the field %s", field)
		}
	}
}

// yamlFields returns the names of all fields that a file may have.
func yamlFields(of reflect.Type, seen map[reflect.Type]bool) []string {
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || seen[of] {
		return nil
	}
	seen[of] = true
	var names []string
	for i := range of.NumField() {
		name, _, _ := strings.Cut(of.Field(i).Tag.Get("yaml"), ",")
		names = append(append(names, name), yamlFields(of.Field(i).Type, seen)...)
	}
	return names
}

// surveys returns the shipped questionnaires, and those with the structure of real offices' surveys.
func surveys(t *testing.T) map[string][]byte {
	t.Helper()
	all := files(t, "questionnaires")
	const dir = "../pkg/web/testdata/questionnaires"
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = data
	}
	return all
}

// Polish typography: no line may end in a one-letter word, quotation marks are „ ”, a dash is –.
func TestTypography(t *testing.T) {
	faults := regexp.MustCompile(`(^|[^\p{L}'’-])[aiouwzAIOUWZ] \p{L}|["']\p{L}|\p{L}["']|“| - |\.\.\.| –|  `)
	for name, data := range surveys(t) {
		q, err := survey.ParseQuestionnaire(name, data)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, text := range wordings(q) {
			if at := faults.FindString(text.PL); at != "" {
				t.Errorf("%s: %q in %q", name, at, text.PL)
			}
		}
	}
}

package survey

import (
	"strings"
	"testing"
)

const seedYAML = `slug: osielsko
county: powiat-bydgoski
population: 15347
population_year: 2020
office:
  name: Urząd Gminy Osielsko
  teryt: "0403062"
departments:
  - {short: ORG, name: Referat Organizacyjny}
  - {short: FIN, name: Referat Finansowy}
service_points:
  - {code: kasa, name: Kasa, department: FIN}
  - code: bok
    name: Biuro
questionnaire: default.yaml
`

const countyYAML = `slug: powiat-bydgoski
name: powiat bydgoski
teryt: "0403"
office:
  name: Starostwo
questionnaire: short.yaml
`

type seedCase struct{ name, old, new, want string }

func TestParseSeed(t *testing.T) {
	s, err := ParseSeed("o.yaml", []byte(seedYAML))
	if err != nil || s.Office.TERYT != "0403062" || s.ServicePoints[0] != (SeedServicePoint{"kasa", "Kasa", "FIN"}) || s.Departments[1] != (SeedDepartment{"FIN", "Referat Finansowy"}) {
		t.Fatalf("ParseSeed = %+v, %v", s, err)
	}
	runSeeds(t, seedYAML, func(data []byte) error { _, err := ParseSeed("o.yaml", data); return err }, []seedCase{
		{"unknown field", "county:", "powiat:", `o.yaml:2:1: unknown field "powiat"`},
		{"unknown field of the office", "  name: U", "  nip_number: 5\n  name: U", `o.yaml:6:3: unknown field "nip_number"`},
		{"unknown field of a department", "name: Referat F", "nazwa: Referat F", `o.yaml:10:18: unknown field "nazwa"`},
		{"unknown field of a service point", "    name: Biuro", "    nazwa: Biuro", `o.yaml:14:5: unknown field "nazwa"`},
		{"word for a number", "15347", "dużo", "o.yaml:3:13: "},
		{"bad slug", "slug: osielsko", "slug: Osielsko", "o.yaml: invalid: slug: bad_pattern"},
		{"reserved slug", "slug: osielsko", "slug: www", "o.yaml: invalid: slug: taken"},
		{"bad county", "powiat-bydgoski", "powiat bydgoski", "o.yaml: invalid: county: bad_pattern"},
		{"fewer than nobody", "15347", "-1", "o.yaml: invalid: population: below"},
		{"population of no year", "population_year: 2020\n", "", "o.yaml: invalid: population_year: required"},
		{"bad TERYT", `"0403062"`, `"0503062"`, "o.yaml: invalid: office.teryt: bad_pattern"},
		{"TERYT as a number", `"0403062"`, `0403062`, "o.yaml: invalid: office.teryt: bad_pattern"},
		{"no TERYT", `  teryt: "0403062"` + "\n", "", "o.yaml: invalid: office.teryt: required"},
		{"no name", "name: Urząd Gminy Osielsko", "name: ' '", "o.yaml: invalid: office.name: required"},
		{"department twice", "short: FIN", "short: ORG", "o.yaml: invalid: departments[1].short: duplicate_key"},
		{"department without sign", "short: FIN", "short: ''", "o.yaml: invalid: departments[1].short: bad_pattern"},
		{"department without name", "Referat Finansowy", "", "o.yaml: invalid: departments[1].name: required"},
		{"code twice", "code: bok", "code: kasa", "o.yaml: invalid: service_points[1].code: duplicate_key"},
		{"code with a hyphen", "code: bok", "code: b-ok", "o.yaml: invalid: service_points[1].code: bad_pattern"},
		{"point of no department", "department: FIN", "department: XX", "o.yaml: invalid: service_points[0].department: unknown"},
		{"long name", "name: Kasa", "name: " + strings.Repeat("k", MaxLabel+1), "o.yaml: invalid: service_points[0].name: too_long"},
		{"questionnaire elsewhere", "default.yaml", "../default.yaml", "o.yaml: invalid: questionnaire: bad_pattern"},
		{"no questionnaire", "questionnaire: default.yaml\n", "", "o.yaml: invalid: questionnaire: bad_pattern"},
	})
}

func TestParseCountySeed(t *testing.T) {
	s, err := ParseCountySeed("c.yaml", []byte(countyYAML))
	if err != nil || s.TERYT != "0403" || s.Office.Name != "Starostwo" {
		t.Fatalf("ParseCountySeed = %+v, %v", s, err)
	}
	runSeeds(t, countyYAML, func(data []byte) error { _, err := ParseCountySeed("c.yaml", data); return err }, []seedCase{
		{"unknown field", "name: p", "nazwa: p", `c.yaml:2:1: unknown field "nazwa"`},
		{"unknown field of the office", "  name: S", "  nazwa: S", `c.yaml:5:3: unknown field "nazwa"`},
		{"bad slug", "slug: powiat-bydgoski", "slug: -x", "c.yaml: invalid: slug: bad_pattern"},
		{"no name", "name: powiat bydgoski", "name:", "c.yaml: invalid: name: required"},
		{"TERYT of a gmina", `"0403"`, `"0403062"`, "c.yaml: invalid: teryt: bad_pattern"},
		{"no office", "office:\n  name: Starostwo\n", "", "c.yaml: invalid: office.name: required"},
		{"no questionnaire", "short.yaml", "short", "c.yaml: invalid: questionnaire: bad_pattern"},
	})
}

func runSeeds(t *testing.T, sound string, parse func([]byte) error, tests []seedCase) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := strings.Replace(sound, tt.old, tt.new, 1)
			if data == sound {
				t.Fatalf("%q is not in the file", tt.old)
			}
			if err := parse([]byte(data)); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error %v, want %s…", err, tt.want)
			}
		})
	}
}

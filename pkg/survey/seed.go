package survey

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Seed is an office as an operator's YAML file describes it (tenants/offices/<slug>.yaml). It seeds the
// tenant's record once; afterwards an administrator edits that in the database.
type Seed struct {
	Slug           string             `yaml:"slug"`
	County         string             `yaml:"county,omitempty"`          // slug of a county; none: in no county
	Population     int                `yaml:"population,omitempty"`      // 0: not known
	PopulationYear int                `yaml:"population_year,omitempty"` // the year that Population is of
	Office         Office             `yaml:"office"`
	Departments    []SeedDepartment   `yaml:"departments,omitempty"`
	ServicePoints  []SeedServicePoint `yaml:"service_points,omitempty"`
	Questionnaire  string             `yaml:"questionnaire"` // name of a file in tenants/questionnaires
}

// SeedDepartment is one department (referat) of a seeded office.
type SeedDepartment struct {
	Short string `yaml:"short"` // the office's own sign for it (ORG), unique in the office
	Name  string `yaml:"name"`
}

// SeedServicePoint is one desk or place of a seeded office that hands out forms and QR codes.
type SeedServicePoint struct {
	Code       string `yaml:"code"` // lower-case letters and digits: it stands in the QR code's address as ?p=code
	Name       string `yaml:"name"`
	Department string `yaml:"department,omitempty"` // Short of a department; none: of the office as a whole
}

// CountySeed is a county (powiat) with its own office, which is a tenant of the same slug
// (tenants/counties/<slug>.yaml).
type CountySeed struct {
	Slug          string `yaml:"slug"`
	Name          string `yaml:"name"`  // powiat bydgoski
	TERYT         string `yaml:"teryt"` // 4 digits
	Office        Office `yaml:"office"`
	Questionnaire string `yaml:"questionnaire"` // name of a file in tenants/questionnaires
}

// Patterns of a seed.
var (
	pointCodePattern     = regexp.MustCompile(`^[a-z][a-z0-9]{0,19}$`)
	departmentPattern    = regexp.MustCompile(`^[\p{L}\d][\p{L}\d./-]{0,19}$`)
	questionnairePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*\.yaml$`) // no path: it never leaves the directory
)

// ParseSeed reads an office's YAML file strictly and checks it. Errors are as ParseQuestionnaire's.
func ParseSeed(name string, data []byte) (*Seed, error) {
	var s Seed
	if err := ParseYAML(name, data, &s); err != nil {
		return nil, err
	}
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &s, nil
}

// ParseCountySeed reads a county's YAML file strictly and checks it. Errors are as ParseQuestionnaire's.
func ParseCountySeed(name string, data []byte) (*CountySeed, error) {
	var s CountySeed
	if err := ParseYAML(name, data, &s); err != nil {
		return nil, err
	}
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &s, nil
}

// Check says all that is wrong with an office's seed, as an *InvalidError, or nil.
func (s *Seed) Check() error {
	var bad InvalidError
	bad.include("", CheckSlug(s.Slug))
	if s.County != "" && CheckSlug(s.County) != nil {
		bad.Add("county", ProblemBadPattern, 0)
	}
	if s.Population < 0 {
		bad.Add("population", ProblemBelow, 0)
	}
	if (s.Population > 0) != (s.PopulationYear > 0) {
		bad.Add("population_year", ProblemRequired, 0)
	}
	bad.include("office.", s.Office.Check())
	if s.Office.TERYT == "" {
		bad.Add("office.teryt", ProblemRequired, 0)
	}
	s.checkPlaces(&bad)
	checkQuestionnaireFile(&bad, s.Questionnaire)
	return bad.Err()
}

// checkPlaces checks departments and service points.
func (s *Seed) checkPlaces(bad *InvalidError) {
	departments, codes := map[string]bool{}, map[string]bool{}
	for i, d := range s.Departments {
		at := fmt.Sprintf("departments[%d]", i)
		bad.unique(departments, at+".short", d.Short, departmentPattern)
		bad.name(at+".name", d.Name)
	}
	for i, p := range s.ServicePoints {
		at := fmt.Sprintf("service_points[%d]", i)
		bad.unique(codes, at+".code", p.Code, pointCodePattern)
		bad.name(at+".name", p.Name)
		if p.Department != "" && !departments[p.Department] {
			bad.Add(at+".department", ProblemUnknown, 0)
		}
	}
}

// Check says all that is wrong with a county's seed, as an *InvalidError, or nil.
func (s *CountySeed) Check() error {
	var bad InvalidError
	bad.include("", CheckSlug(s.Slug))
	bad.name("name", s.Name)
	if len(s.TERYT) != 4 || !ValidTERYT(s.TERYT) {
		bad.Add("teryt", ProblemBadPattern, 0)
	}
	bad.include("office.", s.Office.Check())
	checkQuestionnaireFile(&bad, s.Questionnaire)
	return bad.Err()
}

func checkQuestionnaireFile(bad *InvalidError, file string) {
	if !questionnairePattern.MatchString(file) {
		bad.Add("questionnaire", ProblemBadPattern, 0)
	}
}

// include notes the faults of a part, with its path before them.
func (e *InvalidError) include(path string, err error) {
	var part *InvalidError
	if errors.As(err, &part) {
		for _, f := range part.Fields {
			e.Add(path+f.Field, f.Problem, f.N)
		}
	}
}

func (e *InvalidError) unique(seen map[string]bool, path, key string, pattern *regexp.Regexp) {
	switch {
	case !pattern.MatchString(key):
		e.Add(path, ProblemBadPattern, 0)
	case seen[key]:
		e.Add(path, ProblemDuplicateKey, 0)
	}
	seen[key] = true
}

func (e *InvalidError) name(path, name string) {
	switch {
	case strings.TrimSpace(name) == "":
		e.Add(path, ProblemRequired, 0)
	case utf8.RuneCountInString(name) > MaxLabel:
		e.Add(path, ProblemTooLong, MaxLabel)
	case !printable(name):
		e.Add(path, ProblemBadPattern, 0)
	}
}

// CheckServicePoint returns what is wrong with a point's code and name; nil: nothing.
func CheckServicePoint(code, name string) []FieldError {
	var bad InvalidError
	if !pointCodePattern.MatchString(code) {
		bad.Add("code", ProblemBadPattern, 0)
	}
	switch {
	case strings.TrimSpace(name) == "":
		bad.Add("name", ProblemRequired, 0)
	case utf8.RuneCountInString(name) > MaxLabel:
		bad.Add("name", ProblemTooLong, MaxLabel)
	}
	return bad.Fields
}

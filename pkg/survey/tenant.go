package survey

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Tenant is an office with its subdomain. ID is internal and never changes; everything else may.
type Tenant struct {
	ID         int64
	Slug       string // the subdomain's label
	CountyID   int64  // 0: in no county
	Population int    // 0: not known; weights the county's figure
	Crest      string // SHA-256 of its crest in hex; "": it has none
	Office     Office
}

// County is a set of tenants that are reported on together (powiat). The county's own office is a tenant
// like any other, with TenantID.
type County struct {
	ID       int64
	Slug     string
	Name     string
	TERYT    string
	TenantID int64
}

// Office is what an administrator may edit of an office under § 5 of the order. Empty fields are not known.
type Office struct {
	Name          string `yaml:"name" json:"name"`                             // Urząd Gminy Osielsko
	NameGenitive  string `yaml:"name_genitive" json:"name_genitive"`           // Urzędu Gminy Osielsko
	NameLocative  string `yaml:"name_locative" json:"name_locative"`           // Urzędzie Gminy Osielsko
	Kind          string `yaml:"kind" json:"kind"`                             // UG, UM, UMiG, starostwo
	Organ         string `yaml:"organ" json:"organ"`                           // wójt, burmistrz, prezydent, starosta
	TERYT         string `yaml:"teryt" json:"teryt"`                           // 7 digits, or 4 for a county
	NIP           string `yaml:"nip,omitempty" json:"nip"`                     // 10 digits
	REGON         string `yaml:"regon,omitempty" json:"regon"`                 // 9 or 14 digits
	Street        string `yaml:"street,omitempty" json:"street"`               // Szosa Gdańska 55A
	PostalCode    string `yaml:"postal_code,omitempty" json:"postal_code"`     // 86-031
	City          string `yaml:"city,omitempty" json:"city"`                   // Osielsko
	Phone         string `yaml:"phone,omitempty" json:"phone"`                 //
	Email         string `yaml:"email,omitempty" json:"email"`                 //
	Website       string `yaml:"website,omitempty" json:"website"`             // https://…
	BIP           string `yaml:"bip,omitempty" json:"bip"`                     // https://…
	EPUAP         string `yaml:"epuap,omitempty" json:"epuap"`                 // /gmina/skrytka
	EDelivery     string `yaml:"e_delivery,omitempty" json:"e_delivery"`       // AE:PL-12345-12345-ABCDE-12
	DPO           string `yaml:"dpo,omitempty" json:"dpo"`                     // contact of the data protection officer
	Accessibility string `yaml:"accessibility,omitempty" json:"accessibility"` // person or unit for accessibility
	Hours         string `yaml:"hours,omitempty" json:"hours"`                 // opening hours, in words
	Access        string `yaml:"access,omitempty" json:"access"`               // access to the seat, for the declaration
	Communication string `yaml:"communication,omitempty" json:"communication"` // sign language etc., for the declaration
	Colour        string `yaml:"colour,omitempty" json:"colour"`               // #rrggbb of headings and buttons
	Sample        bool   `yaml:"sample,omitempty" json:"sample"`               // the record holds sample data
}

// Weights are how much each indicator counts in the composite of all, as an office sets it: whole numbers from 1 to
// HighestWeight. One that is missing is 1.
type Weights map[Role]float64

// HighestWeight lets weights be set as percents.
const HighestWeight = 100

// Of returns the weight of an indicator.
func (w Weights) Of(role Role) float64 {
	if weight, set := w[role]; set {
		return weight
	}
	return 1
}

// Check says all that is wrong with the weights; fields are weight_ and the role. A weight of 0 would hide an indicator
// in the composite without a word.
func (w Weights) Check() error {
	var bad InvalidError
	for _, role := range Roles() {
		switch weight := w.Of(role); {
		case weight < 1:
			bad.Add("weight_"+string(role), ProblemBelow, 1)
		case weight > HighestWeight:
			bad.Add("weight_"+string(role), ProblemAbove, HighestWeight)
		case weight != math.Trunc(weight):
			bad.Add("weight_"+string(role), ProblemNotNumber, 0)
		}
	}
	return bad.Err()
}

// Patterns of an office's record.
var (
	slugPattern      = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	terytPattern     = regexp.MustCompile(`^\d{2}(0[1-9]|[1-9]\d)((0[1-9]|[1-9]\d)[1-589])?$`)
	postalPattern    = regexp.MustCompile(`^\d{2}-\d{3}$`)
	emailPattern     = regexp.MustCompile(`^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$`)
	urlPattern       = regexp.MustCompile(`^https?://[^\s<>"]+$`)
	phonePattern     = regexp.MustCompile(`^\+?[\d ()-]{7,25}$`)
	eDeliveryPattern = regexp.MustCompile(`^AE:PL-\d{5}-\d{5}-[A-Z]{5}-\d{2}$`)
	colourPattern    = regexp.MustCompile(`^#[0-9a-f]{6}$`)
)

// reservedSlugs can't be an office's: they are, or may become, the platform's own.
var reservedSlugs = []string{
	"admin", "api", "app", "autoconfig", "autodiscover", "cdn", "demo", "dev", "ftp", "imap", "localhost", "mail", "metrics", "mx", "ns", "ns1", "ns2",
	"operator", "panel", "platforma", "pomoc", "pop", "smtp", "static", "status", "test", "webmail", "wpad", "www",
}

// CheckSlug says whether a slug may become a subdomain: ProblemBadPattern, ProblemTaken if it is reserved.
func CheckSlug(slug string) error {
	var bad InvalidError
	switch {
	case !slugPattern.MatchString(slug) || strings.HasPrefix(slug, "xn--"):
		bad.Add("slug", ProblemBadPattern, 0)
	case slices.Contains(reservedSlugs, slug):
		bad.Add("slug", ProblemTaken, 0)
	}
	return bad.Err()
}

// ValidTERYT reports whether a code has the form of TERYT's: 4 digits for a county, 7 for a gmina (the last
// tells its kind: 1 town, 2 rural, 3 mixed, 4 and 5 parts of a mixed one, 8 and 9 parts of a city), with a
// voivodeship that exists (02, 04 … 32).
func ValidTERYT(code string) bool {
	if !terytPattern.MatchString(code) {
		return false
	}
	voivodeship := int(code[0]-'0')*10 + int(code[1]-'0')
	return voivodeship >= 2 && voivodeship <= 32 && voivodeship%2 == 0
}

// Check says all that is wrong with an office's record. Fields are named as in JSON.
func (o *Office) Check() error {
	var bad InvalidError
	if strings.TrimSpace(o.Name) == "" {
		bad.Add("name", ProblemRequired, 0)
	}
	if o.TERYT != "" && !ValidTERYT(o.TERYT) {
		bad.Add("teryt", ProblemBadPattern, 0)
	}
	patterns := []struct {
		field, value string
		pattern      *regexp.Regexp
	}{
		{"postal_code", o.PostalCode, postalPattern}, {"phone", o.Phone, phonePattern}, {"email", o.Email, emailPattern},
		{"website", o.Website, urlPattern}, {"bip", o.BIP, urlPattern}, {"e_delivery", o.EDelivery, eDeliveryPattern}, {"colour", o.Colour, colourPattern},
	}
	for _, p := range patterns {
		if p.value != "" && !p.pattern.MatchString(p.value) {
			bad.Add(p.field, ProblemBadPattern, 0)
		}
	}
	o.checkNumbers(&bad)
	if o.Colour != "" && colourPattern.MatchString(o.Colour) && contrastWithWhite(o.Colour) < 4.5 {
		bad.Add("colour", ProblemLowContrast, 0)
	}
	texts := [][2]string{
		{"name", o.Name}, {"name_genitive", o.NameGenitive}, {"name_locative", o.NameLocative}, {"kind", o.Kind}, {"organ", o.Organ}, {"street", o.Street},
		{"city", o.City}, {"email", o.Email}, {"website", o.Website}, {"bip", o.BIP}, {"epuap", o.EPUAP}, {"dpo", o.DPO},
		{"accessibility", o.Accessibility}, {"hours", o.Hours}, {"access", o.Access}, {"communication", o.Communication},
	}
	for _, text := range texts {
		switch {
		case utf8.RuneCountInString(text[1]) > MaxLabel:
			bad.Add(text[0], ProblemTooLong, MaxLabel)
		case !printable(text[1]) || strings.HasPrefix(text[0], "name") && strings.ContainsAny(text[1], "\r\n"):
			bad.Add(text[0], ProblemBadPattern, 0) // names stand in titles and in headers of mail: one line
		}
	}
	return bad.Err()
}

// checkNumbers checks NIP and REGON by their check digits (domain: NIP mod 11, REGON-9 mod 11 with 10→0).
func (o *Office) checkNumbers(bad *InvalidError) {
	if o.NIP != "" && weighted(o.NIP, []int{6, 5, 7, 2, 3, 4, 5, 6, 7}, 10) != 0 {
		bad.Add("nip", ProblemBadPattern, 0)
	}
	if o.REGON != "" && weighted(o.REGON, []int{8, 9, 2, 3, 4, 5, 6, 7}, 9) != 0 &&
		weighted(o.REGON, []int{2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8}, 14) != 0 {
		bad.Add("regon", ProblemBadPattern, 0)
	}
}

// weighted returns 0 if the last of n digits is the weighted sum of the others mod 11 (10 counts as 0 for
// REGON; a NIP with 10 does not exist, and its check digit can't be 10 either).
func weighted(digits string, weights []int, n int) int {
	if len(digits) != n {
		return -1
	}
	sum := 0
	for i, r := range digits {
		if r < '0' || r > '9' {
			return -1
		}
		if i < len(weights) {
			sum += int(r-'0') * weights[i]
		}
	}
	rest := sum % 11
	if rest == 10 && n != 10 {
		rest = 0
	}
	return rest - int(digits[n-1]-'0')
}

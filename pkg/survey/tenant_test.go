package survey

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestCheckSlug(t *testing.T) {
	tests := []struct {
		slug string
		want Problem
	}{
		{"osielsko", ""}, {"nowa-wies-wielka", ""}, {"a", ""}, {"1", ""}, {strings.Repeat("a", 63), ""},
		{"", ProblemBadPattern}, {"-a", ProblemBadPattern}, {"a-", ProblemBadPattern}, {"Osielsko", ProblemBadPattern}, {"a.b", ProblemBadPattern}, {"a b", ProblemBadPattern},
		{"żnin", ProblemBadPattern}, {"a\n", ProblemBadPattern}, {"xn--nin-6xa", ProblemBadPattern}, {strings.Repeat("a", 64), ProblemBadPattern},
		{"www", ProblemTaken}, {"panel", ProblemTaken}, {"operator", ProblemTaken},
	}
	for _, tt := range tests {
		var invalid *InvalidError
		switch err := CheckSlug(tt.slug); {
		case tt.want == "" && err != nil, tt.want != "" && !errors.As(err, &invalid):
			t.Errorf("CheckSlug(%q) = %v, want %q", tt.slug, err, tt.want)
		case tt.want != "" && !slices.Equal(invalid.Fields, fault("slug", tt.want, 0)):
			t.Errorf("CheckSlug(%q) = %v, want %q", tt.slug, err, tt.want)
		}
	}
}

func TestValidTERYT(t *testing.T) {
	for _, code := range []string{"0403", "0403062", "3262", "1465011", "1465188", "0201011"} {
		if !ValidTERYT(code) {
			t.Errorf("ValidTERYT(%q) = false", code)
		}
	}
	for _, code := range []string{"", "04", "040306", "04030622", "0303062", "3403062", "0003", "0403060", "0403067", "0403002", "0400062", "0400", "04O3", "0403 ", "٠٤٠٣", "0403062\n"} {
		if ValidTERYT(code) {
			t.Errorf("ValidTERYT(%q) = true", code)
		}
	}
}

func TestOfficeCheck(t *testing.T) {
	long := strings.Repeat("ą", MaxLabel+1)
	tests := []struct {
		name  string
		spoil func(o *Office)
		want  []FieldError
	}{
		{"sound", func(*Office) {}, nil},
		{"name only", func(o *Office) { *o = Office{Name: "Urząd"} }, nil},
		{"no name", func(o *Office) { o.Name = "\t " }, fault("name", ProblemRequired, 0)},
		{"long name", func(o *Office) { o.Name = long }, fault("name", ProblemTooLong, MaxLabel)},
		{"name of two lines", func(o *Office) { o.Name = "Urząd\r\nBcc: x@x.example" }, fault("name", ProblemBadPattern, 0)},
		{"genitive of two lines", func(o *Office) { o.NameGenitive = "Urzędu\n" }, fault("name_genitive", ProblemBadPattern, 0)},
		{"hours of two lines", func(o *Office) { o.Hours = "poniedziałek 8–16\r\nwtorek 8–18" }, nil},
		{"NUL", func(o *Office) { o.Hours = "8\x00" }, fault("hours", ProblemBadPattern, 0)},
		{"invalid UTF-8", func(o *Office) { o.DPO = "\xff" }, fault("dpo", ProblemBadPattern, 0)},
		{"long kind", func(o *Office) { o.Kind = long }, fault("kind", ProblemTooLong, MaxLabel)},
		{"TERYT", func(o *Office) { o.TERYT = "9903062" }, fault("teryt", ProblemBadPattern, 0)},
		{"postal code", func(o *Office) { o.PostalCode = "86031" }, fault("postal_code", ProblemBadPattern, 0)},
		{"phone", func(o *Office) { o.Phone = "zadzwoń" }, fault("phone", ProblemBadPattern, 0)},
		{"e-mail", func(o *Office) { o.Email = "urzad@osielsko" }, fault("email", ProblemBadPattern, 0)},
		{"e-mail with a header", func(o *Office) { o.Email = "a@b.example\nBcc: c@d.example" }, fault("email", ProblemBadPattern, 0)},
		{"script as website", func(o *Office) { o.Website = "javascript:alert(1)" }, fault("website", ProblemBadPattern, 0)},
		{"BIP without scheme", func(o *Office) { o.BIP = "bip.osielsko.example" }, fault("bip", ProblemBadPattern, 0)},
		{"e-Doręczenia", func(o *Office) { o.EDelivery = "AE:PL-12345-12345-abcde-12" }, fault("e_delivery", ProblemBadPattern, 0)},
		{"NIP", func(o *Office) { o.NIP = "1234563219" }, fault("nip", ProblemBadPattern, 0)},
		{"NIP with hyphens", func(o *Office) { o.NIP = "123-456-32-18" }, fault("nip", ProblemBadPattern, 0)},
		{"NIP whose rest is 10", func(o *Office) { o.NIP = "1000000160" }, fault("nip", ProblemBadPattern, 0)},
		{"REGON", func(o *Office) { o.REGON = "123456786" }, fault("regon", ProblemBadPattern, 0)},
		{"REGON of 14 digits", func(o *Office) { o.REGON = "12345678512347" }, nil},
		{"bad REGON of 14 digits", func(o *Office) { o.REGON = "12345678512348" }, fault("regon", ProblemBadPattern, 0)},
		{"REGON whose rest is 10 ends in 0", func(o *Office) { o.REGON = "100000050" }, nil},
		{"digits of another script", func(o *Office) { o.REGON = "١٢٣" }, fault("regon", ProblemBadPattern, 0)},
		{"colour as a word", func(o *Office) { o.Colour = "red" }, fault("colour", ProblemBadPattern, 0)},
		{"pale colour", func(o *Office) { o.Colour = "#ffff00" }, fault("colour", ProblemLowContrast, 0)},
		{"colour just too pale", func(o *Office) { o.Colour = "#777777" }, fault("colour", ProblemLowContrast, 0)},
		{"colour just dark enough", func(o *Office) { o.Colour = "#767676" }, nil},
		{"two faults, in order", func(o *Office) { o.Name, o.PostalCode = "", "x" }, []FieldError{{"name", ProblemRequired, 0}, {"postal_code", ProblemBadPattern, 0}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := Office{
				Name: "Urząd Gminy", NameGenitive: "Urzędu Gminy", NameLocative: "Urzędzie Gminy", Kind: "UG", Organ: "wójt", TERYT: "0403062", NIP: "1234563218", REGON: "123456785",
				Street: "Polna 1", PostalCode: "00-000", City: "Miasto", Phone: "+48 52 000 00 00", Email: "urzad@gmina.example", Website: "https://gmina.example/",
				BIP: "http://bip.gmina.example", EPUAP: "/gmina/skrytka", EDelivery: "AE:PL-12345-12345-ABCDE-12", Colour: "#004488",
			}
			tt.spoil(&o)
			var got []FieldError
			var invalid *InvalidError
			if err := o.Check(); errors.As(err, &invalid) {
				got = invalid.Fields
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("Check = %v, want %v", got, tt.want)
			}
		})
	}
}

// The ratios are those that WCAG's definition gives.
func TestContrastWithWhite(t *testing.T) {
	for colour, want := range map[string]float64{"#000000": 21, "#ffffff": 1, "#767676": 4.54, "#ff0000": 4.00, "#0000ff": 8.59} {
		if got := contrastWithWhite(colour); math.Abs(got-want) > 0.005 {
			t.Errorf("contrastWithWhite(%s) = %.3f, want %.2f", colour, got, want)
		}
	}
}

func TestWeights(t *testing.T) {
	tests := []struct {
		name   string
		weight Weights
		want   Problem
	}{
		{"none", nil, ""}, {"one each", Weights{RoleEfficiency: 1, RoleEmployee: 1, RoleOverall: 1}, ""}, {"percents", Weights{RoleOverall: 100}, ""},
		{"nothing", Weights{RoleOverall: 0}, ProblemBelow}, {"negative", Weights{RoleOverall: -1}, ProblemBelow}, {"no number", Weights{RoleOverall: math.NaN()}, ProblemNotNumber},
		{"too much", Weights{RoleOverall: 101}, ProblemAbove}, {"no whole number", Weights{RoleOverall: 1.5}, ProblemNotNumber},
	}
	for _, tt := range tests {
		var invalid *InvalidError
		err := tt.weight.Check()
		if (err != nil) != (tt.want != "") || err != nil && (!errors.As(err, &invalid) || invalid.Fields[0].Field != "weight_overall" || invalid.Fields[0].Problem != tt.want) {
			t.Errorf("%s: Check() = %v, want %q", tt.name, err, tt.want)
		}
	}
	if w := (Weights{RoleOverall: 7}); w.Of(RoleOverall) != 7 || w.Of(RoleEmployee) != 1 {
		t.Errorf("weights %g and %g, want 7 and 1", w.Of(RoleOverall), w.Of(RoleEmployee))
	}
}

package sheet

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const qrCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:" // all that an alphanumeric QR holds

func codes() *rapid.Generator[Code] {
	return rapid.Custom(func(t *rapid.T) Code {
		return Code{
			Tenant: rapid.Int64Range(1, maxTenant).Draw(t, "tenant"), Version: rapid.Int64Range(1, maxVersion).Draw(t, "version"),
			Page: rapid.IntRange(1, maxPageInCode).Draw(t, "page"), Serial: rapid.Uint32().Draw(t, "serial"),
			Format: rapid.SampledFrom([]string{"A", "B", "C", "D", "E", "F"}).Draw(t, "format"),
		}
	})
}

func TestCodeRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := codes().Draw(t, "code")
		s := want.Encode()
		if len(s) != 30 {
			t.Fatalf("Encode(%+v) = %q, want 30 characters", want, s)
		}
		if got, err := ParseCode(s); err != nil || got != want {
			t.Fatalf("ParseCode(%q) = %+v, %v; want %+v", s, got, err, want)
		}
		short := Code{Version: want.Version % (1 << 24), Page: want.Page, Serial: want.Serial % (1 << 26), Format: want.Format}
		if want.Short() != s[:13] {
			t.Fatalf("Short(%+v) = %q, want the start of %q", want, want.Short(), s)
		}
		if got, err := ParseShort(want.Short()); err != nil || got != short {
			t.Fatalf("ParseShort(%q) = %+v, %v; want %+v", want.Short(), got, err, short)
		}
	})
}

func TestCodeWithOneWrongCharacterIsRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := codes().Draw(t, "code").Encode()
		for i := range s {
			for _, r := range qrCharacters {
				if byte(r) == s[i] {
					continue
				}
				wrong := s[:i] + string(r) + s[i+1:]
				if _, err := ParseCode(wrong); !errors.Is(err, ErrBadCode) {
					t.Fatalf("ParseCode(%q), where %q is right: %v, want ErrBadCode", wrong, s, err)
				}
				if i < shortLength && !strings.ContainsRune(" -OIL", r) {
					if _, err := ParseShort(wrong[:shortLength]); !errors.Is(err, ErrBadCode) {
						t.Fatalf("ParseShort(%q), where %q is right: %v, want ErrBadCode", wrong[:shortLength], s[:shortLength], err)
					}
				}
			}
		}
	})
}

func TestShortCodeWithSwappedCharactersIsRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := codes().Draw(t, "code").Short()
		for i := 0; i+1 < len(s); i++ {
			swapped := s[:i] + s[i+1:i+2] + s[i:i+1] + s[i+2:]
			if _, err := ParseShort(swapped); swapped != s && !errors.Is(err, ErrBadCode) {
				t.Fatalf("ParseShort(%q), where %q is right: %v, want ErrBadCode", swapped, s, err)
			}
		}
	})
}

// TestCodeStaysAsPrinted holds what lies in drawers already: codes that were printed once must be read for ever.
func TestCodeStaysAsPrinted(t *testing.T) {
	tests := []struct {
		code Code
		want string
	}{
		{Code{Tenant: 6, Version: 17, Page: 1, Serial: 41}, "A00012200019100000300001AP54T2"},
		{Code{Tenant: maxTenant, Version: maxVersion, Page: 31, Serial: math.MaxUint32}, "AZZZZZZZZZZZGZZZZZZZZZZY6GBR21"},
	}
	for _, tt := range tests {
		if got := tt.code.Encode(); got != tt.want {
			t.Errorf("Encode(%+v) = %q, want %q", tt.code, got, tt.want)
		}
	}
}

func TestParseShortAsTyped(t *testing.T) {
	want := Code{Version: 17, Page: 1, Serial: 41, Format: "A"}
	printed := Code{Tenant: 6, Version: 17, Page: 1, Serial: 41}.Short()
	for _, typed := range []string{
		printed, strings.ToLower(printed), " " + printed[:5] + " " + printed[5:9] + "-" + printed[9:] + " ",
		strings.NewReplacer("0", "o", "1", "l").Replace(printed), strings.ReplaceAll(printed, "1", "I"),
	} {
		if got, err := ParseShort(typed); err != nil || got != want {
			t.Errorf("ParseShort(%q) = %+v, %v; want %+v", typed, got, err, want)
		}
	}
}

func TestParseCodeRefuses(t *testing.T) {
	good := Code{Tenant: 6, Version: 17, Page: 1, Serial: 41}.Encode()
	for _, s := range []string{"", "A", good[:29], good + "0", strings.ToLower(good), "B" + good[1:], "https://osielsko.ocenaurzedu.eu", "Ą" + good[2:], "A" + strings.Repeat("0", 29)} {
		if _, err := ParseCode(s); !errors.Is(err, ErrBadCode) {
			t.Errorf("ParseCode(%q) = %v, want ErrBadCode", s, err)
		}
	}
	for _, s := range []string{"", good, good[:12], "B" + good[1:13], "A" + strings.Repeat("0", 12), "ĄĆĘŁŃ"} {
		if _, err := ParseShort(s); !errors.Is(err, ErrBadCode) {
			t.Errorf("ParseShort(%q) = %v, want ErrBadCode", s, err)
		}
	}
}

func TestEncodeRefusesNumbersThatDoNotFit(t *testing.T) {
	for _, c := range []Code{
		{}, {Version: 1, Page: 1}, {Tenant: 1, Page: 1}, {Tenant: 1, Version: 1}, {Tenant: 1 << 31, Version: 1, Page: 1},
		{Tenant: 1, Version: 1 << 40, Page: 1}, {Tenant: 1, Version: 1, Page: 32}, {Tenant: -1, Version: 1, Page: 1},
	} {
		if got := c.Encode(); got != "" || c.Short() != "" {
			t.Errorf("Encode(%+v) = %q, want none", c, got)
		}
		if err := c.Check(); !errors.Is(err, ErrBadCode) {
			t.Errorf("Check(%+v) = %v, want ErrBadCode", c, err)
		}
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add(Code{Tenant: 6, Version: 17, Page: 1, Serial: 41}.Encode())
	f.Add("A0001 2200 0191")
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := ParseCode(s); err == nil && c.Encode() != s {
			t.Errorf("ParseCode(%q) = %+v, whose code is %q", s, c, c.Encode())
		}
		if c, err := ParseShort(s); err == nil && (c.Page < 1 || c.Version < 0) {
			t.Errorf("ParseShort(%q) = %+v", s, c)
		}
	})
}

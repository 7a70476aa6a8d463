package omr

import (
	"testing"

	"ocenaurzedu.eu/pkg/sheet"
)

// only finds the given layout for any code.
func only(l *sheet.Layout) Lookup {
	return func(sheet.Code) (*sheet.Layout, error) { return l, nil }
}

func TestBlankPageIsReadAsBlank(t *testing.T) {
	p, pdf := printed(t, "default")
	for i, printed := range p.Layout.Pages {
		for _, dpi := range []int{100, 150, 200, 300} {
			page := Read(rendered(t, pdf, i+1, dpi), only(p.Layout), Hints{})
			if page.State != Done || page.Bilevel || len(page.Boxes) != len(printed.Boxes) || page.Code != (sheet.Code{Tenant: 6, Version: 17, Page: i + 1, Serial: 41, Format: p.Layout.Format}) {
				t.Fatalf("page %d at %d dpi is %s %s, code %+v, %d boxes", i+1, dpi, page.State, page.Reason, page.Code, len(page.Boxes))
			}
			for _, b := range page.Boxes {
				if b.State != Empty || b.Flagged || b.Measures.Border < 0.95 {
					t.Errorf("page %d at %d dpi: %+v", i+1, dpi, b)
				}
			}
			for _, x := range page.Texts {
				if x.Written {
					t.Errorf("page %d at %d dpi: %+v", i+1, dpi, x)
				}
			}
		}
	}
}

package sheet

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/survey"
)

// svgDoc is what a test reads of an SVG.
type svgDoc struct {
	ViewBox string    `xml:"viewBox,attr"`
	Role    string    `xml:"role,attr"`
	Label   string    `xml:"aria-label,attr"`
	Texts   []svgText `xml:"text"`
	Paths   []struct {
		D string `xml:"d,attr"`
	} `xml:"path"`
}

type svgText struct {
	X         string `xml:"x,attr"`
	Y         string `xml:"y,attr"`
	Size      string `xml:"font-size,attr"`
	Weight    string `xml:"font-weight,attr"`
	Fill      string `xml:"fill,attr"`
	Transform string `xml:"transform,attr"`
	Text      string `xml:",chardata"`
}

func svgOf(t *testing.T, l *Layout, page int) svgDoc {
	t.Helper()
	var d svgDoc
	if err := xml.Unmarshal(l.SVG(page), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSVGDrawsWhatThePDFDoes(t *testing.T) {
	l := layout(t, allKinds(t))
	for i, p := range l.Pages {
		d := svgOf(t, l, i)
		if want := fmt.Sprintf("Strona %d z %d wydruku ankiety", i+1, len(l.Pages)); d.ViewBox != "0 0 210 297" || d.Role != "img" || d.Label != want {
			t.Errorf("page %d: viewBox %q, role %q, label %q", i+1, d.ViewBox, d.Role, d.Label)
		}
		var want, got []string
		for _, w := range p.Words {
			weight, fill, turn := "", "#000000", ""
			if w.Style.bold() {
				weight = "bold"
			}
			if w.Style == StyleHint {
				fill = "#323232"
			}
			if w.Turn {
				turn = fmt.Sprintf("rotate(-90 %g %g)", w.X, w.Y)
			}
			want = append(want, fmt.Sprintf("%g %g %.3f %s %s %s %s", w.X, w.Y, w.Size*25.4/72, weight, fill, turn, w.Text))
		}
		for _, w := range d.Texts {
			if w.Fill != "#969696" { // the office, which the layout does not know
				got = append(got, strings.Join([]string{w.X, w.Y, w.Size, w.Weight, w.Fill, w.Transform, w.Text}, " "))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("page %d: texts (-layout +SVG):\n%s", i+1, diff)
		}
		paths := ""
		for _, path := range d.Paths {
			paths += path.D + "\n"
		}
		wants := []string{}
		for _, b := range p.Boxes {
			wants = append(wants, fmt.Sprintf("M%g %gh4.7v4.7h-4.7z", mm(b.X-2.35), mm(b.Y-2.35)))
		}
		for _, a := range p.Texts {
			if a.Kind == AreaOther {
				wants = append(wants, fmt.Sprintf("M%g %gh%g\n", a.X, mm(a.Y+a.H-1.4), a.W))
			} else {
				wants = append(wants, fmt.Sprintf("M%g %gh%gv%gh-%gz\n", a.X, a.Y, a.W, a.H, a.W))
			}
		}
		for _, r := range p.Rules {
			wants = append(wants, fmt.Sprintf("M%g %gL%g %g\n", r.X1, r.Y1, r.X2, r.Y2))
		}
		for _, f := range p.Fiducials {
			wants = append(wants, fmt.Sprintf("M%g %gh7v7h-7z", f[0]-3.5, f[1]-3.5), fmt.Sprintf("M%g %gh3v3h-3z", f[0]-1.5, f[1]-1.5))
		}
		for _, want := range wants {
			if !strings.Contains(paths, want) {
				t.Errorf("page %d: no path %q", i+1, want)
			}
		}
		if len(p.Boxes) == 0 || len(p.Texts) == 0 && i == 0 {
			t.Errorf("page %d tests nothing: %d boxes, %d areas", i+1, len(p.Boxes), len(p.Texts))
		}
	}
}

func TestSVGKeepsTextAsText(t *testing.T) {
	q := shipped(t, "short")
	q.Sections[0].Questions[0].Label = survey.PL(`<script>alert("x")</script> & więcej`)
	l := layout(t, q)
	doc := string(l.SVG(0))
	if strings.Contains(doc, "<script") || strings.Contains(doc, "style=") {
		t.Error("a label became markup, or there is inline style")
	}
	there := func(w svgText) bool { return strings.Contains(w.Text, `<script>alert("x")</script> & więcej`) }
	if !slices.ContainsFunc(svgOf(t, l, 0).Texts, there) {
		t.Error("the label is not on the page as it was written")
	}
}

// Nobody can scan a preview for a sheet: its QR is a picture of one.
func TestSVGHasNoCode(t *testing.T) {
	l := layout(t, shipped(t, "short"))
	for _, w := range svgOf(t, l, 0).Texts {
		if _, err := ParseShort(w.Text); err == nil {
			t.Errorf("the preview has the code %s", w.Text)
		}
	}
}

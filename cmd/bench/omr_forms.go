package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/pkg/synth"
	"ocenaurzedu.eu/tenants"
)

const (
	printTenant   = 6  // whose sheets are read
	foreignTenant = 7  // and whose are not
	firstVersion  = 17 // of the forms, which count on from there
	printDPI      = 300
)

// prints are the printed pages that are filled in and read: all forms that are shipped, the bench's own of fifteen
// questions, and one with all kinds of questions.
type prints struct {
	pages   []synth.Print
	layouts map[sheetForm]*sheet.Layout
}

// sheetForm is what the look-up of a sheet goes by.
type sheetForm struct {
	version int64
	format  string
}

func newPrints(ctx context.Context) (*prints, error) {
	forms, err := questionnaires()
	if err != nil {
		return nil, err
	}
	p := &prints{layouts: map[sheetForm]*sheet.Layout{}}
	for i, q := range forms {
		version := &survey.Version{ID: firstVersion + int64(i), Number: i + 1, Questionnaire: *q, Layout: survey.NewLayout(q), PublishedAt: time.Date(2026, 1, 2, 8, 0, 0, 0, time.UTC)}
		for _, form := range sheet.Forms(q) {
			if !isPrinted(i, form) {
				continue
			}
			if err := p.add(ctx, version, form); err != nil {
				return nil, fmt.Errorf("printing %s: %w", q.Key, err)
			}
		}
	}
	return p, nil
}

// isPrinted picks forms: each questionnaire in Polish and normal print, every third in large print and in another language
// too.
func isPrinted(i int, form sheet.Form) bool {
	return form.Lang == survey.Polish && !form.Large || i%3 == 1 && (form.Lang == survey.Polish || form.Lang == survey.Ukrainian && !form.Large)
}

// questionnaires reads the forms, in the order of their names.
func questionnaires() ([]*survey.Questionnaire, error) {
	var all []*survey.Questionnaire
	shipped, err := tenants.Files.ReadDir("questionnaires")
	if err != nil {
		return nil, err
	}
	for _, entry := range shipped {
		content, err := tenants.Files.ReadFile("questionnaires/" + entry.Name())
		if err != nil {
			return nil, err
		}
		q, err := survey.ParseQuestionnaire(entry.Name(), content)
		if err != nil {
			return nil, err
		}
		all = append(all, q)
	}
	for _, name := range []string{"questionnaire.yaml", "kinds.yaml"} {
		content, _ := files.ReadFile(name) // embedded
		q, err := survey.ParseQuestionnaire(name, content)
		if err != nil {
			return nil, err
		}
		all = append(all, q)
	}
	return all, nil
}

// add prints a version as its office does and takes a picture of each page that has boxes.
func (p *prints) add(ctx context.Context, version *survey.Version, form sheet.Form) error {
	layout, err := form.Layout(&version.Questionnaire)
	if err != nil {
		return err
	}
	var pdf bytes.Buffer
	office := survey.Office{Name: "Urząd Gminy Przykładowej", Street: "ul. Szkolna 1", PostalCode: "86-031", City: "Przykładowo"}
	order := sheet.Print{Office: office, Tenant: printTenant, Version: version, Layout: layout, Copies: 1, FirstSerial: 1}
	if err := order.PDF(&pdf); err != nil {
		return err
	}
	pictures, err := pdfPages(ctx, pdf.Bytes())
	if err != nil {
		return err
	}
	p.layouts[sheetForm{version.ID, layout.Format}] = layout
	for i, page := range layout.Pages {
		if len(page.Boxes) > 0 && i < len(pictures) {
			code := sheet.Code{Format: layout.Format, Tenant: printTenant, Version: version.ID, Page: i + 1, Serial: 1}
			p.pages = append(p.pages, synth.Print{Layout: layout, Code: code, Image: pictures[i]})
		}
	}
	return nil
}

// pdfPages renders a PDF by poppler, which isn't what the product renders with.
func pdfPages(ctx context.Context, pdf []byte) ([]*image.Gray, error) {
	dir, err := os.MkdirTemp("", "ocenaurzedu-omr-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "sheet.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "pdftoppm", "-r", fmt.Sprint(printDPI), "-gray", file, filepath.Join(dir, "page"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("pdftoppm (package poppler-utils): %w: %s", err, out)
	}
	found, err := filepath.Glob(filepath.Join(dir, "page*.pgm")) // numbered with leading zeros, in order
	if err != nil {
		return nil, err
	}
	var all []*image.Gray
	for _, path := range found {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		img, err := pgm(content)
		if err != nil {
			return nil, err
		}
		all = append(all, img)
	}
	return all, nil
}

// pgm reads a binary grey map of 8 bits.
func pgm(content []byte) (*image.Gray, error) {
	var w, h, most int
	if n, err := fmt.Fscanf(bytes.NewReader(content), "P5\n%d %d\n%d\n", &w, &h, &most); n != 3 || most != 255 || len(content) < w*h {
		return nil, errors.Join(errors.New("not a grey map"), err)
	}
	return &image.Gray{Pix: content[len(content)-w*h:], Stride: w, Rect: image.Rect(0, 0, w, h)}, nil
}

// find is the office's look-up of sheets.
func (p *prints) find(code sheet.Code) (*sheet.Layout, error) {
	if code.Tenant != printTenant {
		return nil, omr.ErrForeign
	}
	layout, known := p.layouts[sheetForm{code.Version, code.Format}]
	if !known {
		return nil, omr.ErrUnknown
	}
	return layout, nil
}

// foreign is a page that must not be accepted, as it comes back.
type foreign struct {
	kind string
	make func(p *prints, page synth.Print, n int) (synth.Print, error)
}

// foreigners are other offices' sheets, other sheets' codes, and what else lies on an office's scanner.
func foreigners() []foreign {
	coded := func(change func(c *sheet.Code)) func(*prints, synth.Print, int) (synth.Print, error) {
		return func(_ *prints, page synth.Print, n int) (synth.Print, error) {
			code := page.Code
			code.Serial = uint32(n)
			change(&code)
			return page.WithCode(code.Encode())
		}
	}
	return []foreign{
		{"another office's sheet", coded(func(c *sheet.Code) { c.Tenant = foreignTenant })},
		{"another version's sheet", coded(func(c *sheet.Code) { c.Version += 1000 })},
		{"a page that the sheet doesn't have", coded(func(c *sheet.Code) { c.Page = 30 })},
		{"another form's code on it", func(p *prints, page synth.Print, n int) (synth.Print, error) {
			for i := range p.pages {
				if other := p.pages[(n+i)%len(p.pages)].Code; other.Version != page.Code.Version {
					return page.WithCode(other.Encode())
				}
			}
			return page, errors.New("one form only")
		}},
		{"one character of the code changed", func(_ *prints, page synth.Print, n int) (synth.Print, error) {
			text, at := []byte(page.Code.Encode()), 1+n%29
			text[at] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[(strings.IndexByte("0123456789ABCDEFGHJKMNPQRSTVWXYZ", text[at])+1+n%31)%32]
			return page.WithCode(string(text))
		}},
		{"some other QR on it", func(_ *prints, page synth.Print, n int) (synth.Print, error) {
			return page.WithCode(fmt.Sprintf("HTTPS://EXAMPLE.COM/%d", n))
		}},
		{"no QR on it", func(_ *prints, page synth.Print, _ int) (synth.Print, error) { return page.WithoutCode(), nil }},
		{"mirrored", func(_ *prints, page synth.Print, _ int) (synth.Print, error) { return page.Mirrored(), nil }},
		{"blank paper", func(_ *prints, page synth.Print, _ int) (synth.Print, error) { return page.Blank(), nil }},
		{"a letter", func(_ *prints, page synth.Print, _ int) (synth.Print, error) { return page.Letter() }},
	}
}

package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"time"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// pdfCommand measures a report as PDF: beside the same pages in Helvetica, which no file has to carry, and without tags.
type pdfCommand struct {
	Runs int `default:"101" help:"How many PDFs of each kind are written, in turns; the medians count."`
}

// Run writes the kinds in turns. The fonts' cost is that of untagged files, the tags' that of files with embedded fonts.
func (c *pdfCommand) Run(_ *bench) error {
	document, err := pdfDocument()
	if err != nil {
		return err
	}
	kinds := []report.PDFOptions{{}, {Untagged: true}, {Untagged: true, CoreFonts: true}}
	took := make([][]time.Duration, len(kinds))
	var first []byte
	for range c.Runs {
		for i, kind := range kinds {
			var out bytes.Buffer
			began := time.Now()
			if err := document.PDFWith(&out, kind); err != nil {
				return err
			}
			took[i] = append(took[i], time.Since(began))
			if first == nil {
				first = out.Bytes()
			}
		}
	}
	whole, untagged, core := median(took[0]), median(took[1]), median(took[2])
	fmt.Printf("%d pages, %d kB: %v; without tags %v, so that tagging takes %v; these in core fonts %v\n",
		bytes.Count(first, []byte("/Type /Page\n")), len(first)/1000, whole, untagged, whole-untagged, core)
	printTable([]row{
		{what: "report as PDF ÷ the same pages in core fonts, both untagged", got: float64(untagged) / float64(core), floor: 2, goal: 2, most: true},
		{what: "the same, tagged ÷ untagged in core fonts", got: float64(whole) / float64(core), floor: 2, goal: 2, most: true},
	})
	return nil
}

// pdfForms is how many submissions the report is of.
const pdfForms = 600

// pdfDocument is a report of a year over the stage's questionnaire, the same in each run.
func pdfDocument() (*report.Document, error) {
	content, _ := files.ReadFile("questionnaire.yaml") // embedded
	q, err := survey.ParseQuestionnaire("questionnaire.yaml", content)
	if err != nil {
		return nil, err
	}
	v := &survey.Version{ID: 1, Number: 1, Questionnaire: *q, Layout: survey.NewLayout(q), PublishedAt: time.Date(reportYear, 1, 2, 8, 0, 0, 0, time.UTC)}
	r := rand.New(rand.NewPCG(1, 2))
	results := survey.Results{Tallies: []survey.Tally{{Version: v}}}
	for month := range 12 {
		for _, channel := range survey.Channels()[:3] {
			part := survey.TallyPart{Month: survey.NewDay(reportYear, time.Month(month+1), 1), Channel: channel, N: pdfForms / 36, Counts: make([]int64, v.Layout.Counters)}
			for range part.N {
				v.Layout.Count(part.Counts, pdfCodes(r, v), 1)
			}
			results.Tallies[0].Parts = append(results.Tallies[0].Parts, part)
		}
	}
	filter := survey.Filter{From: survey.NewDay(reportYear, 1, 1), To: survey.NewDay(reportYear, 12, 31)}
	return &report.Document{Office: survey.Office{Name: "Urząd Gminy Przykładowej", Organ: "wójt"}, Summary: stats.Summarize(results, filter, stats.Rules{}),
		Questionnaires: []survey.Version{*v}, Number: 1, GeneratedAt: time.Date(reportYear+1, 1, 14, 9, 30, 0, 0, time.UTC), Sample: true}, nil
}

// pdfCodes fills a form by chance; options are ticked or not.
func pdfCodes(r *rand.Rand, v *survey.Version) []int16 {
	codes := make([]int16, len(v.Layout.Slots))
	for i, s := range v.Layout.Slots {
		codes[i] = survey.CodeBlank
		switch {
		case s.Option != "":
			codes[i] += survey.CodeFirst * int16(r.IntN(2))
		case s.Values > 0 && r.IntN(20) > 0:
			codes[i] = survey.CodeFirst + int16(r.IntN(s.Values))
		}
	}
	return codes
}

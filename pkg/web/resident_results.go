package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// resultsPath is where everybody reads what the office publishes.
const resultsPath = "/wyniki"

// resultsPage is a public edition of a report.
type resultsPage struct {
	page
	Edition     *report.Edition
	Document    *report.Document
	Summary     *stats.Summary
	Conclusions []report.Conclusion
	Sections    []reportSection
	Editions    []editionLink // all that are published, the newest period first
	Files       []editionFile
}

// editionLink leads to an edition.
type editionLink struct {
	Name, Period, Address string
	Current               bool
}

// editionFile is a file of an edition to load.
type editionFile struct{ Name, Format, Address string }

// Pages and files of results are made for each reader, and anybody may ask for them however often. Few at a time are made,
// so that the others' questionnaires go on; who waits too long is asked to come again.
const (
	readersAtOnce = 2
	readersWait   = 3 * time.Second
)

// showResults shows an edition, the newest one where none is named. An office that publishes nothing has no such page.
func (s *Server) showResults(c *fiber.Ctx) error {
	all, edition, err := s.publishedEdition(c)
	if err != nil {
		return err
	}
	s.learnLanguages(c)
	p := s.resultsOf(c, edition)
	for _, each := range all {
		p.Editions = append(p.Editions, editionLink{each.Name, each.Period(), p.To(resultsPath + "/" + each.Name), each.Name == edition.Name})
	}
	if err := c.Render("resident/results", p); err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "public, no-cache") // kept, but asked for each time: what is withdrawn is gone
	sum := sha256.Sum256(c.Response().Body())
	if known(c, sum[:16]) {
		c.Response().ResetBody()
	}
	return nil
}

// resultsOf makes the page of an edition.
func (s *Server) resultsOf(c *fiber.Ctx, e *report.Edition) resultsPage {
	d := e.Document()
	p := resultsPage{page: s.page(c), Edition: e, Document: d, Summary: e.Summary, Conclusions: d.Conclusions(), Sections: reportSections(d)}
	for _, f := range []struct{ name, format string }{
		{report.OpenXLSX, "XLSX"}, {report.OpenCSV, "CSV"}, {report.OpenJSON, "JSON"}, {report.OpenDictionary, "CSV"}, {report.OpenRemarks, "CSV"},
	} {
		if f.name != report.OpenRemarks || len(e.Summary.Remarks) > 0 {
			p.Files = append(p.Files, editionFile{f.name, f.format, e.FileAddress(f.name)})
		}
	}
	return p
}

// publishedEdition returns the heads of all editions and the whole of the one that the address names, with those
// remarks that are still approved.
func (s *Server) publishedEdition(c *fiber.Ctx) ([]*report.Edition, *report.Edition, error) {
	name := c.Params("edition")
	published, err := s.scopeOf(c).Published(c.UserContext(), name)
	if err != nil {
		return nil, nil, err
	}
	var whole *report.Edition
	all, err := editionsOf(published)
	for i, e := range all {
		if e.Name == name || name == "" && i == 0 {
			whole = e
		}
	}
	if err != nil {
		return nil, nil, err
	}
	if whole == nil {
		return nil, nil, survey.ErrNotFound
	}
	whole, err = withApproved(c.UserContext(), s.scopeOf(c), whole)
	return all, whole, err
}

// editionsOf reads editions as they were published.
func editionsOf(published []store.Publication) ([]*report.Edition, error) {
	var all []*report.Edition
	for _, p := range published {
		var e report.Edition
		if err := json.Unmarshal(p.Edition, &e); err != nil {
			return nil, fmt.Errorf("edition %s: %w", p.Name, err)
		}
		all = append(all, &e)
	}
	return all, nil
}

// withApproved leaves out remarks that were approved when the report was made and are not any more.
func withApproved(ctx context.Context, scope *store.Scope, e *report.Edition) (*report.Edition, error) {
	var texts []string
	for _, g := range e.Summary.Remarks {
		for _, r := range g.Remarks {
			texts = append(texts, r.Text)
		}
	}
	if len(texts) == 0 {
		return e, nil
	}
	approved, err := scope.StillApproved(ctx, texts)
	if err != nil {
		return nil, err
	}
	return e.WithRemarks(func(question, text string) bool { return approved[[2]string{question, text}] }), nil
}

// known sets what names the body in caches, and reports whether the reader has it: then the answer is 304.
func known(c *fiber.Ctx, sum []byte) bool {
	tag := `W/"` + hex.EncodeToString(sum) + `"` // weak, as the body may go compressed
	c.Set(fiber.HeaderETag, tag)
	if !strings.Contains(c.Get(fiber.HeaderIfNoneMatch), tag[2:]) {
		return false
	}
	c.Status(fiber.StatusNotModified)
	return true
}

// Method says how the figures are made.
func (p resultsPage) Method() []string { return p.Edition.Method() }

// Licence is the licence of the data.
func (p resultsPage) Licence() report.Licence { return p.Edition.Licence() }

// By reports whether the overall rating is told by channel, month or point.
func (p resultsPage) By(breakdown string) bool { return string(p.Edition.Rules.Breakdown) == breakdown }

// Channel returns the overall rating of a channel, where it is told.
func (p resultsPage) Channel(channel survey.Channel) stats.Group {
	return reportPage{Summary: p.Summary}.ByChannel(channel)
}

// AreasChart draws the areas' means with their intervals.
func (p resultsPage) AreasChart() template.HTML { return reportPage{Summary: p.Summary}.AreasChart() }

// QuadrantMethod says how importance and satisfaction are set against each other.
func (p resultsPage) QuadrantMethod() string { return report.QuadrantMethod }

// Quadrants are the charts of importance and satisfaction.
func (p resultsPage) Quadrants() []reportQuadrant { return reportPage{Summary: p.Summary}.Quadrants() }

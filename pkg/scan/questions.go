package scan

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// ReasonHandwriting is of a field in which something is written by hand: a person reads it.
const ReasonHandwriting = "handwriting"

// FieldOf returns the form's field that a box belongs to, as of survey.Slot.Field.
func FieldOf(question, row, area, aspect string) string {
	return survey.Slot{Question: question, Row: row, Area: area, Aspect: aspect}.Field()
}

// AreaField returns the form's field that a writing area belongs to.
func AreaField(a sheet.Area) string {
	if a.Kind == sheet.AreaOther {
		return a.Question + "." + a.Option
	}
	return a.Question
}

// questions makes a page's fields of what was read off it. Of those that are not flagged 2 % are asked all the same.
func questions(page *omr.Page, layout *sheet.Layout, version *survey.Version) []store.ScanQuestion {
	var all []store.ScanQuestion
	for _, q := range page.Questions {
		field := FieldOf(q.Question, q.Row, q.Area, q.Aspect)
		one := store.ScanQuestion{Field: field + partOf(layout, q, page.Code.Page), Kind: store.AskOne, Proposal: q.Values, Flagged: q.Flagged, Reason: string(q.Reason)}
		if asked := version.Questionnaire.Question(q.Question); asked != nil && asked.Kind == survey.KindMulti {
			one.Kind = store.AskMany
		}
		all = append(all, one)
	}
	for _, t := range page.Texts {
		all = addText(all, t)
	}
	for i := range all {
		q := &all[i]
		if q.Flagged || q.Kind != store.AskOne && q.Kind != store.AskMany || rand.Float64() >= auditShare {
			continue
		}
		q.Audit, q.Reason = true, string(omr.DoubtfulMark)
		if len(q.Proposal) == 0 {
			q.Reason = string(omr.BlankBilevel)
		}
	}
	return all
}

// addText adds a writing area. A number shares its field with the boxes beside it ("nie dotyczy").
func addText(all []store.ScanQuestion, t omr.Text) []store.ScanQuestion {
	field := AreaField(t.Area)
	if t.Kind != sheet.AreaNumber {
		q := store.ScanQuestion{Field: field, Kind: store.AskText, Flagged: t.Written}
		if t.Written {
			q.Reason = ReasonHandwriting
		}
		return append(all, q)
	}
	i := slices.IndexFunc(all, func(q store.ScanQuestion) bool { return q.Field == field })
	if i < 0 {
		all = append(all, store.ScanQuestion{Field: field})
		i = len(all) - 1
	}
	q := &all[i]
	q.Kind = store.AskNumber
	if t.Written {
		q.Flagged, q.Reason = true, ReasonHandwriting
	}
	return all
}

// partOf is what tells the parts of a question apart whose boxes go on over a page; "" on its first one.
func partOf(layout *sheet.Layout, q omr.Question, page int) string {
	same := func(b sheet.Box) bool {
		return b.Question == q.Question && b.Row == q.Row && b.Area == q.Area && b.Aspect == q.Aspect
	}
	for _, earlier := range layout.Pages[:page-1] {
		if slices.ContainsFunc(earlier.Boxes, same) {
			return store.FieldPart + strconv.Itoa(page)
		}
	}
	return ""
}

// Personal stands behind the words of a decision that a person says to hold personal data: they wait for review.
const Personal = "personal"

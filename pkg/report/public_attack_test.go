package report

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// attacked has rows in areas with roles, questions that depend on answers, and an overall rating.
const attacked = `
key: ankieta
title: Ankieta
sections:
  - key: all
    title: Wszystko
    questions:
      - {key: settled, kind: yesno, label: Załatwiono?}
      - key: quality
        kind: matrix
        label: Obsługa
        scale: &five {points: [{label: a}, {label: b}, {label: c}, {label: d}, {label: e}]}
        importance: {points: [{label: mało}, {label: bardzo}]}
        areas: [{key: staff, label: Pracownicy, role: employee}, {key: time, label: Czas, role: efficiency}]
        rows: [{key: polite, label: Uprzejmość, area: staff}, {key: wise, label: Wiedza, area: staff}, {key: quick, label: Szybkość, area: time}]
      - key: why
        kind: single
        label: Dlaczego?
        show_if: {any: [{question: settled, is: [no]}, {question: quality, row: polite, is: ["1", "2"]}]}
        options: [{key: x, label: X}, {key: y, label: Y}]
      - key: more
        kind: number
        label: Ile?
        min: 0
        max: 50
        show_if: {all: [{question: why, is: [x]}]}
      - {key: overall, kind: scale, label: Ogólnie, role: overall, scale: *five}
`

// people are the answers of an office's submissions, each with its channel and month.
type people struct {
	version *survey.Version
	values  []survey.Values
	channel []survey.Channel
	month   []survey.Day
}

func attackedVersion(t *testing.T) *survey.Version {
	t.Helper()
	q, err := survey.ParseQuestionnaire("attacked.yaml", []byte(attacked))
	if err != nil {
		t.Fatal(err)
	}
	return &survey.Version{ID: 1, Number: 1, Questionnaire: *q, Layout: survey.NewLayout(q), PublishedAt: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}
}

// drawPeople draws submissions in which each question is answered by few or by many.
func drawPeople(t *rapid.T, v *survey.Version) *people {
	p := &people{version: v}
	fields := map[string][]string{"settled": {"yes", "no"}, "quality.polite": nil, "quality.wise": nil, "quality.quick": nil, "quality.staff.importance": {"1", "2"},
		"quality.time.importance": {"1", "2"}, "why": {"x", "y"}, "more": {"0", "7", "23", "50"}, "overall": nil}
	often := map[string]int{} // of ten
	names := slices.Sorted(maps.Keys(fields))
	for _, name := range names {
		often[name] = rapid.SampledFrom([]int{1, 2, 3, 9, 10}).Draw(t, name)
	}
	for range rapid.IntRange(20, 70).Draw(t, "n") {
		values := survey.Values{}
		for _, name := range names {
			choices := fields[name]
			if choices == nil {
				choices = []string{"1", "2", "3", "4", "5"}
			}
			if rapid.IntRange(1, 10).Draw(t, "answered") <= often[name] {
				values[name] = []string{rapid.SampledFrom(choices).Draw(t, "value")}
			}
		}
		p.values = append(p.values, values)
		p.channel = append(p.channel, rapid.SampledFrom(survey.Channels()).Draw(t, "channel"))
		p.month = append(p.month, survey.NewDay(2025, time.Month(rapid.IntRange(1, 3).Draw(t, "month")), 1))
	}
	return p
}

// document makes the report of the submissions, at a threshold of 3.
func (p *people) document(t interface{ Fatal(...any) }) *Document {
	type place struct {
		channel survey.Channel
		month   survey.Day
	}
	parts := map[place]*survey.TallyPart{}
	var order []place
	for i, values := range p.values {
		sub, err := p.version.Fill(values, survey.ChannelPaperTyped, p.month[i]) // paper keeps answers that break a rule
		if err != nil {
			t.Fatal(err)
		}
		at := place{p.channel[i], p.month[i]}
		if parts[at] == nil {
			parts[at] = &survey.TallyPart{Month: at.month, Channel: at.channel, Counts: make([]int64, p.version.Layout.Counters)}
			order = append(order, at)
		}
		parts[at].N++
		p.version.Layout.Count(parts[at].Counts, sub.Codes, 1)
	}
	tally := survey.Tally{Version: p.version}
	for _, at := range order {
		tally.Parts = append(tally.Parts, *parts[at])
	}
	filter := survey.Filter{From: survey.NewDay(2025, 1, 1), To: survey.NewDay(2025, 3, 31)}
	s := stats.Summarize(survey.Results{Tallies: []survey.Tally{tally}}, filter, stats.Rules{Threshold: stats.FloorThreshold})
	return &Document{Office: survey.Office{Name: "Urząd"}, Slug: "urzad", Summary: s, Number: 1}
}

// reanswered has other answers to a field by the same people.
func (p *people) reanswered(t *rapid.T, field string, choices []string) *people {
	out := &people{version: p.version, channel: p.channel, month: p.month}
	for _, values := range p.values {
		values = maps.Clone(values)
		if values[field] != nil {
			values[field] = []string{rapid.SampledFrom(choices).Draw(t, "other")}
		}
		out.values = append(out.values, values)
	}
	return out
}

// TestHeldAnswersDoNotShow changes what the few people answered whose item the report tells and the edition holds back,
// and wants the same edition to the byte: what does not depend on an answer can't tell it.
func TestHeldAnswersDoNotShow(t *testing.T) {
	v := attackedVersion(t)
	rows := map[string][]string{"polite": nil, "wise": nil, "quick": nil}
	tried := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		p := drawPeople(rt, v)
		rules := PublicRules{Threshold: 10, Breakdown: rapid.SampledFrom(Breakdowns()).Draw(rt, "breakdown"), Licence: "cc0"}
		d := p.document(rt)
		before := NewEdition(d, rules, nil, time.Time{})
		checkParts(rt, before)
		for i, q := range d.Summary.Questions {
			for j, it := range q.Items {
				choices, field := []string{"1", "2", "3", "4", "5"}, q.Key
				if _, is := rows[it.Row]; is {
					field += "." + it.Row
				}
				if q.Key == "settled" {
					choices = []string{"yes", "no"}
				}
				if it.Suppressed || it.Valid == 0 || it.Valid >= 10 || it.Aspect == survey.AspectImportance || q.Key == "why" || q.Key == "more" {
					continue
				}
				tried[field]++
				if !before.Summary.Questions[i].Items[j].Suppressed {
					rt.Fatalf("%s is told, of %d", field, it.Valid)
				}
				after := NewEdition(p.reanswered(rt, field, choices).document(rt), rules, nil, time.Time{})
				before.Held, after.Held = 0, 0 // for the office's eyes
				if a, b := encoded(rt, before), encoded(rt, after); a != b {
					rt.Fatalf("answers to %s show:\n%s\n%s", field, a, b)
				}
			}
		}
	})
	for _, field := range []string{"settled", "quality.polite", "quality.wise", "quality.quick", "overall"} {
		if tried[field] < 5 {
			t.Errorf("%s was held back %s times; the test shows little", field, strconv.Itoa(tried[field]))
		}
	}
}

// checkParts wants of the breakdown that what is held back is at least two parts with threshold ratings together, or
// nothing, or all.
func checkParts(t *rapid.T, e *Edition) {
	c := &cover{from: e.Summary, rules: e.Rules}
	groups := c.parts(e.Summary, e.Rules.Breakdown)
	held, rest, smallest := c.rest(groups)
	if smallest < 0 || e.Rules.Breakdown == BreakdownNone {
		return
	}
	if held == 1 || rest > 0 && rest < e.Rules.Threshold || groups[smallest].Rating.N < e.Rules.Threshold {
		t.Fatalf("by %s: %d parts held back with %d ratings together: %+v", e.Rules.Breakdown, held, rest, groups)
	}
}

func encoded(t interface{ Fatal(...any) }, v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

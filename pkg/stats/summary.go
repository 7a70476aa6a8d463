// Package stats makes figures of counts: survey.Results → Summary. It is pure. What too few people answered
// is withheld here, and a Summary does not carry the withheld number, so that no writer can leak it.
//
// # What is withheld
//
// The answers of fewer people than the threshold are withheld: of an item (a question, or a row of a
// matrix) with 0 < n < threshold everything but how many were asked, and of a part of the submissions (a
// channel, a service point, a month) its rating. A low count within a distribution of many answers is told.
// The base is substantive answers; of a free text it is those asked, as its texts pass a person's review.
//
// Where a withheld part could be had by subtraction, more is withheld: of each way to divide the
// submissions at least two parts with at least threshold ratings together, or none; and neither a small part
// nor a small difference of two parts, one within the other, may be a linear combination of what is told
// over all three ways. An area and a quadrant leave their withheld rows out. Where an item is withheld, each item that
// a rule shows or hides by its answers is withheld too, however many answered, and so on: how many were asked would
// count answers to the withheld one. Subtraction between reports is looked at where Rules.Earlier has them (earlier.go), of
// families of them too (earlier_union.go). Cross-tabs have a stricter rule (disclosure.go): no cell of few is told.
//
// If there are fewer submissions than the threshold, no item, part or remark is told at all.
//
// # What is always told
//
// How many submissions came: in all, by version, channel, month and service point; and so how many were
// asked an item. They count sheets and say nothing of what is on them. A remark is told with its month and
// channel only where these do not narrow it down to fewer submissions than the threshold.
//
// # What is not promised
//
// A rating of a channel, a service point or a month tells mean, deviation and Top2 of threshold people or more. Of a scale of
// five points that leaves few ways in which they may have answered, of a shorter one none: a low count of such a group is told
// like one of a distribution. Cross-tabs beside it add nothing to that (cross_ratings.go).
//
// That somebody answered a question, or left it out, may show where what they answered does not: in how many were asked, in
// what is withheld, and in that something waits.
//
// A county's figures are made anew each time it looks and archived nowhere, so that nothing is held against what was seen
// before. Its analyst, who may choose any months, can take one period off another, or what stood there last week off what stands
// there now, and so see the sum of the ratings of the few who make the difference: not who they are, nor any other answer of
// theirs, as a county sees the overall rating and the best and worst areas alone. What holds within one look is said at
// CountySummary. An office's own panel of results looks back at its archive only, not at what was looked at before. What is
// known of a multi question's bounds of picks is not an equation of the cross-tabs' audit.
//
// Families of more than mostFamilies ways to put archived reports together are looked at in part (earlier_union.go).
package stats

import "ocenaurzedu.eu/pkg/survey"

// DefaultThreshold is the smallest number of answers that a figure may be made of; an office may raise it
// to 10. FloorThreshold follows art. 38 of the Act on public statistics (fewer than three).
const (
	DefaultThreshold = 5
	FloorThreshold   = 3
	HighestThreshold = 10
)

// Rules are an office's own settings for its figures.
type Rules struct {
	Threshold int // 0: DefaultThreshold; raised to FloorThreshold where lower, lowered to HighestThreshold where higher
	// Weights of the indicators in the composite, as the office set them; a role that is missing has 1.
	Weights map[survey.Role]float64
	// Earlier are the office's archived reports, oldest first: what could be had by subtraction from them waits, or is withheld.
	Earlier []Earlier
}

// Summary is all that a report says, whatever its format.
type Summary struct {
	Filter        survey.Filter  `json:"filter"`
	Threshold     int            `json:"threshold"`
	N             int            `json:"n"`        // submissions taken in
	Versions      []VersionCount `json:"versions"` // oldest first
	Channels      []ChannelCount `json:"channels"` // all five, in the order of survey.Channels
	Months        []MonthCount   `json:"months"`
	Trend         []TrendLine    `json:"trend"`             // the overall rating by month, a line each series, oldest first: between lines the trend is broken
	Overall       *Item          `json:"overall,omitempty"` // the question with the role "overall" of the newest series; nil: none asked
	ServicePoints []Group        `json:"service_points"`    // overall rating by service point
	ByChannel     []Group        `json:"by_channel"`        // overall rating by channel
	Areas         []Area         `json:"areas"`             // best first; suppressed last
	Indicators    []Indicator    `json:"indicators"`        // composites by role, in the order of survey.Roles; roles that nothing has are left out
	Composite     Figure         `json:"composite"`         // weighted mean of the indicators, 0 to 100; not OK with fewer than two
	Quadrants     []Quadrant     `json:"quadrants"`         // of the questions that ask for importance; else one derived of the overall rating
	Questions     []Question     `json:"questions"`         // in the order of the newest version; older series after the newer of the same key
	Remarks       []RemarkGroup  `json:"remarks"`
	Pending       int            `json:"remarks_pending"` // remarks that wait for review and are left out

	// RemarksWithheld is true if remarks are left out because too few people were asked.
	RemarksWithheld bool `json:"remarks_withheld"`

	Paper    PaperReturn `json:"paper"`
	Suspects *Suspects   `json:"suspects,omitempty"` // days that look stuffed; nil: none
	Digest   string      `json:"digest"`             // of the results this was made of
}

// VersionCount is one version that the summary spans.
type VersionCount struct {
	ID        int64       `json:"id"`
	Number    int         `json:"number"`
	Published survey.Day  `json:"published"`
	Title     survey.Text `json:"title"`
	N         int         `json:"n"`
}

// ChannelCount is how many submissions came by a channel.
type ChannelCount struct {
	Channel survey.Channel `json:"channel"`
	N       int            `json:"n"`
	Share   float64        `json:"share"` // of all submissions, 0 to 1
}

// MonthCount is how many submissions a month brought, and the overall rating in it. Months without any
// stand between those with some.
type MonthCount struct {
	Month    survey.Day `json:"month"`
	N        int        `json:"n"`
	Rating   Figure     `json:"rating"`
	Withheld bool       `json:"withheld"`       // there is a rating, but it is not told
	Held     int        `json:"held,omitempty"` // as of an Item
}

// TrendLine is the overall rating of one series over time. Its scale is its own: a reader who would go on from one line
// to the next would compare different questions.
type TrendLine struct {
	Question string       `json:"question"`
	Label    survey.Text  `json:"label"`
	Versions []int        `json:"versions"`
	Series   int          `json:"series"`
	Break    bool         `json:"break,omitempty"` // another line has the same question: its scale or meaning changed
	Min      float64      `json:"min"`
	Max      float64      `json:"max"`
	Points   []TrendPoint `json:"points"`   // months that have a rating or a withheld one, ascending
	Withheld bool         `json:"withheld"` // there are ratings, but none may be told
}

// TrendPoint is the rating of one month in a series. In the month of a change two lines have one each.
type TrendPoint struct {
	Month    survey.Day `json:"month"`
	Rating   Figure     `json:"rating"`
	Withheld bool       `json:"withheld"`
	Held     int        `json:"held,omitempty"` // as of an Item
}

// PaperReturn is returned over issued, only where the number issued was recorded.
type PaperReturn struct {
	Issued   int     `json:"issued"` // 0: not recorded
	Returned int     `json:"returned"`
	Rate     float64 `json:"rate"` // 0 where not recorded
}

// Group is the overall rating of a part of the submissions. N is always told; the figures are withheld
// where too few answered, or where they would tell a withheld one by subtraction.
type Group struct {
	Key      string `json:"key"` // channel, or the service point's id (0: none)
	N        int    `json:"n"`
	Rating   Figure `json:"rating"`
	Top2     Share  `json:"top2"`
	Withheld bool   `json:"withheld"`       // there is a rating, but it is not told
	Held     int    `json:"held,omitempty"` // as of an Item
}

// Question is one series: a question whose answers in one or more versions count together, as its values are the same
// and its editor says so. The newest of these versions words it.
type Question struct {
	Key      string         `json:"key"`
	Kind     survey.Kind    `json:"kind"`
	Section  survey.Text    `json:"section"`
	Label    survey.Text    `json:"label"`
	Help     survey.Text    `json:"help,omitzero"`
	Unit     survey.Text    `json:"unit,omitzero"`
	Series   int            `json:"series"` // how many meanings the key has had, from 1; 0: of an archive that did not tell it
	Profile  bool           `json:"profile,omitempty"`
	Role     survey.Role    `json:"role,omitempty"`
	ShowIf   []*survey.Rule `json:"show_if,omitempty"`  // its section's rule and its own: asked only where all hold; none: of everybody
	Versions []int          `json:"versions"`           // numbers of the versions it spans, ascending
	Reworded []int          `json:"reworded,omitempty"` // of these, the versions from which on its words, its choices' or its unit are others
	Break    bool           `json:"break,omitempty"`    // another series has the same key: the two must not be joined
	Areas    []survey.Area  `json:"areas,omitempty"`
	// Completion is how much of what its items asked for was answered, be it by an opt-out; of those told. As the same
	// people meet all rows, its interval takes as n those asked for the row that was asked most, as of an area.
	Completion Share `json:"completion"`
	// Items: one; of a matrix one a row, and one an area whose importance is asked; of a paired matrix two a row.
	Items []Item `json:"items"`
}

// Item is one thing rated or chosen: a question, a row of a matrix, or the importance of an area. If Suppressed is
// true all counts and figures but Asked are zero, and Asked then includes those to whom it was hidden. A row that
// began a new series is an item of its own.
type Item struct {
	Row        string      `json:"row,omitempty"`
	Label      survey.Text `json:"label,omitzero"` // the row's or area's wording; empty for a question of its own
	Area       string      `json:"area,omitempty"` // that the row is in; without a row: whose importance it is
	Aspect     string      `json:"aspect,omitempty"`
	Series     int         `json:"series"`             // of the row, as of a question; 1 without a row
	Role       survey.Role `json:"role,omitempty"`     // its area's, or else its question's; importance has none
	Versions   []int       `json:"versions"`           // numbers of the versions that ask it, ascending
	Reworded   []int       `json:"reworded,omitempty"` // of these, the versions from which on the label is another
	Break      bool        `json:"break,omitempty"`    // another item has the same row or area: the two must not be joined
	Asked      int         `json:"asked"`              // N: submissions whose version asks it, less those to whom it was hidden
	Valid      int         `json:"valid"`              // n: substantive answers
	Held       int         `json:"held,omitempty"`     // number of the report in which it stood so: what was answered since is of too few people; 0: it is as it is now
	Suppressed bool        `json:"suppressed"`         // n is above 0 and below the threshold, or needed to protect another
	States     States      `json:"states"`
	Values     []Value     `json:"values"` // in the order of the question's choices; of a number question: ranges or single values
	Rating     Figure      `json:"rating"` // mean of scores with its t interval; not OK without scores
	SD         float64     `json:"sd"`     // sample standard deviation (n−1); 0 where n < 2
	Median     float64     `json:"median"`
	Min        float64     `json:"min"` // lowest and highest score that the scale offers
	Max        float64     `json:"max"`
	Points     int         `json:"points"` // how many different scores the scale offers; 0: not scored, or a number
	Box        int         `json:"box"`    // how many of them Top2 and Bottom2 take in: 2; 1 where there are only 2 or 3; 0: no boxes
	Top2       Share       `json:"top2"`   // of the scored answers
	Bottom2    Share       `json:"bottom2"`
	NPS        Figure      `json:"nps"`     // −100 to 100; not OK but for 0–10
	Missing    Share       `json:"missing"` // item non-response: blank or unreadable, of those asked; an opt-out is an answer
}

// States counts the answers without substance, each in its own column.
type States struct {
	Blank         int `json:"blank"`
	NotApplicable int `json:"not_applicable"`
	NoOpinion     int `json:"no_opinion"`
	Unreadable    int `json:"unreadable"`
	Hidden        int `json:"hidden"`
}

// Value is how often one choice was taken.
type Value struct {
	Value string      `json:"value"`
	Label survey.Text `json:"label"`
	Score *float64    `json:"score,omitempty"`
	Count int         `json:"count"`
	Share Share       `json:"share"`  // of the valid answers (multi: of respondents, so that shares sum to over 100 %)
	OfAll float64     `json:"of_all"` // of all asked
}

// Figure is an estimate with its 95 % interval. OK is false where there is none: too few answers, or no scores.
type Figure struct {
	OK    bool    `json:"ok"`
	N     int     `json:"n"`
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Share is a proportion, 0 to 1, with its Wilson 95 % interval.
type Share struct {
	OK    bool    `json:"ok"`
	Count int     `json:"count"`
	N     int     `json:"n"`
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Area is the rating of a matrix's rows that belong together, pooled over their answers; of a paired matrix,
// of their satisfaction. Suppressed rows are left out of it. As the same people answer all rows, answers are
// not independent: both intervals take as n the answers to the row that has most, which is Rating.N, and the
// standard deviation of all answers around the pooled mean. They are rather too wide than too narrow. The
// Count and N of the boxes are answers.
type Area struct {
	Question string      `json:"question"`
	Key      string      `json:"key"`
	Label    survey.Text `json:"label"`
	Role     survey.Role `json:"role,omitempty"` // its own, or else its question's
	Versions []int       `json:"versions"`
	Rows     int         `json:"rows"`     // how many are taken in; one with several series counts once
	Withheld bool        `json:"withheld"` // there are answers, but none may be told
	Points   int         `json:"points"`
	Box      int         `json:"box"`
	Rating   Figure      `json:"rating"`
	Top2     Share       `json:"top2"`
	Bottom2  Share       `json:"bottom2"`
	Min      float64     `json:"min"`
	Max      float64     `json:"max"`
	Alpha    Alpha       `json:"alpha"`
}

// RemarkGroup is the remarks on one text question, or the "jakie?" texts of one option.
type RemarkGroup struct {
	Question string      `json:"question"`
	Label    survey.Text `json:"label"`
	Remarks  []Remark    `json:"remarks"`
}

// Remark is one text after removal of personal data. Channel and Month are empty where they would narrow it
// down to too few submissions.
type Remark struct {
	Text    string         `json:"text"`
	Channel survey.Channel `json:"channel"`
	Month   survey.Day     `json:"month"`
}

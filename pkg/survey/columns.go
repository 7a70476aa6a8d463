package survey

import "slices"

// Columns are the answers of some submissions of one version, month, channel and service point turned on their side: one
// column a slot of the version's layout, so that a cross-tab reads two columns and nothing else. The order of the
// submissions means nothing; place i of every column is the same submission. What a rule hides is CodeHidden, as
// Layout.Count counts it. Several readers share them: nobody may write to them.
type Columns struct {
	Version      *Version
	Month        Day
	Channel      Channel
	ServicePoint int64 // 0: none
	N            int
	Codes        []Column // by slot of Version.Layout
	Days         []uint8  // day of the month, by submission
}

// Column is one slot's codes by submission, a byte each where all of the slot's codes fit into one.
type Column struct {
	narrow []uint8
	wide   []Code
}

// At returns the code of submission i.
func (c Column) At(i int) Code {
	if c.wide != nil {
		return c.wide[i]
	}
	return Code(c.narrow[i])
}

// Bytes returns the codes if a byte holds each of them, else nil. For loops in which At would take most of the time.
func (c Column) Bytes() []uint8 { return c.narrow }

// column makes an empty column of a slot, with room for n codes.
func (s Slot) column(n int) Column {
	if s.Counters() > 256 {
		return Column{wide: make([]Code, 0, n)}
	}
	return Column{narrow: make([]uint8, 0, n)}
}

func (c *Column) add(code Code) {
	if c.wide != nil {
		c.wide = append(c.wide, code)
		return
	}
	c.narrow = append(c.narrow, uint8(code)) // Slot.column saw to it that it fits
}

// NewColumns makes empty columns of a version's submissions, with room for n.
func NewColumns(v *Version, month Day, channel Channel, point int64, n int) *Columns {
	c := &Columns{Version: v, Month: month, Channel: channel, ServicePoint: point, Codes: make([]Column, len(v.Layout.Slots)), Days: make([]uint8, 0, n)}
	for i, s := range v.Layout.Slots {
		c.Codes[i] = s.column(n)
	}
	return c
}

// Add adds a submission's codes as they were given; they must fit the version's layout.
func (c *Columns) Add(day Day, codes []Code) {
	for i, code := range c.Version.Layout.Effective(codes) {
		c.Codes[i].add(code)
	}
	c.Days = append(c.Days, uint8(day.Sub(c.Month)+1))
	c.N++
}

// Bytes returns about how much memory the columns take.
func (c *Columns) Bytes() int {
	const header = 48 // of a column: two slices
	n := len(c.Days) + header*len(c.Codes)
	for _, column := range c.Codes {
		n += cap(column.narrow) + 2*cap(column.wide)
	}
	return n
}

// Between returns the submissions from one day to another; c itself where these are all.
func (c *Columns) Between(from, to Day) *Columns {
	low, high := from.Sub(c.Month)+1, to.Sub(c.Month)+1
	if low <= 1 && high >= 31 {
		return c
	}
	return c.keep(func(i int) bool { return int(c.Days[i]) >= low && int(c.Days[i]) <= high })
}

// Where returns the submissions whose answers meet the condition. An answer that is missing, or to a question that the
// version does not have, meets none; with Not it does.
func (c *Columns) Where(condition Condition) *Columns {
	t := c.Version.Layout.test(&c.Version.Questionnaire, condition)
	return c.keep(func(i int) bool {
		met := slices.ContainsFunc(t.Spans, func(s Span) bool {
			code := c.Codes[s.Slot].At(i)
			return s.Low <= code && code <= s.High
		})
		return met != t.Not
	})
}

// keep copies the submissions for which in is true.
func (c *Columns) keep(in func(i int) bool) *Columns {
	var places []int
	for i := range c.N {
		if in(i) {
			places = append(places, i)
		}
	}
	kept := NewColumns(c.Version, c.Month, c.Channel, c.ServicePoint, len(places))
	kept.N = len(places)
	for j := range c.Codes {
		for _, i := range places {
			kept.Codes[j].add(c.Codes[j].At(i))
		}
	}
	for _, i := range places {
		kept.Days = append(kept.Days, c.Days[i])
	}
	return kept
}

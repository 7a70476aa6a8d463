package main

import (
	"fmt"
	"slices"
	"strings"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/synth"
)

// result is how one page was read.
type result struct {
	nasty, foreign      bool
	located, wrongForm  bool
	state, pen          string
	sureBoxes           int        // boxes that were not flagged and whose truth can be known
	wrongBoxes          []omr.Box  // and of these the wrong ones
	answers             []answer   // all questions of a located page
	wrong               []answer   // those that were not flagged, but are wrong
	boxes               []boxAgain // for the detail
	mustFlag, forgotten int        // questions of which only a flag is right, and those without
}

// answer is one question: what was meant and what was read.
type answer struct {
	truth   synth.Question
	read    omr.Question
	flagged bool
}

// boxAgain is one box's mark and what was read.
type boxAgain struct {
	mark    synth.Mark
	state   omr.BoxState
	flagged bool
}

// judge compares a page with its truth.
func judge(truth *synth.Truth, read *omr.Page) result {
	r := result{nasty: truth.Nasty, pen: truth.Pen, state: strings.TrimSpace(string(read.State) + " " + string(read.Reason))}
	if read.State != omr.Done && read.State != omr.NeedsCheck {
		return r
	}
	if read.Code != truth.Code || len(read.Boxes) != len(truth.Boxes) {
		r.wrongForm = true
		return r
	}
	r.located = true
	for i, b := range truth.Boxes {
		got := read.Boxes[i]
		r.boxes = append(r.boxes, boxAgain{b.Mark, got.State, got.Flagged})
		if got.Flagged || b.State == synth.Unclear {
			continue
		}
		r.sureBoxes++
		if got.Box != b.Box || string(got.State) != string(b.State) {
			r.wrongBoxes = append(r.wrongBoxes, got)
		}
	}
	for _, q := range truth.Questions {
		at := slices.IndexFunc(read.Questions, func(g omr.Question) bool {
			return g.Question == q.Question && g.Row == q.Row && g.Area == q.Area && g.Aspect == q.Aspect
		})
		a := answer{truth: q, read: omr.Question{Question: q.Question, Row: q.Row, Reason: "missing"}}
		if at >= 0 {
			a.read, a.flagged = read.Questions[at], read.Questions[at].Flagged
		}
		r.answers = append(r.answers, a)
		if q.Flag {
			r.mustFlag++
		}
		if a.flagged {
			continue
		}
		if q.Flag {
			r.forgotten++
		}
		if q.Flag || !sameValues(q.Values, a.read.Values) {
			r.wrong = append(r.wrong, a)
		}
	}
	return r
}

func sameValues(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// doubted reports whether a question of a cooperative person was flagged.
func (r result) doubted() bool {
	return !r.nasty && slices.ContainsFunc(r.answers, func(a answer) bool { return a.flagged })
}

func (r result) fails() bool { return !r.located || len(r.wrong) > 0 || len(r.wrongBoxes) > 0 }

// bars of the specification, as shares.
type bars struct {
	located, boxes, wrong float64
	flagged               [2]float64 // cooperative, nasty
}

var barsOf = map[synth.Bars]bars{
	synth.Grey:    {0.995, 0.999, 0.002, [2]float64{0.05, 0.12}},
	synth.Bilevel: {0.995, 0.997, 0.007, [2]float64{0.09, 0.15}},
	synth.Photo:   {0.95, 0.999, 0.002, [2]float64{0.06, 0.14}},
}

// score sums up a class.
type score struct {
	class                 synth.Class
	pages, located        int
	wrongForm             int
	sureBoxes, wrongBoxes int
	questions, flagged    [2]int // of cooperative and nasty people
	wrong                 int
	mustFlag, forgotten   int
	states                []string
	odd                   map[string]*[3]int // by oddity or mark: all, flagged, wrong
}

func newScore(class synth.Class) *score {
	return &score{class: class, odd: map[string]*[3]int{}}
}

func (s *score) add(r result) {
	s.pages++
	s.states = append(s.states, r.state)
	if r.wrongForm {
		s.wrongForm++
	}
	if !r.located {
		return
	}
	s.located++
	s.sureBoxes += r.sureBoxes
	s.wrongBoxes += len(r.wrongBoxes)
	s.wrong += len(r.wrong)
	s.mustFlag += r.mustFlag
	s.forgotten += r.forgotten
	manner := 0
	if r.nasty {
		manner = 1
	}
	for _, a := range r.answers {
		s.questions[manner]++
		name := a.truth.Oddity
		if name == "" && len(a.truth.Values) == 0 {
			name = "blank"
		}
		wrong := !a.flagged && (a.truth.Flag || !sameValues(a.truth.Values, a.read.Values))
		s.count("answer: "+name, a.flagged, wrong)
		if name == "" {
			s.count("plain answer by "+r.pen, a.flagged, wrong)
		}
		if a.flagged {
			s.flagged[manner]++
			s.count("flag: "+string(a.read.Reason), true, false)
		}
	}
	for _, b := range r.boxes {
		s.count("box: "+string(b.mark)+" → "+string(b.state), b.flagged, false)
	}
}

func (s *score) count(name string, flagged, wrong bool) {
	n := s.odd[name]
	if n == nil {
		n = new([3]int)
		s.odd[name] = n
	}
	n[0]++
	if flagged {
		n[1]++
	}
	if wrong {
		n[2]++
	}
}

// share is a part of all, and 0 of none.
func share(part, all int) float64 {
	if all == 0 {
		return 0
	}
	return float64(part) / float64(all)
}

// figure is one figure against its bar.
type figure struct {
	what     string
	got, bar float64
	most     bool // the bar is the most that it may be
}

func (m figure) holds() bool { return m.got >= m.bar && !m.most || m.got <= m.bar && m.most }

func (m figure) String() string {
	if m.holds() {
		return percent(m.got)
	}
	return "**" + percent(m.got) + "**"
}

func percent(v float64) string { return fmt.Sprintf("%.2f %%", 100*v) }

// figures are the class's against the bars.
func (s *score) figures() []figure {
	b := barsOf[s.class.Bars]
	return []figure{
		{"located and QR right", share(s.located, s.pages), b.located, false},
		{"unflagged boxes right", 1 - share(s.wrongBoxes, s.sureBoxes), b.boxes, false},
		{"wrong unflagged questions", share(s.wrong, s.questions[0]+s.questions[1]-s.flagged[0]-s.flagged[1]), b.wrong, true},
		{"questions flagged, cooperative", share(s.flagged[0], s.questions[0]), b.flagged[0], true},
		{"questions flagged, nasty", share(s.flagged[1], s.questions[1]), b.flagged[1], true},
		{"wrong form accepted", share(s.wrongForm, s.pages), 0, true},
	}
}

const scoreHead = "| class | bars of | located | unflagged boxes right | wrong unflagged questions | flagged, cooperative | flagged, nasty | wrong form | must be flagged, and is | verdict |\n" +
	"|---|---|---|---|---|---|---|---|---|---|\n"

// line is the class's row.
func (s *score) line() string {
	var out strings.Builder
	name := s.class.Name
	if s.class.Beyond {
		name += " (beyond)"
	}
	fmt.Fprintf(&out, "| %s | %s ", name, s.class.Bars)
	for _, m := range s.figures() {
		fmt.Fprintf(&out, "| %s ", m)
	}
	verdict := "holds"
	if n := len(s.misses()); n > 0 {
		verdict = fmt.Sprintf("misses %d", n)
	}
	fmt.Fprintf(&out, "| %d of %d | %s |", s.mustFlag-s.forgotten, s.mustFlag, verdict)
	return out.String()
}

// misses tells the bars that the class doesn't reach, and by how much.
func (s *score) misses() []string {
	var all []string
	for _, m := range s.figures() {
		if m.holds() {
			continue
		}
		by := m.bar - m.got
		if m.most {
			by = -by
		}
		all = append(all, fmt.Sprintf("%s: %s %s, bar %s, by %.2f points", s.class.Name, m.what, percent(m.got), percent(m.bar), 100*by))
	}
	return all
}

// detail tells of each oddity, reason and mark how often it came, was flagged and was read wrongly.
func (s *score) detail() string {
	var out strings.Builder
	fmt.Fprintf(&out, "    pages: %s; %d boxes and %d questions wrong\n", counted(s.states), s.wrongBoxes, s.wrong)
	var names []string
	for name := range s.odd {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		n := s.odd[name]
		fmt.Fprintf(&out, "    %-34s %6d, flagged %5d, wrong %d\n", name, n[0], n[1], n[2])
	}
	return out.String()
}

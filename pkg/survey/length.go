package survey

import (
	"strings"
	"time"
	"unicode/utf8"
)

// How long a questionnaire may be before people tire of it. US agencies share this limit for surveys after a
// transaction (OMB Circular A-11, § 280): "limited to 15 questions and 5 minutes of burden maximum".
const (
	LongQuestions = 15
	LongTime      = 5 * time.Minute
)

// Time of answering, from what is known of reading and of pointing.
const (
	// readCharacter is silent reading: 68 ms a character aloud in 14 languages, Polish among them (Trauzettel-Klosinski
	// and Dietz 2012, IReST), and silently 238 words for 183 (Brysbaert 2019).
	readCharacter = 52 * time.Millisecond
	// choose is deciding, pointing and pressing: 1.35 + 1.1 + 0.2 s in the keystroke-level model (Card, Moran and Newell 1980).
	choose = 2650 * time.Millisecond
	// picks is how many options of a list are picked on average.
	picks = 2
	// typeNumber is deciding, pointing and three keys at 0.28 s (the same model).
	typeNumber = 3300 * time.Millisecond
	// writeText is a minute or so of those who write anything, about 18 of 100; a single line takes a third of it.
	writeText = 12 * time.Second
)

// Length is how much a questionnaire asks of a person who sees all of it.
type Length struct {
	Questions int           // with a number: notes are none
	Ratings   int           // single answers in tables, of those questions
	Time      time.Duration // of answering, from the first question to the last; an estimate
}

// Long reports whether the questionnaire is longer than people bear.
func (l Length) Long() bool { return l.Questions > LongQuestions || l.Time > LongTime }

// Length estimates how long the Polish wording takes: each text is read once, a scale that comes again is known, and
// each answer takes its kind's time.
func (q *Questionnaire) Length() Length {
	var l Length
	read := map[string]bool{}
	for i := range q.Sections {
		l.read(q.Sections[i].Title, q.Sections[i].Help)
		for j := range q.Sections[i].Questions {
			l.ask(&q.Sections[i].Questions[j], read)
		}
	}
	return l
}

func (l *Length) ask(q *Question, read map[string]bool) {
	l.read(q.Label, q.Help)
	for _, o := range q.Options {
		l.read(o.Label, o.Help)
	}
	for _, aspect := range []string{AspectSatisfaction, AspectImportance} {
		l.scale(q.ChoicesOf(aspect), q.Options != nil, read)
	}
	for _, a := range q.Areas {
		l.read(a.Label)
	}
	for _, r := range q.Rows {
		l.read(r.Label)
	}
	switch q.Kind {
	case KindInfo:
		return
	case KindMatrix:
		l.rate(len(q.Rows))
		if q.AsksImportance() {
			l.rate(len(q.Areas))
		}
	case KindPaired:
		l.rate(2 * len(q.Rows))
	case KindMulti:
		l.Time += picks * choose
	case KindNumber:
		l.Time += typeNumber
	case KindText:
		l.Time += writeText
		if q.Short {
			l.Time -= writeText * 2 / 3
		}
	default:
		l.Time += choose
	}
	l.Questions++
}

// scale reads the labels of a scale that was not read before.
func (l *Length) scale(choices []Choice, options bool, read map[string]bool) {
	var all strings.Builder
	for _, c := range choices {
		all.WriteString(c.Label.PL)
	}
	if !options && !read[all.String()] {
		read[all.String()] = true
		l.read(PL(all.String()))
	}
}

func (l *Length) rate(n int) {
	l.Ratings += n
	l.Time += time.Duration(n) * choose
}

func (l *Length) read(texts ...Text) {
	for _, t := range texts {
		l.Time += time.Duration(utf8.RuneCountInString(t.PL)) * readCharacter
	}
}

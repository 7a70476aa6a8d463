package report

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// hard is a space at which no line breaks.
const hard = "\u00a0"

// integer writes 12345 as "12 345".
func integer(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + hard + digits[i:]
	}
	return sign + digits
}

// Decimal writes a number with a decimal comma and so many places. Halves are rounded up, away from zero, as a
// spreadsheet shows them: 4.125 is 4,13 in all of a report's forms.
func Decimal(f float64, places int) string {
	const least = 1e-9 // 1.005 is a little less in binary, and 1,01 to a spreadsheet
	scale := math.Pow10(places)
	s := strconv.FormatFloat(math.Floor(math.Abs(f)*scale+0.5+least)/scale, 'f', places, 64)
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.Atoi(whole)
	if err == nil {
		whole = integer(n)
	}
	if fraction != "" {
		whole += "," + fraction
	}
	if f < 0 && strings.Trim(s, "0.") != "" {
		whole = "−" + whole
	}
	return whole
}

// Short writes a number with up to two places and no trailing zeros: bounds of scales and medians.
func Short(f float64) string {
	s := Decimal(f, 2)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ",")
}

// percent writes a share of 0 to 1 as "12,3%".
func percent(f float64) string { return Decimal(100*f, 1) + "%" }

// span writes an interval; negative bounds are joined by a word, so that no dash stands by a minus.
func span(low, high string) string {
	if strings.HasPrefix(low, "−") || strings.HasPrefix(high, "−") {
		return "od" + hard + low + " do" + hard + high
	}
	return low + "–" + high
}

// absent stands for a figure that is not told: withheld as too few, or not there at all.
func absent(withheld bool) string {
	if withheld {
		return tooFew
	}
	return none
}

// share writes a share, or why there is none.
func share(s stats.Share, withheld bool) string {
	if !s.OK {
		return absent(withheld)
	}
	return percent(s.Value)
}

// ShareSpan writes a share's interval, or "" if it is withheld.
func ShareSpan(s stats.Share) string {
	if !s.OK {
		return ""
	}
	return span(Decimal(100*s.Low, 1), percent(s.High))
}

// figure writes a mean, or why there is none.
func figure(f stats.Figure, withheld bool) string {
	if !f.OK {
		return absent(withheld)
	}
	return Decimal(f.Value, 2)
}

// FigureSpan writes a mean's interval, or "" if it is withheld.
func FigureSpan(f stats.Figure) string {
	if !f.OK {
		return ""
	}
	return span(Decimal(f.Low, 2), Decimal(f.High, 2))
}

// plural picks the Polish form for a count: 1 ankieta, 2 ankiety, 5 ankiet.
func plural(n int, one, few, many string) string {
	switch tens, ones := n%100, n%10; {
	case n == 1:
		return one
	case ones >= 2 && ones <= 4 && (tens < 12 || tens > 14):
		return few
	}
	return many
}

// counted writes a count with its noun.
func counted(n int, one, few, many string) string {
	return integer(n) + hard + plural(n, one, few, many)
}

// forms writes how many questionnaires were filled.
func forms(n int) string { return counted(n, "ankieta", "ankiety", "ankiet") }

var months = [...]string{"stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca",
	"lipca", "sierpnia", "września", "października", "listopada", "grudnia"}

var monthNames = [...]string{"styczeń", "luty", "marzec", "kwiecień", "maj", "czerwiec",
	"lipiec", "sierpień", "wrzesień", "październik", "listopad", "grudzień"}

// dayWords writes a day as "6 listopada 2017 r.".
func dayWords(d survey.Day) string {
	if d.IsZero() {
		return ""
	}
	return dateWords(d.Time())
}

func dateWords(t time.Time) string {
	return strconv.Itoa(t.Day()) + hard + months[t.Month()-1] + " " + strconv.Itoa(t.Year()) + hard + "r."
}

// monthWords writes a month as "listopad 2017".
func monthWords(d survey.Day) string {
	if d.IsZero() {
		return ""
	}
	t := d.Time()
	return monthNames[t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// periodWords writes a period, dropping the first year where both are the same.
func periodWords(from, to survey.Day) string {
	if from.IsZero() || to.IsZero() {
		return ""
	}
	first := dayWords(from)
	if from.Year() == to.Year() {
		t := from.Time()
		first = strconv.Itoa(t.Day()) + hard + months[t.Month()-1]
	}
	if from == to {
		return dayWords(from)
	}
	return first + " – " + dayWords(to)
}

// channelName names a channel in reports.
func channelName(c survey.Channel) string {
	switch c {
	case survey.ChannelWeb:
		return "strona internetowa"
	case survey.ChannelQR:
		return "kod QR"
	case survey.ChannelKiosk:
		return "kiosk w urzędzie"
	case survey.ChannelPaperTyped:
		return "papier (wpisany)"
	case survey.ChannelPaperScanned:
		return "papier (skan)"
	}
	return string(c)
}

// boxName names the best or the worst points that a box takes in: "dwie najwyższe oceny", or, of a short
// scale, "najwyższa ocena".
func boxName(box int, best bool) string {
	switch {
	case box == 1 && best:
		return "najwyższa ocena"
	case box == 1:
		return "najniższa ocena"
	case best:
		return "dwie najwyższe oceny"
	}
	return "dwie najniższe oceny"
}

// fewScored reports whether an item that is rated on a scale has too few answers with a score.
func fewScored(it *stats.Item) bool {
	return it.Suppressed || it.Points > 0 && it.Valid > 0 && !it.Rating.OK
}

// Origin says how often, how and when a remark came, as far as that may be told.
func Origin(r stats.Wording) string {
	var parts []string
	if r.Times > 1 {
		parts = append(parts, integer(r.Times)+hard+"razy")
	}
	if r.Channel != "" {
		parts = append(parts, channelName(r.Channel))
	}
	if !r.Month.IsZero() {
		parts = append(parts, monthWords(r.Month))
	}
	return strings.Join(parts, ", ")
}

// remarksCounted says how many remarks there are, and of how many wordings.
func remarksCounted(all, wordings int) string {
	text := counted(all, "uwaga", "uwagi", "uwag")
	switch {
	case wordings == all:
		return text
	case wordings == 1:
		return text + ", wszystkie jednakowe"
	}
	return text + ", w" + hard + "tym " + counted(wordings, "różna", "różne", "różnych")
}

// aspectName names the side of a paired row.
func aspectName(aspect string) string {
	switch aspect {
	case survey.AspectImportance:
		return "ważność"
	case survey.AspectSatisfaction:
		return "zadowolenie"
	}
	return ""
}

// kindName names a kind of question.
func kindName(k survey.Kind) string {
	switch k {
	case survey.KindSingle:
		return "jedna odpowiedź"
	case survey.KindMulti:
		return "wiele odpowiedzi"
	case survey.KindScale, survey.KindEmoji:
		return "skala"
	case survey.KindMatrix:
		return "tabela ocen"
	case survey.KindPaired:
		return "tabela: ważność i zadowolenie"
	case survey.KindYesNo:
		return "tak/nie"
	case survey.KindNPS:
		return "polecenie 0–10"
	case survey.KindNumber:
		return "liczba"
	case survey.KindText:
		return "tekst"
	}
	return string(k)
}

// itemName is a row's or area's wording, with the side that it is on.
func itemName(it *stats.Item) string {
	name := it.Label.PL
	if a := aspectName(it.Aspect); a != "" {
		name += " (" + a + ")"
	}
	return name + seriesMark(it.Break, it.Versions)
}

// RowName is a row's or area's wording, where its side is told already.
func RowName(it *stats.Item) string { return it.Label.PL + seriesMark(it.Break, it.Versions) }

// seriesMark tells series apart that have the same wording; "" where there is one.
func seriesMark(broken bool, versions []int) string {
	if !broken {
		return ""
	}
	return " [" + seriesName(versions) + "]"
}

// valueName is a value's wording, and its digit where the wording does not show it.
func valueName(v stats.Value) string {
	if v.Label.PL == "" {
		return v.Value
	}
	return v.Label.PL
}

// glue puts a hard space after one-letter words, which Polish never leaves at the end of a line, before a dash, and within
// "n = 5" and "% ważnych".
func glue(s string) string {
	words := strings.Split(s, " ")
	var b strings.Builder
	for i, word := range words {
		b.WriteString(word)
		if i == len(words)-1 {
			break
		}
		letters := strings.TrimLeft(word, "(„\"")
		if words[i+1] == "–" {
			b.WriteString(hard) // a dash never begins a line
			continue
		}
		if r := []rune(letters); len(r) == 1 && (unicode.IsLetter(r[0]) || r[0] == '=' || r[0] == '%') {
			b.WriteString(hard)
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// printable makes a text fit the font: composed, without control characters, and with a box for what the
// font has no glyph for. Line ends stay.
func printable(s string) string {
	if strings.ContainsAny(s, "\r\t") {
		s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", " ").Replace(s)
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r >= 0xFF01 && r <= 0xFF5E: // full-width forms of ASCII
			return r - 0xFEE0
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
			return -1
		case inFont(r):
			return r
		}
		return '□'
	}, norm.NFC.String(s))
}

// inFont reports whether Liberation Sans draws the character: Latin, Greek, Cyrillic and the punctuation,
// currency and signs that people type.
func inFont(r rune) bool {
	switch {
	case r >= 0x20 && r <= 0x24F, r >= 0x2B0 && r <= 0x2DD, r >= 0x384 && r <= 0x3CE && r != 0x38B && r != 0x38D && r != 0x3A2, r >= 0x400 && r <= 0x4FF, r >= 0x1E00 && r <= 0x1EF9:
		return true
	}
	return strings.ContainsRune("\u2007–—‘’‚“”„†‡•…‰′″‹›€₴№™←↑→↓↔−√∞≈≠≤≥■□▪▫▲►▼◄◊○●", r)
}

// lower writes a heading within a sentence.
func lower(s string) string {
	for i, r := range s {
		return string(unicode.ToLower(r)) + s[i+len(string(r)):]
	}
	return s
}

// firstUpper writes a label as a heading or sentence starts.
func firstUpper(s string) string {
	for i, r := range s {
		return string(unicode.ToUpper(r)) + s[i+len(string(r)):]
	}
	return s
}

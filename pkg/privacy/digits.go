package privacy

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// digit is a decimal digit of any script and where it stands, in bytes.
type digit struct {
	value      byte // 0–9
	start, end int
}

// run is a longest piece of text made of digits and separators, beginning and ending with a digit.
type run struct {
	digits []digit
	groups []int // index of the first digit of each group of adjacent digits
}

// window is some whole groups of a run: groups[from:to].
type window struct {
	run
	from, to int
}

// runs finds the runs of digits that are split by nothing but separators: white space, line ends,
// hyphens and dashes, invisible characters, and the extra ones.
func runs(text, extra string) []run {
	var found []run
	var now run
	gap := false
	for i, r := range text {
		if value, ok := digitValue(r); ok {
			if gap || len(now.digits) == 0 {
				now.groups = append(now.groups, len(now.digits))
			}
			now.digits = append(now.digits, digit{value, i, i + utf8.RuneLen(r)})
			gap = false
			continue
		}
		gap = true
		if !separates(r) && !strings.ContainsRune(extra, r) && len(now.digits) > 0 {
			found, now = append(found, now), run{}
		}
	}
	if len(now.digits) > 0 {
		found = append(found, now)
	}
	return found
}

// digitValue returns the value of a decimal digit. Unicode keeps the ten digits of a script together,
// zero first, so that each range of category Nd is a multiple of ten long.
func digitValue(r rune) (byte, bool) {
	if r < utf8.RuneSelf {
		return byte(r - '0'), '0' <= r && r <= '9'
	}
	for _, block := range unicode.Nd.R16 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return byte((r - rune(block.Lo)) % 10), true
		}
	}
	for _, block := range unicode.Nd.R32 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return byte((r - rune(block.Lo)) % 10), true
		}
	}
	return 0, false
}

// separates reports whether people, or their keyboards, put the character inside a number.
func separates(r rune) bool {
	const minus = '\u2212'
	return unicode.IsSpace(r) || r == minus || unicode.In(r, unicode.Zs, unicode.Pd, unicode.Cf)
}

// windows returns all stretches of whole groups that have n digits.
func (r run) windows(n int) []window {
	var found []window
	for from := range r.groups {
		for to := from + 1; to <= len(r.groups); to++ {
			w := window{r, from, to}
			if size := len(w.values()); size == n {
				found = append(found, w)
			} else if size > n {
				break
			}
		}
	}
	return found
}

// bounds returns the indexes of the window's first digit and of the one after its last.
func (w window) bounds() (first, after int) {
	first, after = w.groups[w.from], len(w.digits)
	if w.to < len(w.groups) {
		after = w.groups[w.to]
	}
	return first, after
}

// values returns the window's digits without their places; its length is their number.
func (w window) values() []digit {
	first, after := w.bounds()
	return w.digits[first:after]
}

// span returns where the window stands in the text.
func (w window) span() span {
	first, after := w.bounds()
	return span{w.digits[first].start, w.digits[after-1].end}
}

// whole reports whether the window is all of its run.
func (w window) whole() bool { return w.from == 0 && w.to == len(w.groups) }

// shape spells the lengths of the groups, as in "3-3-3".
func (w window) shape() string {
	var b strings.Builder
	for g := w.from; g < w.to; g++ {
		if g > w.from {
			b.WriteByte('-')
		}
		b.WriteString(strconv.Itoa(w.groupLen(g)))
	}
	return b.String()
}

func (r run) groupLen(g int) int {
	if g+1 < len(r.groups) {
		return r.groups[g+1] - r.groups[g]
	}
	return len(r.digits) - r.groups[g]
}

// group returns the number that a group of at most four digits spells, and how long the group is. A
// longer group, or one outside the run, has the number -1.
func (r run) group(g int) (number, length int) {
	if g < 0 || g >= len(r.groups) || r.groupLen(g) > 4 {
		return -1, 0
	}
	length = r.groupLen(g)
	for _, d := range r.digits[r.groups[g] : r.groups[g]+length] {
		number = 10*number + int(d.value)
	}
	return number, length
}

// dated reports whether the window shares a group with a date, as in 12-05-2023, 2023-05-12 or
// 12 05 2023, or has a group that reads as a year.
func (w window) dated() bool {
	for g := w.from; g < w.to; g++ {
		if w.year(g) {
			return true
		}
	}
	// dd-mm-yyyy that ends behind the window, yyyy-mm-dd that began before it
	return w.dayMonth(w.to-2) && w.year(w.to) || w.dayMonth(w.to-1) && w.year(w.to+1) ||
		w.year(w.from-1) && w.dayMonth(w.from) || w.year(w.from-2) && w.dayMonth(w.from-1)
}

func (r run) year(g int) bool {
	number, length := r.group(g)
	return length == 4 && 1900 <= number && number <= 2099
}

// dayMonth reports whether the group and the next one are day and month, in either order.
func (r run) dayMonth(g int) bool {
	a, aLen := r.group(g)
	b, bLen := r.group(g + 1)
	return aLen >= 1 && aLen <= 2 && bLen >= 1 && bLen <= 2 &&
		a >= 1 && b >= 1 && min(a, b) <= 12 && max(a, b) <= 31
}

// isDigit reports whether the character is a decimal digit of any script.
func isDigit(r rune) bool {
	_, ok := digitValue(r)
	return ok
}

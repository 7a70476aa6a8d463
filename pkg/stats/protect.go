package stats

import "slices"

// part is one part of a division of the rated answers.
type part struct {
	division int
	key      string
	n        int    // rated answers, above 0
	cells    []bool // which of the cells are in it
	withheld bool
	gone     bool // it must not be told beside an earlier report
}

// protect withholds the parts with fewer rated answers than the threshold, and as many more as it takes that
// none of these, and no small difference between two parts of which one lies within the other, can be
// worked out from the parts that are told and the whole. All parts cover the same cells, and those of one
// division cover each cell once.
func protect(parts []*part, threshold int) {
	for _, p := range parts {
		p.withheld = p.gone || few(p.n, threshold)
	}
	for again := true; again; {
		again = false
		for division := range divisions {
			again = complement(ofDivision(parts, division), threshold) || again
		}
		again = again || unveil(parts, threshold)
	}
}

func ofDivision(parts []*part, division int) []*part {
	var some []*part
	for _, p := range parts {
		if p.division == division {
			some = append(some, p)
		}
	}
	return some
}

// complement sees to it that the withheld parts of a division, which are known together as the whole less
// the rest, are at least two and have at least threshold answers; else it withholds the smallest part that
// is told, and so on. It reports whether it withheld any.
func complement(parts []*part, threshold int) bool {
	changed := false
	for {
		count, n := 0, 0
		for _, p := range parts {
			if p.withheld {
				count++
				n += p.n
			}
		}
		if count == 0 || count > 1 && n >= threshold || !withholdSmallest(parts) {
			return changed
		}
		changed = true
	}
}

// withholdSmallest withholds the smallest part that is told; it reports whether there was one.
func withholdSmallest(parts []*part) bool {
	var smallest *part
	for _, p := range parts {
		if !p.withheld && (smallest == nil || p.n < smallest.n) {
			smallest = p
		}
	}
	if smallest == nil {
		return false
	}
	smallest.withheld = true
	return true
}

func told(parts []*part) []*part {
	var some []*part
	for _, p := range parts {
		if !p.withheld {
			some = append(some, p)
		}
	}
	return some
}

// union joins the withheld parts of a division to one, or returns nil if there are none.
func union(parts []*part) *part {
	var all *part
	for _, p := range parts {
		if !p.withheld {
			continue
		}
		if all == nil {
			all = &part{division: p.division, cells: make([]bool, len(p.cells)), withheld: true}
		}
		all.n += p.n
		for i, in := range p.cells {
			all.cells[i] = all.cells[i] || in
		}
	}
	return all
}

// secrets lists sets of fewer cells' answers than the threshold that somebody who knows the office can name:
// the small parts, and what is left of a part without another that lies in it (the kiosk stands at one
// service point). What a division withholds counts as a part, as it is known as a whole.
func secrets(parts []*part, threshold int) [][]bool {
	var all [][]bool
	known := slices.Clone(parts)
	for division := range divisions {
		if rest := union(ofDivision(parts, division)); rest != nil {
			known = append(known, rest)
		}
	}
	for _, outer := range known {
		if few(outer.n, threshold) {
			all = append(all, outer.cells)
		}
		for _, inner := range known {
			if few(outer.n-inner.n, threshold) && within(inner, outer) {
				all = append(all, difference(outer, inner))
			}
		}
	}
	return all
}

func within(inner, outer *part) bool {
	for i, in := range inner.cells {
		if in && !outer.cells[i] {
			return false
		}
	}
	return true
}

func difference(outer, inner *part) []bool {
	rest := slices.Clone(outer.cells)
	for i, in := range inner.cells {
		rest[i] = rest[i] && !in
	}
	return rest
}

// unveil looks for a secret that is a linear combination of the parts told and the whole, and withholds the
// smallest of the parts that it takes. It reports whether it withheld any.
func unveil(parts []*part, threshold int) bool {
	open := told(parts)
	hidden := secrets(parts, threshold)
	if len(open) == 0 || len(hidden) == 0 {
		return false
	}
	space := newSpace(open)
	for _, cells := range hidden {
		if withholdSmallest(space.combine(cells, open)) {
			return true
		}
	}
	return false
}

// prime is the field in which combinations are worked out, so that no rounding can hide one.
const prime = 1<<31 - 1

// space is what can be had of the parts told by adding and subtracting: rows in echelon form, each with a
// column a cell and then one a part, which tells how the row was made.
type space struct {
	cells int
	rows  [][]int64
	pivot []int // of each row
}

// newSpace is made of the whole and at least one part.
func newSpace(open []*part) *space {
	s := &space{cells: len(open[0].cells)}
	s.add(slices.Repeat([]bool{true}, s.cells), len(open), -1)
	for i, p := range open {
		s.add(p.cells, len(open), i)
	}
	return s
}

// add takes a row of cells up, made of part i (-1: of the whole).
func (s *space) add(cells []bool, parts, i int) {
	row := make([]int64, len(cells)+parts)
	for j, in := range cells {
		if in {
			row[j] = 1
		}
	}
	if i >= 0 {
		row[len(cells)+i] = 1
	}
	s.reduce(row)
	pivot := slices.IndexFunc(row[:s.cells], func(x int64) bool { return x != 0 })
	if pivot < 0 {
		return
	}
	inverse := power(row[pivot], prime-2)
	for j := range row {
		row[j] = row[j] * inverse % prime
	}
	s.rows, s.pivot = append(s.rows, row), append(s.pivot, pivot)
}

// reduce takes off the row what earlier rows can make of it.
func (s *space) reduce(row []int64) {
	for k, have := range s.rows {
		factor := row[s.pivot[k]]
		if factor == 0 {
			continue
		}
		for j, x := range have {
			row[j] = (row[j] + (prime-factor)*x) % prime
		}
	}
}

// combine returns the told parts whose combination, with the whole, gives the set of cells; none if it can't
// be had.
func (s *space) combine(cells []bool, open []*part) []*part {
	row := make([]int64, s.cells+len(open))
	for j, in := range cells {
		if in {
			row[j] = 1
		}
	}
	s.reduce(row)
	if slices.ContainsFunc(row[:s.cells], func(x int64) bool { return x != 0 }) {
		return nil
	}
	var takes []*part
	for i, x := range row[s.cells:] {
		if x != 0 {
			takes = append(takes, open[i])
		}
	}
	return takes
}

// power returns x to the n in the field.
func power(x, n int64) int64 {
	result := int64(1)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			result = result * x % prime
		}
		x = x * x % prime
	}
	return result
}

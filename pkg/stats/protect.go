package stats

import "slices"

// part is one part of a division of the rated answers.
type part struct {
	division int
	key      string
	n        int    // rated answers, above 0
	cells    []bool // which of the cells are in it
	withheld bool
}

// protect withholds the parts with fewer rated answers than the threshold and as many more as it takes that
// none of these can be worked out from the parts that are told and the whole. If the whole has fewer than
// threshold answers, all are withheld. All parts cover the same cells, and those of one division cover each cell once.
func protect(parts []*part, threshold int) {
	for _, p := range parts {
		p.withheld = few(p.n, threshold)
	}
	for again := true; again; {
		again = false
		for division := range divisions {
			again = complement(ofDivision(parts, division), threshold) || again
		}
		again = again || separate(parts, threshold) || unveil(parts)
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

// separate finds two parts of different divisions, one within the other (the kiosk stands at one service
// point), whose difference is fewer answers than the threshold, and withholds the smaller one. What a
// division withholds counts as a part, as it is known as a whole. It reports whether it withheld any.
func separate(parts []*part, threshold int) bool {
	known := told(parts)
	for division := range divisions {
		if rest := union(ofDivision(parts, division)); rest != nil {
			known = append(known, rest)
		}
	}
	for _, outer := range known {
		for _, inner := range known {
			if !few(outer.n-inner.n, threshold) || !within(inner, outer) {
				continue
			}
			for _, p := range []*part{inner, outer} {
				if !p.withheld {
					p.withheld = true
					return true
				}
			}
			of := func(p *part) bool { return p.division == inner.division || p.division == outer.division }
			if withholdSmallest(slices.DeleteFunc(told(parts), func(p *part) bool { return !of(p) })) {
				return true
			}
		}
	}
	return false
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

func within(inner, outer *part) bool {
	for i, in := range inner.cells {
		if in && !outer.cells[i] {
			return false
		}
	}
	return true
}

// unveil looks for a withheld part that is a linear combination of those told and the whole, and withholds
// the smallest of the parts that it takes. It reports whether it withheld any.
func unveil(parts []*part) bool {
	if len(told(parts)) == len(parts) {
		return false
	}
	open := told(parts)
	space := newSpace(open)
	for _, p := range parts {
		if !p.withheld || !slices.Contains(p.cells, false) { // the whole is told in any case
			continue
		}
		if takes := space.combine(p, open); withholdSmallest(takes) {
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

func newSpace(open []*part) *space {
	s := &space{}
	if len(open) == 0 {
		return s
	}
	s.cells = len(open[0].cells)
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

// combine returns the told parts whose combination, with the whole, gives p; none if p can't be had.
func (s *space) combine(p *part, open []*part) []*part {
	if len(s.rows) == 0 {
		return nil
	}
	row := make([]int64, len(s.rows[0]))
	for j, in := range p.cells {
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

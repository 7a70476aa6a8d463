package stats

import "cmp"

// ProtectTogether withholds cross-tabs of one report that would tell of each other's suppressed cells, in place; the first
// in order are kept. Tables that share one dimension at a time, as a tree does, tell nothing of each other beyond its
// distribution, which is told anyway: whatever each of them may be, there are people who make them all true (S. Lauritzen,
// Graphical Models, 1996, on decomposable models). A table whose two dimensions are joined by others already closes a circle,
// and may only be told if nothing in it is suppressed.
func ProtectTogether(crosses []Cross) {
	g := groupsOfDimensions{of: map[string]int{}, hides: map[int]bool{}, several: map[string]bool{}}
	for i := range crosses {
		x := &crosses[i]
		if x.Withheld {
			continue
		}
		if g.closes(x) && (x.hides() || g.hidesAround(x)) {
			x.withhold()
			continue
		}
		g.add(x)
	}
}

// groupsOfDimensions are the dimensions that the tables told so far join.
type groupsOfDimensions struct {
	of      map[string]int  // number of the group
	hides   map[int]bool    // a table in the group has suppressed cells
	several map[string]bool // dimensions of which one submission has several values: only their single values' numbers are told
	last    int
}

// closes reports whether two of the table's dimensions are in one group.
func (g *groupsOfDimensions) closes(x *Cross) bool {
	seen := map[int]bool{}
	for _, d := range x.dimensions() {
		n := g.of[d]
		if n != 0 && (seen[n] || g.several[d]) {
			return true
		}
		seen[n] = true
	}
	return false
}

func (g *groupsOfDimensions) hidesAround(x *Cross) bool {
	for _, d := range x.dimensions() {
		if g.hides[g.of[d]] {
			return true
		}
	}
	return false
}

// add joins the groups of the table's dimensions.
func (g *groupsOfDimensions) add(x *Cross) {
	hides := x.hides() || g.hidesAround(x)
	g.last++
	joined := map[int]bool{}
	for _, d := range x.dimensions() {
		if n := g.of[d]; n != 0 {
			joined[n] = true
		}
		g.of[d] = g.last
	}
	for d, n := range g.of {
		if joined[n] {
			g.of[d] = g.last
		}
	}
	g.hides[g.last] = hides
	g.several[x.Row.name()] = g.several[x.Row.name()] || x.Multi
	g.several[x.Column.name()] = g.several[x.Column.name()] || x.Overlap
}

// dimensions names what the table divides by, its condition too.
func (x *Cross) dimensions() []string {
	all := []string{x.Row.name(), x.Column.name()}
	if x.Where != nil {
		all = append(all, Dimension{Question: x.Where.Question, Row: x.Where.Row}.name())
	}
	return all
}

// name is the same for a service point and its department: who knows one knows of the other.
func (d Dimension) name() string {
	if d.Property == PropertyDepartment {
		return PropertyPoint
	}
	return cmp.Or(d.Property, d.Question+"\x00"+d.Row+"\x00"+d.Aspect)
}

// hides reports whether anything in the table is suppressed.
func (x *Cross) hides() bool {
	for _, lines := range [][]CrossLine{x.Rows, x.Columns} {
		for _, line := range lines {
			if line.Suppressed {
				return true
			}
		}
	}
	for _, row := range x.Cells {
		for _, c := range row {
			if c.Suppressed {
				return true
			}
		}
	}
	return false
}

// withhold takes everything away that was counted.
func (x *Cross) withhold() {
	x.Withheld, x.N, x.Left, x.Means = true, 0, 0, nil
	x.Rows, x.Columns, x.Cells = []CrossLine{}, []CrossLine{}, [][]CrossCell{}
}

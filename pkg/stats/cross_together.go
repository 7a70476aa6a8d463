package stats

import "cmp"

// ProtectTogether withholds cross-tabs of one report that would tell of each other's suppressed cells, in place; the first
// in order are kept. Tables that share one dimension at a time, as a tree does, tell nothing of each other beyond its
// distribution, which is told anyway: whatever each of them may be, there are people who make them all true (S. Lauritzen,
// Graphical Models, 1996, on decomposable models). A table whose two dimensions are joined by others already closes a circle,
// and may only be told if nothing in it is suppressed. The Summary's ratings by channel, service point and month join these
// to the overall rating, as tables would; one table of each pair takes the place of the Summary's.
func ProtectTogether(crosses []Cross) {
	g := newGroupsOfDimensions(crosses)
	for i := range crosses {
		x := &crosses[i]
		if x.Withheld {
			continue
		}
		if g.closes(x) && !g.refines(x) && (x.hides() || g.hidesAround(x)) {
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
	refined map[string]bool // properties whose ratings of the Summary a table has taken the place of
	last    int
}

// newGroupsOfDimensions joins what the Summary beside the tables joins.
func newGroupsOfDimensions(crosses []Cross) groupsOfDimensions {
	g := groupsOfDimensions{of: map[string]int{}, hides: map[int]bool{}, several: map[string]bool{}, refined: map[string]bool{}}
	for _, x := range crosses {
		if x.Rated == "" {
			continue
		}
		g.last = 1
		for _, d := range []Dimension{{Question: x.Rated}, {Property: PropertyChannel}, {Property: PropertyPoint}, {Property: PropertyMonth}} {
			g.of[d.name()] = g.last
		}
	}
	return g
}

// refines reports whether a table is the first that divides what the Summary rates.
func (g *groupsOfDimensions) refines(x *Cross) bool {
	return x.besideRatings() && x.Where == nil && !g.refined[x.Column.name()]
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
	if g.refines(x) {
		g.refined[x.Column.name()] = true
	}
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

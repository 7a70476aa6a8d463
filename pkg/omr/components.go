package omr

// component is a connected area of one colour. Dark ones are connected over corners, light ones are not, so that each
// lies within exactly one of the other colour: its parent.
type component struct {
	dark                   bool
	parent                 int // -1 at the edge of the image
	area                   int
	minX, minY, maxX, maxY int // of its pixels
	sumX, sumY             int
}

func (c *component) width() float64  { return float64(c.maxX - c.minX + 1) }
func (c *component) height() float64 { return float64(c.maxY - c.minY + 1) }

// centre is in pixels of the image, as a Point.
func (c *component) centre() Point {
	return Point{float64(c.sumX)/float64(c.area) + 0.5, float64(c.sumY)/float64(c.area) + 0.5}
}

// run is a row's stretch of one colour.
type run struct {
	from, to int32 // to is past the end
	label    int32
}

// labeller joins runs to components, row by row.
type labeller struct {
	parents []int32 // of the union-find, and below what each label has gathered
	all     []component
}

// components finds all connected areas of an image.
func components(dark []bool, w, h int) []component {
	l := labeller{parents: make([]int32, 0, 4096), all: make([]component, 0, 4096)}
	var above, row []run
	for y := range h {
		row = row[:0]
		line := dark[y*w:][:w]
		for x := 0; x < w; {
			from, colour := x, line[x]
			for x < w && line[x] == colour {
				x++
			}
			row = append(row, run{int32(from), int32(x), -1})
		}
		l.join(above, row, line, y)
		above, row = row, above
	}
	return l.gathered()
}

// join gives each run of a row the label of the runs above that it touches.
func (l *labeller) join(above, row []run, line []bool, y int) {
	first := 0
	for i := range row {
		r := &row[i]
		colour := line[r.from]
		reach := int32(0)
		if colour {
			reach = 1 // dark runs touch over corners
		}
		for first < len(above) && above[first].to+1 <= r.from {
			first++
		}
		for k := first; k < len(above) && above[k].from < r.to+reach; k++ {
			a := &above[k]
			if a.to+reach <= r.from || l.all[a.label].dark != colour {
				continue
			}
			root := l.root(a.label)
			switch {
			case r.label < 0:
				r.label = root
			case r.label != root:
				r.label = l.unite(r.label, root)
			}
		}
		if r.label < 0 {
			r.label = l.open(colour, i, row, y)
		}
		l.all[r.label].add(r, y)
	}
}

// open starts a component at its topmost run; what is left of that run is around it.
func (l *labeller) open(colour bool, i int, row []run, y int) int32 {
	parent := -1
	if i > 0 {
		parent = int(row[i-1].label)
	}
	n := int32(len(l.parents))
	l.parents = append(l.parents, n)
	l.all = append(l.all, component{dark: colour, parent: parent, minX: int(row[i].from), minY: y})
	return n
}

func (c *component) add(r *run, y int) {
	n := int(r.to - r.from)
	c.area += n
	c.minX, c.maxX, c.maxY = min(c.minX, int(r.from)), max(c.maxX, int(r.to)-1), y
	c.sumX += (int(r.from) + int(r.to) - 1) * n / 2
	c.sumY += y * n
}

func (l *labeller) root(label int32) int32 {
	for l.parents[label] != label {
		l.parents[label] = l.parents[l.parents[label]]
		label = l.parents[label]
	}
	return label
}

// unite keeps the older of two labels, which is the one with the topmost run.
func (l *labeller) unite(a, b int32) int32 {
	a, b = l.root(a), l.root(b)
	if a == b {
		return a
	}
	if b < a {
		a, b = b, a
	}
	l.parents[b] = a
	to, from := &l.all[a], &l.all[b]
	to.area += from.area
	to.sumX += from.sumX
	to.sumY += from.sumY
	to.minX, to.maxX = min(to.minX, from.minX), max(to.maxX, from.maxX)
	to.minY, to.maxY = min(to.minY, from.minY), max(to.maxY, from.maxY)
	from.area = 0
	return a
}

// gathered leads all parents to the components that were joined; those that were joined into others have no area left.
func (l *labeller) gathered() []component {
	for i := range l.all {
		if c := &l.all[i]; c.parent >= 0 {
			c.parent = int(l.root(int32(c.parent)))
		}
	}
	return l.all
}

package omr

import (
	"cmp"
	"math"
	"slices"

	"ocenaurzedu.eu/pkg/sheet"
)

const (
	searchMM    = 1.8  // that a box may stand off from where its neighbours lead to expect it; rules of tables are 1.75 mm away
	foundBorder = 0.6  // share of a border that makes a box found
	foundBoxes  = 0.7  // share of boxes found that makes a page ours
	neighbours  = 6    // that a box's place is compared with
	nearMM      = 60.0 // how far neighbours may be
	strayMM     = 0.45 // how far a box may be from where its neighbours say
)

// spot is where a box was found: how far off, in mm of the page, and how much of its border shows.
type spot struct {
	off    Point
	border float64
}

func (s spot) good() bool { return s.border >= foundBorder }

// geometry of a layout's boxes in mm from the centre: the middle of the border line and half its width.
type boxShape struct{ line, half float64 }

func shapeOf(l *sheet.Layout) boxShape {
	return boxShape{(l.BoxSize - l.BoxLine) / 2, l.BoxLine / 2}
}

// register finds each box by its border, beginning near the fiducials and the QR, where the page was found, and going on
// from box to box, so that a fold or a lens may lead far off little by little.
func (s *scan) register(boxes []sheet.Box, shape boxShape) []spot {
	spots := make([]spot, len(boxes))
	order := make([]int, len(boxes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(fromAnchor(boxes[a]), fromAnchor(boxes[b]))
	})
	var p patch
	done := make([]int, 0, len(boxes))
	for _, i := range order {
		expected := offsets(boxes, spots, done, boxes[i], 4)
		spots[i] = s.find(&p, boxes[i], expected, shape)
		if spots[i].good() {
			done = append(done, i)
		}
	}
	s.smooth(boxes, spots, shape)
	return spots
}

// fromAnchor is how far a box is from the nearest fiducial.
func fromAnchor(b sheet.Box) float64 {
	d := math.Inf(1)
	for _, c := range corners {
		d = min(d, math.Hypot(b.X-c.X, b.Y-c.Y))
	}
	return d
}

// offsets is the median of the nearest boxes that were found.
func offsets(boxes []sheet.Box, spots []spot, of []int, to sheet.Box, most int) Point {
	type near struct {
		i int
		d float64
	}
	var all []near
	for _, i := range of {
		if d := math.Hypot(boxes[i].X-to.X, boxes[i].Y-to.Y); d < nearMM && d > 0 {
			all = append(all, near{i, d})
		}
	}
	slices.SortFunc(all, func(a, b near) int { return cmp.Or(cmp.Compare(a.d, b.d), cmp.Compare(a.i, b.i)) })
	all = all[:min(len(all), most)]
	xs, ys := make([]float64, len(all)), make([]float64, len(all))
	for k, n := range all {
		xs[k], ys[k] = spots[n.i].off.X, spots[n.i].off.Y
	}
	return Point{median(xs), median(ys)}
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// find searches a box's border around where it is expected: the two upright lines by the means of columns, the two
// level ones by those of rows, which marks in the box disturb little.
func (s *scan) find(p *patch, b sheet.Box, expected Point, shape boxShape) spot {
	reach := shape.line + searchMM + 1.1
	s.sample(p, Point{b.X + expected.X, b.Y + expected.Y}, reach, reach)
	columns, rows := p.profiles(shape.line - 0.4)
	dx, dy := shape.peak(columns, reach), shape.peak(rows, reach)
	return spot{Point{expected.X + dx, expected.Y + dy}, p.border(Point{dx, dy}, shape)}
}

// profiles are the mean darkness of columns and of rows, over the middle of the patch.
func (p *patch) profiles(half float64) (columns, rows []float64) {
	columns, rows = make([]float64, p.w), make([]float64, p.h)
	x0, x1, y0, y1 := p.column(-half), p.column(half), p.row(-half), p.row(half)
	for y := range p.h {
		for x, d := range p.dark[y*p.w:][:p.w] {
			d := float64(min(max(d, 0), 1))
			if y >= y0 && y <= y1 {
				columns[x] += d / float64(y1-y0+1)
			}
			if x >= x0 && x <= x1 {
				rows[y] += d / float64(x1-x0+1)
			}
		}
	}
	return columns, rows
}

// peak is the shift at which two parallel lines show best in a profile, between what is lighter within and without.
func (b boxShape) peak(profile []float64, reach float64) float64 {
	at := func(mm float64) float64 {
		x := min(max((mm+reach)*perMM-0.5, 0), float64(len(profile)-1))
		i := min(int(x), len(profile)-2)
		f := x - float64(i)
		return profile[i]*(1-f) + profile[i+1]*f
	}
	const beside = 0.7
	score := func(shift float64) float64 {
		sum := 0.0
		for _, line := range []float64{shift - b.line, shift + b.line} {
			on := (at(line-0.1) + at(line) + at(line+0.1)) / 3
			sum += max(on-(at(line-beside)+at(line+beside))/2, 0)
		}
		return sum - 0.02*math.Abs(shift)
	}
	const step = 1.0 / perMM
	best, high := 0.0, score(0)
	for shift := -searchMM; shift <= searchMM; shift += step {
		if v := score(shift); v > high {
			best, high = shift, v
		}
	}
	low, up := score(best-step), score(best+step)
	if bend := 2*high - low - up; bend > 1e-6 {
		best += step * min(max((up-low)/(2*bend), -0.5), 0.5)
	}
	return best
}

// border is the share of a box's border that shows: places along it that are darker than the paper outside.
func (p *patch) border(c Point, shape boxShape) float64 {
	const places, outside = 14, 0.85
	shown := 0
	for k := range places {
		along := (float64(k)+0.5)/places*2*(shape.line-0.2) - (shape.line - 0.2)
		for _, side := range []float64{-1, 1} {
			for _, upright := range []bool{true, false} {
				look := func(mm float64) float32 {
					if upright {
						return p.dark[p.row(c.Y+along)*p.w+p.column(c.X+side*mm)]
					}
					return p.dark[p.row(c.Y+side*mm)*p.w+p.column(c.X+along)]
				}
				line := max(look(shape.line-0.125), look(shape.line), look(shape.line+0.125))
				if line > 0.16 && line > look(shape.line+outside)+0.12 {
					shown++
				}
			}
		}
	}
	return float64(shown) / (4 * places)
}

// smooth puts a box that strays from its neighbours, or was not found, where they say.
func (s *scan) smooth(boxes []sheet.Box, spots []spot, shape boxShape) {
	var good []int
	for i, at := range spots {
		if at.good() {
			good = append(good, i)
		}
	}
	moved := slices.Clone(spots)
	var p patch
	for i, b := range boxes {
		want := offsets(boxes, spots, good, b, neighbours)
		if len(good) < 3 || spots[i].good() && math.Hypot(spots[i].off.X-want.X, spots[i].off.Y-want.Y) <= strayMM {
			continue
		}
		reach := shape.line + 1.1
		s.sample(&p, Point{b.X + want.X, b.Y + want.Y}, reach, reach)
		if at := (spot{want, p.border(Point{}, shape)}); at.border > spots[i].border-0.15 {
			moved[i] = at
		}
	}
	copy(spots, moved)
}

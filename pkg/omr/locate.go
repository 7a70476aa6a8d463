package omr

import (
	"cmp"
	"math"
	"slices"

	"ocenaurzedu.eu/pkg/sheet"
)

// A page is found before its code tells which sheet it is of, so that where fiducials and QR stand is a matter of the
// code's format. All sheets so far have this one; a test compares it with the layouts.
var (
	corners = [4]Point{{15, 15}, {195, 15}, {195, 282}, {15, 282}}
	qrPlace = sheet.QR{X: 23, Y: 11.5, Size: 24}
)

const (
	qrModules   = 29
	dotSize     = 3.0
	finderReach = 2.4 // mm that a finder may be off
	finderSure  = 0.55
	mostPlaces  = 60   // that are looked at
	leanReach   = 40.0 // mm that the QR's finders may be off where three fiducials were taken for a page without perspective
	leanAlike   = 5.0  // and mm by which that may differ among them
)

// finderCentres are the middles of the QR's three finders on the page: top left, top right, bottom left.
func finderCentres() [3]Point {
	m := qrPlace.Size / qrModules
	near, far := 3.5*m, (qrModules-3.5)*m
	return [3]Point{{qrPlace.X + near, qrPlace.Y + near}, {qrPlace.X + far, qrPlace.Y + near}, {qrPlace.X + near, qrPlace.Y + far}}
}

// place is a page that was found in an image.
type place struct {
	toImage   Homography // of the image that was searched
	fiducials [4]Point
	found     int      // fiducials: four or three
	missing   int      // the one that was not found, of three
	finders   [3]Point // where the QR's finders were found, in mm
	score     float64  // of the finders: 1 is perfect
	blind     bool     // the QR does not show: the page may be the other way up
}

// locate finds the page by its targets: four fiducials, or else three of them and what the QR's finders add. It is the
// place where the QR's finders show best. Where they do not show at all, four fiducials still are a page, but blind.
func locate(g grey, found []target) (place, bool) {
	four := quadruples(g, found)
	if best, ok := bestOf(g, four); ok {
		return best, true
	}
	three := triples(g, found)
	for i := range three[:min(len(three), mostPlaces)] {
		three[i].lean(found)
	}
	if best, ok := bestOf(g, three); ok {
		return best, true
	}
	if len(four) == 0 {
		return place{}, false
	}
	p := four[0]
	p.blind = true
	p.scoreFinders(g, true)
	return p, true
}

// lean gives a place by three fiducials its perspective, if at least two of the QR's finders are among the targets near
// where they belong.
func (p *place) lean(found []target) {
	var pairs []pair
	for i, c := range corners {
		if i != p.missing {
			pairs = append(pairs, pair{c, p.fiducials[i], 1})
		}
	}
	pairs = append(pairs, p.finderTargets(found)...)
	if h, ok := fit(pairs); len(pairs) >= 5 && ok && upright(h) {
		c := corners[p.missing]
		p.toImage, p.fiducials[p.missing] = h, h.At(c.X, c.Y)
	}
}

// finderTargets looks for the QR's finders among the targets: all three, or two, off by about the same from where the page
// without perspective has them.
func (p *place) finderTargets(found []target) []pair {
	centres := finderCentres()
	scale := p.toImage.Scale(corners[0].X, corners[0].Y)
	var best []pair
	least := math.Inf(1)
	for i := range centres {
		from := p.toImage.At(centres[i].X, centres[i].Y)
		for _, t := range found {
			dx, dy := t.at.X-from.X, t.at.Y-from.Y
			if p.isFiducial(t) || math.Hypot(dx, dy) > leanReach*scale {
				continue
			}
			pairs, sum := []pair{}, 0.0
			for _, c := range centres {
				at := p.toImage.At(c.X, c.Y)
				if n, d := p.nearest(found, Point{at.X + dx, at.Y + dy}); d < leanAlike*scale {
					pairs, sum = append(pairs, pair{c, n.at, 0.5}), sum+d
				}
			}
			if len(pairs) > 1 && (len(pairs) > len(best) || len(pairs) == len(best) && sum < least) {
				best, least = pairs, sum
			}
		}
	}
	return best
}

// nearest is the target nearest to a place, of those that are not taken for fiducials, and how far it is.
func (p *place) nearest(found []target, at Point) (target, float64) {
	var best target
	least := math.Inf(1)
	for _, t := range found {
		if d := math.Hypot(t.at.X-at.X, t.at.Y-at.Y); d < least && !p.isFiducial(t) {
			best, least = t, d
		}
	}
	return best, least
}

func (p *place) isFiducial(t target) bool {
	for i, f := range p.fiducials {
		if i != p.missing && f == t.at {
			return true
		}
	}
	return false
}

// turned is the place the other way up.
func (p place) turned() place {
	pairs := make([]pair, 4)
	f := p.fiducials
	for i := range 4 {
		p.fiducials[i] = f[(i+2)%4]
		pairs[i] = pair{corners[i], p.fiducials[i], 1}
	}
	if h, ok := fit(pairs); ok {
		p.toImage = h
	}
	p.finders = finderCentres()
	return p
}

// bestOf scores candidates, at most so many as stay quick; they come with the likeliest first.
func bestOf(g grey, all []place) (place, bool) {
	best := place{}
	for _, p := range all[:min(len(all), mostPlaces)] {
		p.scoreFinders(g, false)
		if p.score > best.score {
			best = p
		}
		if best.score > 0.75 {
			break
		}
	}
	if best.score < finderSure {
		return best, false
	}
	best.scoreFinders(g, true)
	return best, true
}

// quadruples lists the places that four targets allow, in all four turns. A mirrored page has its fiducials in the right
// places too, but not its QR.
func quadruples(g grey, found []target) []place {
	type quad struct {
		at   [4]target
		flaw float64
	}
	var quads []quad
	n := min(len(found), 14)
	for a := range n {
		for b := a + 1; b < n; b++ {
			for c := b + 1; c < n; c++ {
				for d := c + 1; d < n; d++ {
					q := clockwise([4]target{found[a], found[b], found[c], found[d]})
					if flaw, ok := rectangle(q, g); ok {
						quads = append(quads, quad{q, flaw + q[0].flaw + q[1].flaw + q[2].flaw + q[3].flaw})
					}
				}
			}
		}
	}
	slices.SortStableFunc(quads, func(a, b quad) int { return cmp.Compare(a.flaw, b.flaw) })
	var places []place
	for _, q := range quads {
		for turn := range 4 {
			p := place{found: 4}
			pairs := make([]pair, 4)
			for i := range 4 {
				p.fiducials[i] = q.at[(i+turn)%4].at
				pairs[i] = pair{corners[i], p.fiducials[i], 1}
			}
			if h, ok := fit(pairs); ok && upright(h) {
				p.toImage = h
				places = append(places, p)
			}
		}
	}
	return places
}

// upright reports that the page as a whole is before the camera, and neither thin nor bent over: its scale differs by
// less than a factor of three, and a page's long side is its long side.
func upright(h Homography) bool {
	low, high := math.Inf(1), 0.0
	for _, c := range corners {
		if h[6]*c.X+h[7]*c.Y+h[8] <= 0 {
			return false
		}
		s := h.Scale(c.X, c.Y)
		low, high = min(low, s), max(high, s)
	}
	j := h.slope(105, 148)
	across, down := math.Hypot(j[0], j[2]), math.Hypot(j[1], j[3])
	return high < 3*low && across < 1.7*down && down < 1.7*across
}

// clockwise orders four targets around their middle, as seen on an image whose y grows downwards.
func clockwise(q [4]target) [4]target {
	var m Point
	for _, t := range q {
		m.X += t.at.X / 4
		m.Y += t.at.Y / 4
	}
	s := q[:]
	slices.SortFunc(s, func(a, b target) int {
		return cmp.Compare(math.Atan2(a.at.Y-m.Y, a.at.X-m.X), math.Atan2(b.at.Y-m.Y, b.at.X-m.X))
	})
	return q
}

// rectangle says how far four targets in order are from a page's fiducials: opposite sides alike, dots as large as the
// sides tell.
func rectangle(q [4]target, g grey) (float64, bool) {
	var side [4]float64
	dots := 0.0
	for i := range 4 {
		next := q[(i+1)%4].at
		side[i] = math.Hypot(next.X-q[i].at.X, next.Y-q[i].at.Y)
		dots += q[i].size / 4
	}
	a, b := (side[0]+side[2])/2, (side[1]+side[3])/2
	if min(side[0], side[1], side[2], side[3]) < 0.1*float64(min(g.w, g.h)) {
		return 0, false
	}
	tall := math.Abs(math.Log(max(a, b) / min(a, b) / (267.0 / 180)))
	uneven := math.Abs(math.Log(side[0]/side[2])) + math.Abs(math.Log(side[1]/side[3]))
	of := math.Abs(math.Log(dots / (dotSize * math.Sqrt(a*b/(180*267)))))
	return tall + uneven + of, tall < 0.5 && uneven < 1.2 && of < 0.5
}

// triples lists the places that three targets at a right angle allow, as if the page had no perspective; the QR's
// finders and the boxes mend that later.
func triples(g grey, found []target) []place {
	type triple struct {
		place
		flaw float64
	}
	var all []triple
	n := min(len(found), 16)
	for a := range n {
		for b := range n {
			for c := range n {
				if a == b || b == c || a == c {
					continue
				}
				// a lies between b, which follows it clockwise, and c, which precedes it.
				u := Point{found[b].at.X - found[a].at.X, found[b].at.Y - found[a].at.Y}
				v := Point{found[c].at.X - found[a].at.X, found[c].at.Y - found[a].at.Y}
				lu, lv := math.Hypot(u.X, u.Y), math.Hypot(v.X, v.Y)
				if u.X*v.Y-u.Y*v.X <= 0 || min(lu, lv) < 0.1*float64(min(g.w, g.h)) || math.Abs(u.X*v.X+u.Y*v.Y) > 0.4*lu*lv {
					continue
				}
				for corner := range 4 {
					p, flaw, ok := corner3([3]target{found[a], found[b], found[c]}, corner, lu/lv)
					if ok {
						all = append(all, triple{p, flaw})
					}
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b triple) int { return cmp.Compare(a.flaw, b.flaw) })
	places := make([]place, len(all))
	for i, t := range all {
		places[i] = t.place
	}
	return places
}

// corner3 takes the first of three targets for the given fiducial, the second for the next one clockwise and the third
// for the one before.
func corner3(t [3]target, corner int, ratio float64) (place, float64, bool) {
	want := 180.0 / 267
	if corner%2 == 1 {
		want = 1 / want
	}
	flaw := math.Abs(math.Log(ratio / want))
	if flaw > 0.45 {
		return place{}, 0, false
	}
	p := place{found: 3}
	index := [3]int{corner, (corner + 1) % 4, (corner + 3) % 4}
	var pairs []pair
	dots := 0.0
	for i, k := range index {
		p.fiducials[k] = t[i].at
		pairs = append(pairs, pair{corners[k], t[i].at, 1})
		flaw += t[i].flaw
		dots += t[i].size / 3
	}
	h, ok := fitAffine(pairs)
	if !ok || !upright(h) {
		return place{}, 0, false
	}
	of := math.Abs(math.Log(dots / (dotSize * h.Scale(105, 148))))
	missing := (corner + 2) % 4
	p.missing = missing
	p.toImage, p.fiducials[missing] = h, h.At(corners[missing].X, corners[missing].Y)
	return p, flaw + of, of < 0.5
}

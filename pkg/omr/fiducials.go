package omr

import (
	"math"
	"slices"
)

// target is a dot in a white ring in a dark one, seen in the image: a fiducial, or a finder of a QR, which has the same
// proportions.
type target struct {
	at   Point
	size float64 // of the dot: the root of its area
	flaw float64 // how far from the proportions 7:5:3; less is better
}

const (
	smallestDot = 3.5 // pixels: a dot of 3 mm has 9 at 75 dpi, one of a QR's finder 7
	mostTargets = 24
)

// targets finds the dots with rings among the components. Bounds are wide, as ink spreads and bilevel scans eat: with a
// gain of 0.3 mm the white ring is half as large as the dot, with a loss of 0.3 mm four and a half times.
func targets(g grey, all []component) []target {
	var found []target
	for i := range all {
		dot := &all[i]
		if !dot.dark || dot.area == 0 || dot.parent < 0 || !dotLike(dot) {
			continue
		}
		white := &all[dot.parent]
		if white.parent < 0 {
			continue
		}
		ring := &all[white.parent]
		flaw, ok := proportions(dot, white, ring)
		if !ok {
			continue
		}
		found = append(found, target{centroid(g, dot, white), math.Sqrt(float64(dot.area)), flaw})
	}
	slices.SortStableFunc(found, func(a, b target) int {
		switch {
		case a.flaw < b.flaw:
			return -1
		case a.flaw > b.flaw:
			return 1
		}
		return 0
	})
	return found[:min(len(found), mostTargets)]
}

func dotLike(dot *component) bool {
	w, h := dot.width(), dot.height()
	return min(w, h) >= smallestDot && w < 2.2*h && h < 2.2*w && float64(dot.area) >= 0.42*w*h
}

// proportions says how far a dot, the white around it and the dark around that are from 3:5:7 and one centre. The dark
// ring may have grown into something else; then only its inside counts.
func proportions(dot, white, ring *component) (float64, bool) {
	size := (dot.width() + dot.height()) / 2
	wide := (white.width() + white.height()) / 2 / size
	areas := float64(white.area) / float64(dot.area)
	middle := Point{float64(white.minX+white.maxX+1) / 2, float64(white.minY+white.maxY+1) / 2}
	c := dot.centre()
	off := math.Hypot(c.X-middle.X, c.Y-middle.Y) / size
	if wide < 1.12 || wide > 2.7 || areas < 0.3 || areas > 6 || off > 0.22 {
		return 0, false
	}
	outer := (ring.width() + ring.height()) / 2 / size
	flaw := 4*off + math.Abs(math.Log(wide/(5.0/3))) + math.Abs(math.Log(areas/(16.0/9)))/2
	if outer > 4 || outer < 1.4 {
		return flaw + 1, outer > 4 // grown into a border, or no ring at all
	}
	return flaw + math.Abs(math.Log(outer/(7.0/3))), true
}

// centroid refines a dot's centre by its darkness out to the middle of the white ring, which is exact to a fraction of a
// pixel however the threshold cut its edge.
func centroid(g grey, dot, white *component) Point {
	x0, y0 := (dot.minX+white.minX)/2, (dot.minY+white.minY)/2
	x1, y1 := (dot.maxX+white.maxX+1)/2, (dot.maxY+white.maxY+1)/2
	low, high := uint8(255), uint8(0)
	for y := y0; y <= y1; y++ {
		for _, v := range g.pix[y*g.stride+x0 : y*g.stride+x1+1] {
			low, high = min(low, v), max(high, v)
		}
	}
	// Only the dot's half of the tones counts: noise in the white would pull from far.
	cut := int(high) - (int(high)-int(low))/4
	sum, sx, sy := 0.0, 0.0, 0.0
	c := dot.centre()
	reach := 0.75 * (dot.width() + dot.height()) / 2
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			d := float64(cut - int(g.pix[y*g.stride+x]))
			px, py := float64(x)+0.5, float64(y)+0.5
			if d <= 0 || math.Hypot(px-c.X, py-c.Y) > reach {
				continue
			}
			sum, sx, sy = sum+d, sx+d*px, sy+d*py
		}
	}
	if sum == 0 {
		return c
	}
	return Point{sx / sum, sy / sum}
}

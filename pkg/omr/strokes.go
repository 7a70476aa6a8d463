package omr

// drawnOver reports that the ink in a box is more than a cross: a mark scribbled out, though not filled.
func (m *measurer) drawnOver(in area, cut float32, cover float64) bool {
	gaps := m.gaps(in, cut)
	return gaps >= overGaps || cover > overFull && gaps == overGaps-1 || cover > overMuch && m.crossings(in, cut) >= overCrossed
}

// crossings is how many strokes a line across the middle of a box meets: the mean over its levels or its uprights,
// whichever is more.
func (m *measurer) crossings(in area, cut float32) float64 {
	p, flaw := &m.calm, 0
	if m.scan.bilevel {
		flaw = 2
	}
	w, h := in.x1-in.x0, in.y1-in.y0
	level, upright := 0, 0
	y0, y1 := in.y0+h/4, in.y1-h/4
	for y := y0; y < y1; y++ {
		level += p.runs(line{x: float64(in.x0), y: float64(y), dx: 1}, w, flaw, cut)
	}
	x0, x1 := in.x0+w/4, in.x1-w/4
	for x := x0; x < x1; x++ {
		upright += p.runs(line{x: float64(x), y: float64(in.y0), dy: 1}, h, flaw, cut)
	}
	return max(float64(level)/float64(max(y1-y0, 1)), float64(upright)/float64(max(x1-x0, 1)))
}

// runs counts the dark stretches along n places of a line. Light ones of no more than flaw places are part of them.
func (p *patch) runs(l line, n, flaw int, cut float32) int {
	count, light := 0, flaw+1
	for k := range n {
		if p.dark[(int(l.y)+k*int(l.dy))*p.w+int(l.x)+k*int(l.dx)] <= cut {
			light++
			continue
		}
		if light > flaw {
			count++
		}
		light = 0
	}
	return count
}

// gaps counts the pieces of free paper in a box. Two strokes leave four at most; what is scribbled over leaves many.
func (m *measurer) gaps(in area, cut float32) int {
	least := 4 // places: what is smaller is a flaw of the ink
	if m.scan.bilevel {
		least = 10 // where grey ink is dots
	}
	m.cover(in, func(d float32) bool { return d <= cut })
	n := 0
	for i := range m.mask {
		if m.mask[i] == 1 && m.drain(i, in.x1-in.x0) >= least {
			n++
		}
	}
	return n
}

// drain takes a piece of free paper out of the mask; pieces do not touch over corners. It returns how large it was.
func (m *measurer) drain(i, w int) int {
	m.stack, m.mask[i] = append(m.stack[:0], i), 0
	size := 0
	for ; len(m.stack) > 0; size++ {
		k := m.stack[len(m.stack)-1]
		m.stack = m.stack[:len(m.stack)-1]
		for _, next := range [4][2]int{{k - w, 1}, {k + w, 1}, {k - 1, k % w}, {k + 1, (k + 1) % w}} {
			if next[1] != 0 && next[0] >= 0 && next[0] < len(m.mask) && m.mask[next[0]] == 1 {
				m.mask[next[0]] = 0
				m.stack = append(m.stack, next[0])
			}
		}
	}
	return size
}

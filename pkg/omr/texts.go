package omr

import "ocenaurzedu.eu/pkg/sheet"

const (
	writtenMM  = 3.0 // longest stroke of what counts as writing
	frameMM    = 1.2 // from an area's frame, or its line, to where writing is looked for
	textPiece  = 12.0
	writtenInk = 0.004 // share of a piece
)

// text measures an area for writing, piece by piece, each against the paper around it.
func (m *measurer) text(a sheet.Area, off Point) Text {
	t := Text{Area: a}
	x0, x1, y0, y1 := a.X+frameMM, a.X+a.W-frameMM, a.Y+frameMM, a.Y+a.H-frameMM
	if a.Kind == sheet.AreaOther {
		x0, x1, y0, y1 = a.X+0.5, a.X+a.W-0.5, a.Y-1, a.Y+a.H-2.2 // its line is 1.4 mm above its foot
	}
	if x1 <= x0 || y1 <= y0 {
		return t
	}
	ink, all := 0.0, 0.0
	for y := y0; y < y1; y += textPiece {
		for x := x0; x < x1; x += textPiece {
			w, h := min(textPiece, x1-x), min(textPiece, y1-y)
			if w < 0.5 || h < 0.5 {
				continue
			}
			m.scan.sample(&m.patch, Point{x + w/2 + off.X, y + h/2 + off.Y}, w/2, h/2)
			m.noise = m.noise[:0]
			for i := 0; i < len(m.patch.dark); i += 3 {
				m.noise = append(m.noise, float64(m.patch.dark[i]))
			}
			base, spread := middle(m.noise)
			m.calm.median(&m.patch)
			b := m.blobs(area{0, 0, m.calm.w, m.calm.h}, float32(base+max(faintInk+0.04, 4*spread)), 0)
			ink, all = ink+b.cover*w*h, all+w*h
			if b.cover >= writtenInk && b.stroke*max(w, h) >= writtenMM {
				t.Written = true
			}
		}
	}
	if all > 0 {
		t.Ink = ink / all
	}
	return t
}

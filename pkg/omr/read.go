package omr

import (
	"errors"
	"image"

	"ocenaurzedu.eu/pkg/sheet"
)

const (
	searchedSide = 1500 // longest side, in pixels, of the copy in which a page is searched
	leastSide    = 300  // of an image that can hold a page
)

// Read reads a page. It never panics, whatever the image, and takes no more than a bounded multiple of its pixels.
func Read(img *image.Gray, find Lookup, hints Hints) Page {
	r := reading{page: Page{State: NotLocated, Reason: NoFiducials, Algorithm: Algorithm}, hints: hints, full: newGrey(img)}
	if min(r.full.w, r.full.h) < leastSide {
		return r.page
	}
	r.by = (max(r.full.w, r.full.h) + searchedSide - 1) / searchedSide
	r.small = r.full.shrink(r.by)
	r.page.Bilevel = hints.Bilevel || r.full.bilevel()
	r.stage("shrink")
	if !r.locate() {
		return r.page
	}
	r.stage("locate")
	printed, ok := r.identify(find)
	r.stage("code")
	if ok {
		r.read(printed)
	}
	return r.page
}

// reading is what becomes a Page.
type reading struct {
	page        Page
	hints       Hints
	full, small grey
	by          int // pixels of full in one of small
	place       place
	layout      *sheet.Layout
}

func (r *reading) stage(name string) {
	if r.hints.Stage != nil {
		r.hints.Stage(name)
	}
}

// locate finds the page, by its targets or where a person says that it is. Where the usual threshold finds none, harder
// ones may: for faint print, and for what ran together.
func (r *reading) locate() bool {
	ok := false
	if r.hints.Corners != nil {
		r.place, ok = r.placed(*r.hints.Corners)
	} else {
		half := max(r.small.w, r.small.h) / 40
		for _, percent := range []int{15, 30, 7} {
			dark := r.small.threshold(half, percent)
			found := targets(r.small, components(dark, r.small.w, r.small.h))
			p, seen := locate(r.small, found)
			if seen && (!ok || !p.blind) {
				r.place, ok = p, true
			}
			if ok && !r.place.blind {
				break
			}
		}
	}
	if !ok {
		return false
	}
	r.page.Reason = NoCode
	r.put()
	return true
}

// put tells the place in pixels of the image that was given.
func (r *reading) put() {
	r.page.ToImage = r.place.toImage.scaled(float64(r.by))
	for i, f := range r.place.fiducials {
		r.page.Fiducials[i] = Point{f.X * float64(r.by), f.Y * float64(r.by)}
	}
}

// placed takes a person's word for the fiducials' centres, turned as the printed page is.
func (r *reading) placed(at [4]Point) (place, bool) {
	p := place{found: 4}
	pairs := make([]pair, 4)
	for i, c := range at {
		p.fiducials[i] = Point{c.X / float64(r.by), c.Y / float64(r.by)}
		pairs[i] = pair{corners[i], p.fiducials[i], 1}
	}
	h, ok := fit(pairs)
	if !ok || !upright(h) {
		return p, false
	}
	p.toImage = h
	p.scoreFinders(r.small, true)
	return p, true
}

// identify reads the page's code, or takes the one typed, and finds its layout.
func (r *reading) identify(find Lookup) (*sheet.Page, bool) {
	code, ok := r.code()
	if !ok && r.hints.Code != nil {
		code, ok = *r.hints.Code, true
	}
	if !ok {
		return nil, false
	}
	r.page.Code = code
	layout, err := find(code)
	switch {
	case errors.Is(err, ErrForeign):
		r.page.State, r.page.Reason = Foreign, OtherOffice
		return nil, false
	case err != nil || layout == nil || code.Page < 1 || code.Page > len(layout.Pages) || code.Format != "" && code.Format != layout.Format:
		r.page.State, r.page.Reason = Foreign, OtherSheet
		return nil, false
	}
	r.layout = layout
	return &layout.Pages[code.Page-1], true
}

// code reads the QR where it is sharp: in the image itself.
func (r *reading) code() (sheet.Code, bool) {
	p := r.place
	p.toImage = p.toImage.scaled(float64(r.by))
	return p.code(r.full)
}

// read registers the boxes of a page, measures them and decides its questions.
func (r *reading) read(printed *sheet.Page) {
	s, spots := r.register(printed)
	if r.place.blind && share(spots) < foundBoxes {
		r.place = r.place.turned()
		r.put()
		s, spots = r.register(printed)
	}
	r.stage("register")
	if share(spots) < foundBoxes {
		r.page.Reason = BoxesNotFound
		return
	}
	s.refit(r, printed, spots)
	m := newMeasurer(s, r.layout)
	r.page.Boxes = make([]Box, len(printed.Boxes))
	for i, b := range printed.Boxes {
		at := Point{b.X + spots[i].off.X, b.Y + spots[i].off.Y}
		in := m.measure(at)
		in.Border = spots[i].border
		r.page.Boxes[i] = Box{Box: b, State: judge(in), Measures: in.Measures, Center: s.onImage(at)}
	}
	r.texts(m, printed, spots)
	r.page.Questions = Decide(r.page.Boxes, r.page.Bilevel)
	r.page.State, r.page.Reason = Done, ""
	for _, q := range r.page.Questions {
		if q.Flagged {
			r.page.State = NeedsCheck
		}
	}
	r.stage("measure")
}

// register finds the boxes; once more where a better homography may find more.
func (r *reading) register(printed *sheet.Page) (*scan, []spot) {
	s, shape := r.scan(printed), shapeOf(r.layout)
	spots := s.register(printed.Boxes, shape)
	if share(spots) < 0.95 && s.refit(r, printed, spots) {
		s.toWork = r.page.ToImage.scaled(1 / s.by)
		spots = s.register(printed.Boxes, shape)
	}
	return s, spots
}

// scan prepares what is measured: at 600 dpi half as many pixels do.
func (r *reading) scan(printed *sheet.Page) *scan {
	s := &scan{bilevel: r.page.Bilevel, paper: newPaper(r.small, &r.place)}
	by := max(int(r.page.ToImage.Scale(105, 148)/perMM), 1)
	s.work, s.by = r.full.shrink(by), float64(by)
	s.shrunk = float64(r.by) / s.by
	s.toWork = r.place.settled(printed).scaled(s.shrunk)
	return s
}

// settled is the homography by the fiducials of a layout. Of three only, the QR's finders tell the perspective.
func (p *place) settled(printed *sheet.Page) Homography {
	var pairs []pair
	for i, f := range p.fiducials {
		if p.found == 4 || p.missing != i {
			c := corners[i]
			if i < len(printed.Fiducials) {
				c = Point{printed.Fiducials[i][0], printed.Fiducials[i][1]}
			}
			pairs = append(pairs, pair{c, f, 1})
		}
	}
	if p.found == 3 {
		for i, c := range finderCentres() {
			pairs = append(pairs, pair{c, p.toImage.At(p.finders[i].X, p.finders[i].Y), 0.3})
		}
	}
	if h, ok := fit(pairs); ok && upright(h) {
		return h
	}
	return p.toImage
}

func share(spots []spot) float64 {
	if len(spots) == 0 {
		return 1
	}
	n := 0
	for _, s := range spots {
		if s.good() {
			n++
		}
	}
	return float64(n) / float64(len(spots))
}

// refit settles the page's homography by its fiducials and all boxes that were found. The boxes' own places do not
// change by it.
func (s *scan) refit(r *reading, printed *sheet.Page, spots []spot) bool {
	var pairs []pair
	for i, at := range spots {
		if b := printed.Boxes[i]; at.good() {
			pairs = append(pairs, pair{Point{b.X, b.Y}, s.onImage(Point{b.X + at.off.X, b.Y + at.off.Y}), 1})
		}
	}
	if len(pairs) < 8 {
		return false
	}
	for i, f := range r.page.Fiducials {
		if r.place.found == 4 || r.place.missing != i {
			pairs = append(pairs, pair{corners[i], f, float64(len(pairs)) / 8})
		}
	}
	h, ok := fit(pairs)
	if !ok || !upright(h) {
		return false
	}
	r.page.ToImage = h
	return true
}

// onImage is where a place on the page is in the image that was given.
func (s *scan) onImage(at Point) Point {
	p := s.toWork.At(at.X, at.Y)
	return Point{p.X * s.by, p.Y * s.by}
}

// texts measures the areas for writing, moved as the boxes near them are.
func (r *reading) texts(m *measurer, printed *sheet.Page, spots []spot) {
	good := make([]int, 0, len(spots))
	for i, s := range spots {
		if s.good() {
			good = append(good, i)
		}
	}
	for _, a := range printed.Texts {
		at := sheet.Box{X: a.X + a.W/2, Y: a.Y + a.H/2}
		r.page.Texts = append(r.page.Texts, m.text(a, offsets(printed.Boxes, spots, good, at, neighbours)))
	}
}

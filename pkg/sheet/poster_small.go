package sheet

import (
	"unicode"
	"unicode/utf8"

	"ocenaurzedu.eu/pkg/tagged"
)

// cuts is a sheet of alike pieces: where the first one begins, how large they are and how far from each other.
type cuts struct {
	columns, rows  int
	left, top      float64
	wide, tall     float64
	across, down   float64 // from one to the next
	margin, length float64 // of marks at the edges of the paper
}

var (
	stickerGrid = cuts{columns: 3, rows: 7, left: 7.21, top: 15.15, wide: 63.5, tall: 38.1, across: 66.04, down: 38.1, margin: 2, length: 4}
	cardGrid    = cuts{columns: 2, rows: 5, left: 20, top: 11, wide: 85, tall: 55, across: 85, down: 55, margin: 3, length: 6}
)

// grid draws a piece on each place of a sheet, and marks where to cut.
func (b board) grid(g cuts, draw func(board)) {
	for row := range g.rows {
		for column := range g.columns {
			piece := b
			piece.x, piece.y = g.left+float64(column)*g.across, g.top+float64(row)*g.down
			piece.copy = row+column > 0
			draw(piece)
		}
	}
	b.tree.Artifact(tagged.Decoration)
	var xs, ys []float64
	for column := range g.columns {
		x := g.left + float64(column)*g.across
		xs = append(xs, x, x+g.wide)
	}
	for row := range g.rows {
		y := g.top + float64(row)*g.down
		ys = append(ys, y, y+g.tall)
	}
	const arm = 1.2 // of a cross between pieces
	for _, x := range xs {
		b.cutLine([4]float64{x, g.top - g.margin - g.length, x, g.top - g.margin})
		b.cutLine([4]float64{x, ys[len(ys)-1] + g.margin, x, ys[len(ys)-1] + g.margin + g.length})
		for _, y := range ys {
			b.cutLine([4]float64{x - arm, y, x + arm, y})
			b.cutLine([4]float64{x, y - arm, x, y + arm})
		}
	}
	for _, y := range ys {
		b.cutLine([4]float64{max(1.5, g.left-g.margin-g.length), y, g.left - g.margin, y})
		b.cutLine([4]float64{xs[len(xs)-1] + g.margin, y, min(208.5, xs[len(xs)-1]+g.margin+g.length), y})
	}
}

// cutLine draws a hair from one point to another.
func (b board) cutLine(at [4]float64) {
	b.pdf.SetDrawColor(cutGrey[0], cutGrey[1], cutGrey[2])
	b.pdf.SetLineWidth(0.15)
	b.pdf.Line(at[0], at[1], at[2], at[3])
}

// sticker is 63.5 × 38.1 mm. It keeps 3 mm from the edges, as a printer seldom meets a label to the millimetre.
func (b board) sticker() {
	const pad, side = 3.05, 32
	const left, wide, foot = pad + side + 2.2, 63.5 - 2*pad - side - 2.2, pad + side
	b.frame(area{pad, pad, side, side}, 2)
	y := b.write(lettering{area: area{left, pad - .4, wide, 6.5}, size: 15, least: 10, lines: 1, bold: true, ink: b.colour, role: tagged.Heading1}, polishPoster(b.Time).rate)
	b.qr(pad+1, pad+1, side-2)
	y = b.write(lettering{area: area{left, y + .4, wide, 12.2}, size: 7.5, least: 5.5, lines: 6, bold: true, ink: textInk}, b.Office.Name)
	short := lettering{area: area{left, foot - 7, wide, 7}, size: 8, least: 5, lines: 3, bold: true, ink: b.colour, joined: true, bottom: true}
	size, lines := b.fit(short, b.Short)
	b.small(area{left, y + .6, wide, foot - size*point*tightness*float64(len(lines)) - y - 1.6}, 6.5)
	b.write(short, b.Short)
}

// card is 85 × 55 mm.
func (b board) card() {
	const pad, side = 5, 38
	const left, wide = pad + side + 3, 85 - 2*pad - side - 3
	b.frame(area{pad, pad, side, side}, 2.5)
	y := b.write(lettering{area: area{left, pad - .8, wide, 9}, size: 20, least: 12, lines: 1, bold: true, ink: b.colour, role: tagged.Heading1}, polishPoster(b.Time).rate)
	name := area{left, y + .8, wide, 14}
	if w := b.crestIn(area{left, y + 1.2, 9, 10}); w > 0 {
		name.x, name.w = name.x+w+1.8, name.w-w-1.8
	}
	y = max(b.write(lettering{area: name, size: 8.5, least: 5.5, lines: 6, bold: true, ink: textInk}, b.Office.Name), y+12)
	b.qr(pad+1, pad+1, side-2)
	b.small(area{left, y + 1, wide, pad + side - y - 1}, 7.5)
	b.write(lettering{area: area{pad, 44.6, 75, 6.4}, size: 13, least: 6, lines: 2, bold: true, ink: b.colour, joined: true, middle: true}, b.Short)
}

// frame is the office's colour around the white that a code stands on.
func (b board) frame(at area, r float64) {
	b.panel(at, r, b.colour)
	b.panel(area{at.x + 1, at.y + 1, at.w - 2, at.h - 2}, r-.8, paperWhite)
}

// small says at the foot of an area that the survey is anonymous, and its name in other languages as far as there is room.
func (b board) small(at area, size float64) {
	foreign := foreignPosters(b.Languages, b.Time)
	line := size * point * tightness
	about := lettering{area: area{at.x, at.y, at.w, min(at.h, 2*line+.01)}, size: size, least: size - 1.5, lines: 2, ink: textInk}
	fitted, lines := b.fit(about, polishPoster(b.Time).brief)
	tall := fitted * point * tightness * float64(len(lines))
	for len(foreign) > 0 && tall+(line+.2)*float64(len(foreign)) > at.h {
		foreign = foreign[:len(foreign)-1]
	}
	about.y = at.y + at.h - tall - (line+.2)*float64(len(foreign))
	y := b.write(about, polishPoster(b.Time).brief)
	for _, other := range foreign {
		y = b.write(lettering{area: area{at.x, y + .2, at.w, line}, size: size, least: size - 1.5, lines: 1, ink: softInk, lang: other.lang}, other.rate)
	}
}

// lowerFirst makes a sentence the end of another.
func lowerFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[size:]
}

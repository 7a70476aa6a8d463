package sheet

import "ocenaurzedu.eu/pkg/tagged"

// What hangs on a wall or stands on a counter. Nothing bleeds off the paper: an office's printer leaves a margin.

// poster is composed for A4; A3 is the same, larger.
func (b board) poster() {
	const left, wide = 16, 178
	words, foreign := polishPoster(b.Time), foreignPosters(b.Languages, b.Time)
	b.head(area{left, 15, wide, 22}, 17)
	y := b.write(lettering{area: area{left, 44, wide, 40}, size: 110, least: 60, lines: 1, bold: true, ink: b.colour, role: tagged.Heading1}, words.rate)
	b.write(lettering{area: area{left, y + 1, wide, 11}, size: 22, least: 16, lines: 1, ink: textInk}, words.help)
	const top, tall, card = 103, 124, 104
	b.panel(area{left, top, wide, tall}, 8, b.colour)
	b.panel(area{left + 10, top + 10, card, card}, 4, paperWhite)
	b.qr(left+10, top+10, card)
	const side = left + 10 + card + 9
	b.steps(area{side, top + 10, left + wide - 8 - side, card}, [2]float64{19, 12}, append([]posterWords{words}, foreign...))
	y = b.write(lettering{area: area{left, top + tall + 8, wide, 6}, size: 12, least: 12, lines: 1, ink: softInk}, words.visit)
	y = b.write(lettering{area: area{left, y + .5, wide, 16}, size: 38, least: 14, lines: 2, bold: true, ink: b.colour, joined: true}, b.Short)
	y = b.write(lettering{area: area{left, y + 4, wide, 8}, size: 15, least: 12, lines: 1, ink: textInk}, words.about)
	for _, other := range foreign {
		y = b.write(lettering{area: area{left, y + 1.5, wide, 6}, size: 11.5, least: 10, lines: 1, ink: softInk, lang: other.lang}, other.rate+" – "+lowerFirst(other.about))
	}
}

// head is the office's crest, its name, and the place where this hangs.
func (b board) head(at area, size float64) {
	if w := b.crestIn(area{at.x, at.y, at.h * 1.3, at.h}); w > 0 {
		at.x, at.w = at.x+w+at.h*.25, at.w-w-at.h*.25
	}
	name := lettering{area: at, size: size, least: size * .55, lines: 3, bold: true, ink: textInk, middle: true}
	if b.place.Name == "" {
		b.write(name, b.Office.Name)
		return
	}
	small := lettering{area: at, size: size * .68, least: size * .5, lines: 1, ink: softInk}
	name.h = at.h - size*.68*point*tightness - .5
	nameSize, lines := b.fit(name, b.Office.Name) // both stand together in the middle
	tall := nameSize*point*tightness*float64(len(lines)) + size*.68*point*tightness + .5
	name.middle, name.y = false, at.y+(at.h-tall)/2
	small.y = b.write(name, b.Office.Name) + .5
	b.write(small, b.place.Name)
}

// steps say what to do with the code, in all languages one below the other, in white on the office's colour.
func (b board) steps(at area, sizes [2]float64, all []posterWords) {
	b.mark(at.x-1, at.y, at.w*.52, paperWhite, b.colour)
	share := at.h - at.w*.52 - 5
	y := at.y + at.w*.52 + 5
	for i, words := range all {
		l := lettering{area: area{at.x, y, at.w, share * .5}, size: sizes[0], least: 8, lines: 6, bold: true, ink: paperWhite, lang: words.lang}
		if i > 0 {
			b.panel(area{at.x, y, at.w * .3, .5}, .25, paperWhite)
			l.area, l.size, l.bold = area{at.x, y + 2.5, at.w, share * .22}, sizes[1], false
		}
		y = b.write(l, words.point) + 4
	}
}

// tent is two halves, of which the upper one stands on its head: folded across the middle it is read from both sides.
func (b board) tent() {
	const half = 148.5
	lower := b
	lower.y = half
	lower.tentSide()
	upper := b
	upper.y, upper.copy = half, true
	upper.turned, upper.turnX, upper.turnY = true, 105, half
	b.tree.Break()
	b.pdf.TransformBegin()
	b.pdf.TransformRotate(180, upper.turnX, upper.turnY)
	upper.tentSide()
	b.tree.Break()
	b.pdf.TransformEnd()
	b.tree.Artifact(tagged.Decoration)
	b.cutLine([4]float64{4, half, 12, half})
	b.cutLine([4]float64{198, half, 206, half})
}

// tentSide is A5 across.
func (b board) tentSide() {
	const top, tall, card = 13, 122, 82
	words, foreign := polishPoster(b.Time), foreignPosters(b.Languages, b.Time)
	b.panel(area{12, top, card + 14, tall}, 6, b.colour)
	b.panel(area{19, top + 7, card, card}, 3, paperWhite)
	const left, wide = 118, 80
	b.head(area{left, top, wide, 19}, 12)
	y := b.write(lettering{area: area{left, top + 24, wide, 22}, size: 60, least: 30, lines: 1, bold: true, ink: b.colour, role: tagged.Heading1}, words.rate)
	y = b.write(lettering{area: area{left, y + 1, wide, 12}, size: 13, least: 11, lines: 2, ink: textInk}, words.help)
	b.qr(19, top+7, card)
	b.write(lettering{area: area{19, top + card + 10, card, 27}, size: 17, least: 12, lines: 2, bold: true, ink: paperWhite, centred: true, middle: true}, words.point)
	y = b.write(lettering{area: area{left, y + 6, wide, 5}, size: 9.5, least: 9, lines: 1, ink: softInk}, words.visit)
	b.write(lettering{area: area{left, y + .5, wide, 14}, size: 20, least: 9, lines: 3, bold: true, ink: b.colour, joined: true}, b.Short)
	foot := top + tall - 12.5*float64(len(foreign))
	b.write(lettering{area: area{left, foot - 14, wide, 13}, size: 11.5, least: 10, lines: 2, ink: textInk, bottom: true}, words.about)
	for i, other := range foreign {
		b.write(lettering{area: area{left, foot + 12.5*float64(i), wide, 12}, size: 9.5, least: 8.5, lines: 2, ink: softInk, lang: other.lang, bottom: true}, other.rate+" – "+lowerFirst(other.about))
	}
}

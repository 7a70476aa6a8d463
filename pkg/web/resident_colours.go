package web

import (
	"fmt"
	"math"
	"strconv"

	"github.com/gofiber/fiber/v2"
)

// Grounds on which an office's colour must be read, as in style.css, and what is written on the colour.
var (
	lightPaper   = rgb{0xf7, 0xf5, 0xf0}
	lightSurface = rgb{0xff, 0xff, 0xff}
	darkSurface  = rgb{0x1d, 0x21, 0x25}
	darkRaised   = rgb{0x28, 0x2d, 0x32}
)

// readable is the contrast that text in the office's colour has on every ground, its own tint included:
// WCAG 2.2, 1.4.3 asks for 4.5 and tints take some away.
const readable = 5.6

// showColours serves the office's colour as the tokens of style.css. A colour that would be too light on a
// light page is darkened, and lightened for a dark one, until it can be read.
func (s *Server) showColours(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "text/css; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "public, max-age=300")
	colour, ok := parseColour(tenantOf(c).Office.Colour)
	if !ok {
		return c.SendString("") // style.css has colours of its own
	}
	light, dark := colour.until(rgb{}, lightPaper), colour.until(lightSurface, darkRaised)
	return c.SendString(fmt.Sprintf(":root{--accent:%s;--on-accent:#fff;--tint:%s}\n@media (prefers-color-scheme:dark){:root{--accent:%s;--on-accent:%s;--tint:%s}}\n",
		light, lightSurface.mix(light, .09), dark, dark.mix(rgb{}, .88), darkSurface.mix(dark, .11)))
}

// rgb is a colour of sRGB, 0 to 255 a channel.
type rgb [3]float64

// parseColour reads #rrggbb.
func parseColour(hex string) (rgb, bool) {
	n, err := strconv.ParseUint(hex[min(1, len(hex)):], 16, 32)
	if err != nil || len(hex) != 7 {
		return rgb{}, false
	}
	return rgb{float64(n >> 16), float64(n >> 8 & 255), float64(n & 255)}, true
}

// String writes #rrggbb.
func (c rgb) String() string {
	return fmt.Sprintf("#%02x%02x%02x", int(math.Round(c[0])), int(math.Round(c[1])), int(math.Round(c[2])))
}

// mix returns the colour with a share (0 to 1) of another.
func (c rgb) mix(other rgb, share float64) rgb {
	for i := range c {
		c[i] += (other[i] - c[i]) * share
	}
	return c
}

// until moves the colour towards an end, black or white, until it can be read on a ground.
func (c rgb) until(end, ground rgb) rgb {
	for share := 0.0; share < 1; share += 1.0 / 64 {
		if moved := c.mix(end, share); moved.contrast(ground) >= readable {
			return moved
		}
	}
	return end
}

// contrast is the contrast ratio of WCAG 2.2, from 1 to 21.
func (c rgb) contrast(other rgb) float64 {
	a, b := c.luminance()+.05, other.luminance()+.05
	return max(a, b) / min(a, b)
}

// luminance is the relative luminance of WCAG 2.2.
func (c rgb) luminance() float64 {
	linear := func(v float64) float64 {
		if v /= 255; v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}

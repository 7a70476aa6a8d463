package survey

import (
	"math"
	"strconv"
)

// contrastWithWhite returns the contrast ratio of text of a colour (#rrggbb) on white, from 1 to 21
// (WCAG 2.2, 1.4.3: at least 4.5 for text).
func contrastWithWhite(colour string) float64 {
	return 1.05 / (luminance(colour) + 0.05)
}

// luminance is the relative luminance of sRGB as WCAG 2.2 defines it.
func luminance(colour string) float64 {
	channel := func(hex string) float64 {
		n, _ := strconv.ParseUint(hex, 16, 8) // the caller matched the pattern
		c := float64(n) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(colour[1:3]) + 0.7152*channel(colour[3:5]) + 0.0722*channel(colour[5:7])
}

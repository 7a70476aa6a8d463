package web

import (
	"fmt"
	"html"
	"html/template"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/survey"
)

const (
	qrHome   = "strona" // names the QR of the office's address among those of the points
	qrPixels = 1024
)

// bannerPage offers the "Oceń Urząd" link for the office's site (§ 3 of the order) and QR codes for its desks.
type bannerPage struct {
	page
	Banners []banner
	Codes   []qrCode
}

// banner is a snippet in one size.
type banner struct {
	Name    string
	Width   int
	Height  int
	Snippet string
	Shown   template.HTML // the snippet as it will look
}

// qrCode is a QR for one place.
type qrCode struct {
	Code    string
	Name    string
	Address string
	File    string // name to download it under, without its ending
}

func (s *Server) showBanner(c *fiber.Ctx) error {
	points, err := s.scopeOf(c).ServicePoints(c.UserContext())
	if err != nil {
		return err
	}
	t := tenantOf(c)
	home := s.Site.Address(t.Slug) + "/"
	p := bannerPage{page: s.page(c), Banners: []banner{
		newBanner("Duży", home, t.Office, 240, 80),
		newBanner("Mały", home, t.Office, 150, 50),
	}}
	p.Codes = append(p.Codes, qrCode{qrHome, "Strona z ankietą", codeAddress(home), "qr-" + t.Slug})
	for _, point := range points {
		if point.OpenOn(s.today()) {
			p.Codes = append(p.Codes, qrCode{point.Code, point.Name, pointAddress(home, point.Code), "qr-" + t.Slug + "-" + point.Code})
		}
	}
	return c.Render("panel/banner", p)
}

// codeAddress is where the code of the whole office leads: to the survey in the phone's language, as those of its points do.
func codeAddress(home string) string { return home + "?lang=" + phoneLanguage }

func pointAddress(home, code string) string { return home + "?p=" + url.QueryEscape(code) }

// newBanner makes a snippet that needs nothing but itself: a link with a drawing, in the office's colour as
// far as white text can be read on it.
func newBanner(name, address string, office survey.Office, width, height int) banner {
	colour, ok := parseColour(office.Colour)
	if !ok {
		colour = rgb{0x17, 0x59, 0x4a}
	}
	label := "Oceń Urząd – ankieta dla mieszkańców"
	if office.Name != "" {
		label += ", " + office.Name
	}
	snippet := fmt.Sprintf(`<a href="%s"><svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 240 80" role="img" aria-label="%s">`+
		`<rect width="240" height="80" rx="12" fill="%s"/>`+
		`<path fill="#fff" d="M26 18h28a10 10 0 0 1 10 10v18a10 10 0 0 1-10 10H42l-12 9v-9h-4a10 10 0 0 1-10-10V28a10 10 0 0 1 10-10z"/>`+
		`<path fill="none" stroke="%s" stroke-width="6" stroke-linecap="round" stroke-linejoin="round" d="m29 37 8 8 15-16"/>`+
		`<text x="78" y="40" fill="#fff" font-family="Arial, Helvetica, sans-serif" font-size="26" font-weight="700" textLength="146" lengthAdjust="spacingAndGlyphs">Oceń Urząd</text>`+
		`<text x="78" y="60" fill="#fff" font-family="Arial, Helvetica, sans-serif" font-size="14" textLength="146" lengthAdjust="spacingAndGlyphs">ankieta dla mieszkańców</text>`+
		`</svg></a>`,
		html.EscapeString(address), width, height, html.EscapeString(label), colour.until(rgb{}, lightSurface), colour.until(rgb{}, lightSurface))
	return banner{name, width, height, snippet, template.HTML(snippet)} // made of escaped parts
}

// showQR draws the QR of the office's address or of a service point's, as bok.svg or bok.png.
func (s *Server) showQR(c *fiber.Ctx) error {
	name, kind, _ := strings.Cut(c.Params("file"), ".")
	home := s.Site.Address(tenantOf(c).Slug) + "/"
	address := codeAddress(home)
	if name != qrHome {
		points, err := s.scopeOf(c).ServicePoints(c.UserContext())
		if err != nil {
			return err
		}
		if (&published{points: points}).point(name, s.today()) == nil {
			return survey.ErrNotFound
		}
		address = pointAddress(home, name)
	}
	switch kind {
	case "svg":
		svg, err := sheet.QRSVG(address)
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, "image/svg+xml")
		return c.SendString(svg)
	case "png":
		png, err := sheet.QRPNG(address, qrPixels)
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, "image/png")
		return c.Send(png)
	}
	return survey.ErrNotFound
}

package web

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

const postersPath = "/panel/plakaty"

// Parameters of an order; one that is left out means all.
const (
	paramKind  = "rodzaj"
	paramPlace = "punkt"
)

// postersPage orders posters, tents, stickers and business cards for the office's places.
type postersPage struct {
	page
	Kinds     []posterChoice
	Places    []posterChoice
	Published bool
	Notes     notes
}

// posterChoice is a kind, or a place by its code.
type posterChoice struct {
	Value, Label, Hint string
	On                 bool
}

// posterKinds are the kinds in the words of the page.
func posterKinds() []posterChoice {
	return []posterChoice{
		{Value: string(sheet.PosterA4), Label: "Plakat A4", Hint: "na drzwi i" + hardSpace + "tablicę ogłoszeń"},
		{Value: string(sheet.PosterA3), Label: "Plakat A3", Hint: "do holu i" + hardSpace + "poczekalni"},
		{Value: string(sheet.Tent), Label: "Stojak na ladę", Hint: "kartka A4 złożona na pół, do czytania z" + hardSpace + "obu stron"},
		{Value: string(sheet.Stickers), Label: "Naklejki", Hint: "21 na kartce, 63,5" + hardSpace + "×" + hardSpace + "38,1" + hardSpace + "mm, jak arkusze etykiet"},
		{Value: string(sheet.Cards), Label: "Wizytówki", Hint: "10 na kartce, 85" + hardSpace + "×" + hardSpace + "55" + hardSpace + "mm"},
	}
}

func (s *Server) showPosters(c *fiber.Ctx) error { return s.drawPosters(c, nil) }

func (s *Server) drawPosters(c *fiber.Ctx, bad notes) error {
	points, err := s.scopeOf(c).ServicePoints(c.UserContext())
	if err != nil {
		return err
	}
	_, err = s.publishedOf(c)
	if err != nil && !errors.Is(err, survey.ErrNotFound) {
		return err
	}
	p := postersPage{page: s.page(c), Kinds: posterKinds(), Places: s.posterPlaces(points), Published: err == nil, Notes: bad}
	for name, list := range map[string][]posterChoice{paramKind: p.Kinds, paramPlace: p.Places} {
		asked := queryAll(c, name)
		for i := range list {
			list[i].On = slices.Contains(asked, list[i].Value)
		}
	}
	if len(bad) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("panel/posters", p)
}

// posterPlaces are the whole office, and its points that are in use.
func (s *Server) posterPlaces(points []store.ServicePoint) []posterChoice {
	places := []posterChoice{{Value: qrHome, Label: "Cały urząd", Hint: "kod bez punktu obsługi"}}
	for _, p := range points {
		if p.OpenOn(s.today()) {
			places = append(places, posterChoice{Value: p.Code, Label: p.Name})
		}
	}
	return places
}

// queryAll returns all values of a parameter.
func queryAll(c *fiber.Ctx, name string) []string {
	var all []string
	for _, value := range c.Context().QueryArgs().PeekMulti(name) {
		all = append(all, string(value))
	}
	return all
}

// downloadPosters sends the posters as one PDF: of all kinds and places, or of those that are named.
func (s *Server) downloadPosters(c *fiber.Ctx) error {
	known, err := s.publishedOf(c)
	if errors.Is(err, survey.ErrNotFound) {
		return s.drawPosters(c, notes{{paramKind, "Ankieta nie jest jeszcze opublikowana, więc kod nie miałby dokąd prowadzić."}})
	}
	if err != nil {
		return err
	}
	order, bad, err := s.posterOrder(c, known)
	if err != nil {
		return err
	}
	if bad != nil {
		return s.drawPosters(c, bad)
	}
	var pdf bytes.Buffer
	err = order.PDF(&pdf)
	var invalid *survey.InvalidError
	if errors.As(err, &invalid) { // too many: the rest was looked at
		return s.drawPosters(c, notes{{paramPlace, fmt.Sprintf("To za dużo na jeden plik: stron może być najwyżej %d. Prosimy wybrać mniej punktów albo rodzajów.", sheet.MaxPosterPages)}})
	}
	if err != nil {
		return err
	}
	t := tenantOf(c)
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, disposition("plakaty-"+t.Slug+".pdf", "Oceń Urząd – plakaty – "+t.Office.Name+".pdf"))
	return c.Send(pdf.Bytes())
}

// posterOrder reads an order. Its addresses are made of the office's record, not of the request.
func (s *Server) posterOrder(c *fiber.Ctx, known *published) (*sheet.Posters, notes, error) {
	points, err := s.scopeOf(c).ServicePoints(c.UserContext())
	if err != nil {
		return nil, nil, err
	}
	t := tenantOf(c)
	q := &known.version.Questionnaire
	home := s.Site.Address(t.Slug) + "/"
	order := sheet.Posters{Office: t.Office, Colour: posterColour(t.Office.Colour), Short: s.Site.typed(t.Slug), Time: q.Length().Time, Languages: q.Languages, At: known.version.PublishedAt}
	kinds, places := queryAll(c, paramKind), queryAll(c, paramPlace)
	for _, kind := range posterKinds() {
		if len(kinds) == 0 || slices.Contains(kinds, kind.Value) {
			order.Kinds = append(order.Kinds, sheet.PosterKind(kind.Value))
		}
	}
	for _, place := range s.posterPlaces(points) {
		switch {
		case len(places) > 0 && !slices.Contains(places, place.Value):
		case place.Value == qrHome:
			order.Places = append(order.Places, sheet.Place{Address: codeAddress(home)})
		default:
			order.Places = append(order.Places, sheet.Place{Name: place.Label, Address: pointAddress(home, place.Value)})
		}
	}
	var bad notes
	if len(order.Kinds) < distinct(kinds) {
		bad = append(bad, note{paramKind, "Prosimy wybrać rodzaj z" + hardSpace + "listy."})
	}
	if len(order.Places) < distinct(places) {
		bad = append(bad, note{paramPlace, "Prosimy wybrać punkt z" + hardSpace + "listy. Tych, które już nie działają, na niej nie ma."})
	}
	if t.Crest != "" && bad == nil {
		order.Crest, err = s.scopeOf(c).Crest(c.UserContext())
	}
	return &order, bad, err
}

// posterColour is the office's colour as far as it can be read on white, and white on it; "": it has none.
func posterColour(hex string) string {
	colour, ok := parseColour(hex)
	if !ok {
		return ""
	}
	return colour.until(rgb{}, lightSurface).String()
}

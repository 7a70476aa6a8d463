package web

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/language"

	"ocenaurzedu.eu/pkg/survey"
)

// fieldLang is the form field that carries the resident's language; the parameter lang of an address goes before it.
const fieldLang = "_lang"

// speech is the language of a page, and how its links carry a resident's choice on: in their addresses, as no
// cookie is set.
type speech struct {
	Lang      string         // of our texts: pl, en, uk
	Languages []languageView // to choose from; none: only Polish is offered
	Default   string         // the page holds answers, which a link would lose: its form asks for another language. See languages in _layout.html
	links     url.Values     // what links carry on: language and service point
}

// languageView is a language to choose, under its own name.
type languageView struct {
	Code, Name, Address string
	Current             bool
}

// Foreign reports whether what is in Polish alone has to say so.
func (s speech) Foreign() bool { return s.Lang != survey.Polish }

// To returns the address of a resident's page in the language, and at the service point, of this one.
func (s speech) To(path string) string { return withQuery(path, s.links) }

func withQuery(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// askedLanguage returns the language that a request asks for, be it offered or not.
func askedLanguage(c *fiber.Ctx) string {
	if lang := c.Query("lang"); lang != "" {
		return lang
	}
	return string(c.Request().PostArgs().Peek(fieldLang))
}

// phoneLanguage, as the language of an address, leaves the choice to the phone.
const phoneLanguage = "auto"

// languageOf returns the language in which a request is answered, of those that a questionnaire speaks: the one that was
// asked for; for whoever scanned a code and has chosen none, the phone's; else Polish. Only codes ask the phone. They hang
// where people stand who read no Polish, while the plain address is typed or followed from the office's Polish site, and
// stays one page for everybody, whatever language their browser came in.
func languageOf(c *fiber.Ctx, q *survey.Questionnaire) string {
	asked := askedLanguage(c)
	switch {
	case asksPhone(c, asked):
		return acceptedLanguage(c.Get(fiber.HeaderAcceptLanguage), q)
	case q.Speaks(asked):
		return asked
	}
	return survey.Polish
}

// asksPhone reports whether the answer to a request depends on Accept-Language.
func asksPhone(c *fiber.Ctx, asked string) bool {
	return c.Path() == "/" && c.Method() != fiber.MethodPost && (asked == phoneLanguage || asked == "" && c.Query("p") != "")
}

// acceptedLanguage returns the best language of a header (RFC 9110, 12.5.4) that a questionnaire speaks; Polish, if there
// is none.
func acceptedLanguage(header string, q *survey.Questionnaire) string {
	tags, _, err := language.ParseAcceptLanguage(header) // best first
	if err != nil {
		return survey.Polish
	}
	for _, tag := range tags {
		base, _ := tag.Base()
		if lang := base.String(); q.Speaks(lang) {
			return lang
		}
		if base.String() == "mul" { // any
			break
		}
	}
	return survey.Polish
}

// askedPoint returns the code of the service point that a request names, be there one or not.
func askedPoint(c *fiber.Ctx) string {
	if code := c.Query("p"); code != "" {
		return code
	}
	return string(c.Request().PostArgs().Peek(fieldPoint))
}

// speechOf chooses the language of a resident's page among those of a questionnaire; without one there is only Polish.
func (s *Server) speechOf(c *fiber.Ctx, q *survey.Questionnaire, point string) speech {
	in := speech{Lang: survey.Polish, links: url.Values{}}
	if point != "" {
		in.links.Set("p", point)
	}
	if q == nil || len(q.Languages) == 0 {
		return in
	}
	in.Lang = languageOf(c, q)
	path := "/"
	if c.Response().StatusCode() != fiber.StatusNotFound && (c.Route().Path == c.Path() || strings.HasPrefix(c.Path(), resultsPath+"/")) { // a page that is there
		path = c.Path()
	}
	names := []languageView{{Code: survey.Polish, Name: "polski"}, {Code: survey.English, Name: "English"}, {Code: survey.Ukrainian, Name: "українська"}}
	for _, l := range names {
		if !q.Speaks(l.Code) {
			continue
		}
		l.Current = l.Code == in.Lang
		in.choose(l.Code)
		l.Address = in.To(path)
		in.Languages = append(in.Languages, l)
	}
	in.choose(in.Lang)
	return in
}

// choose makes links lead on in a language. Polish is named only where a phone's language would come in its place.
func (s speech) choose(lang string) {
	s.links.Set("lang", lang)
	if lang == survey.Polish && !s.links.Has("p") {
		s.links.Del("lang")
	}
}

// residentSpeech chooses the language of a page by the office's published survey, as far as it is in memory: an error
// page must not ask a database that is away.
func (s *Server) residentSpeech(c *fiber.Ctx) speech {
	cached, _ := s.published.byTenant.Load(tenantOf(c).ID)
	known, _ := cached.(*published)
	if known == nil {
		return s.speechOf(c, nil, "")
	}
	code := ""
	if point := known.point(askedPoint(c), s.today()); point != nil {
		code = point.Code
	}
	return s.speechOf(c, &known.version.Questionnaire, code)
}

// learnLanguages reads the office's published survey before a page of it is drawn that goes without: where it can't be
// read, the page is in Polish.
func (s *Server) learnLanguages(c *fiber.Ctx) { _, _ = s.publishedOf(c) }

// phrase is a wording of the office. Lang is "pl" where a page in another language has to fall back to it.
type phrase struct{ Text, Lang string }

func say(t survey.Text, lang string) phrase {
	p := phrase{Text: t.In(lang)}
	own := map[string]string{survey.Polish: t.PL, survey.English: t.EN, survey.Ukrainian: t.UK}[lang]
	if strings.TrimSpace(own) == "" && strings.ContainsFunc(p.Text, unicode.IsLetter) { // digits are read in any language
		p.Lang = survey.Polish
	}
	return p
}

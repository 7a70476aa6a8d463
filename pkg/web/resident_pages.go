package web

import (
	"regexp"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/survey"
)

// officesPage leads from a county's address to its offices' surveys.
type officesPage struct {
	page
	CountyName string
	Offices    []officeLink
}

type officeLink struct{ Name, Address string }

// emptyPage says that the office has published no survey yet.
type emptyPage struct{ page }

// showNoSurvey is for an office without a published questionnaire.
func (s *Server) showNoSurvey(c *fiber.Ctx) error {
	d := s.directory.Load()
	county := d.county(tenantOf(c))
	if county == nil {
		c.Status(fiber.StatusNotFound)
		return c.Render("resident/empty", emptyPage{s.page(c)})
	}
	p := officesPage{page: s.page(c), CountyName: county.Name}
	for _, t := range d.byCounty[county.ID] {
		p.Offices = append(p.Offices, officeLink{t.Office.Name, s.Site.Address(t.Slug) + "/"})
	}
	return c.Render("resident/offices", p)
}

// thanksPage says what becomes of the answers.
type thanksPage struct {
	page
	Thanks phrase // of the questionnaire; "": a sentence of ours
}

// showThanks is where a stored submission leads. It asks the database nothing that it can't do without.
func (s *Server) showThanks(c *fiber.Ctx) error {
	published, err := s.publishedOf(c)
	p := thanksPage{page: s.page(c)}
	if err == nil {
		p.Thanks = say(published.version.Questionnaire.Thanks, p.Lang)
	}
	return c.Render("resident/thanks", p)
}

// statement is who answers for the survey, as the information clause says it (RODO, art. 13).
type statement struct {
	DPO, Email string // "": not given
}

func statementOf(t *survey.Tenant) statement { return statement{t.Office.DPO, t.Office.Email} }

// privacyPage is the whole information clause.
type privacyPage struct {
	page
	Statement statement
}

func (s *Server) showPrivacy(c *fiber.Ctx) error {
	s.learnLanguages(c)
	return c.Render("resident/privacy", privacyPage{s.page(c), statementOf(tenantOf(c))})
}

// declarationPage is the accessibility declaration of the office's site, version 2.0 (Act of 4 April 2019 on the
// digital accessibility of public bodies' websites, art. 10, and the minister's technical terms of publication).
type declarationPage struct {
	page
	Published, Updated survey.Day // of the site; the declaration was made when the site was published
	Contact            string     // person or unit; "": not given
	Email              string     // "": not given
}

var emailInText = regexp.MustCompile(`[^\s@<>",;]+@[^\s@<>",;]+\.[a-z]{2,}`)

// showDeclaration shows the declaration, made of the office's record and of what we know of our own pages.
func (s *Server) showDeclaration(c *fiber.Ctx) error {
	s.learnLanguages(c)
	ctx, scope := c.UserContext(), s.scopeOf(c)
	record, err := scope.Office(ctx)
	if err != nil {
		return err
	}
	versions, err := scope.Versions(ctx)
	if err != nil {
		return err
	}
	zone := s.Now().Location()
	day := func(at time.Time) survey.Day { return survey.DayOf(at.In(zone)) }
	p := declarationPage{page: s.page(c), Contact: record.Office.Accessibility, Email: record.Office.Email, Published: day(record.UpdatedAt), Updated: day(record.UpdatedAt)}
	if n := len(versions); n > 0 { // newest first
		p.Published, p.Updated = day(versions[n-1].PublishedAt), day(versions[0].PublishedAt)
	}
	if email := emailInText.FindString(p.Contact); email != "" {
		p.Email, p.Contact = email, strings.TrimRight(strings.Replace(p.Contact, email, "", 1), " ,;:–-")
	}
	return c.Render("resident/declaration", p)
}

// showRobots keeps search engines to what residents read.
func (s *Server) showRobots(c *fiber.Ctx) error {
	return c.SendString("User-agent: *\nDisallow: /panel\nDisallow: /dziekujemy\n")
}

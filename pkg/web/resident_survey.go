package web

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// Form fields besides the questionnaire's own; a question's key can't begin with an underscore.
const (
	fieldPoint   = "_p" // code of the service point whose QR code led here
	fieldVersion = "_v" // id of the version that was drawn
)

// surveyPage is the questionnaire as one form, and that form again with what is to be mended.
type surveyPage struct {
	page
	Title     phrase
	Intro     phrase
	Version   int64
	Sections  []sectionView
	Count     int        // questions with a number; 0: that may still change
	Steps     *stepsView // nil: all questions stand on one page
	Key       string
	Point     *store.ServicePoint // nil: none
	Problems  []problemView
	Fresh     bool      // nothing was filled in
	Wait      string    // 429: how long
	Work      *workView // 429: what the browser is to do before; nil: nothing
	Solved    *solvedView
	Away      bool // 503
	Statement statement
}

// problemView is a line of the error summary.
type problemView struct {
	ID, Number string
	Label      phrase
	Text       string
}

// filled is what a resident sent.
type filled struct {
	version *survey.Version
	values  survey.Values
	key     string
	point   *store.ServicePoint // nil: none
	device  *store.Device       // the kiosk that it was filled on; nil: none
	steps   *steps
	do      string // doNext, doBack, doStay; anything else: send
}

func (f *filled) channel() survey.Channel {
	switch {
	case f.device != nil:
		return survey.ChannelKiosk
	case f.point != nil:
		return survey.ChannelQR
	}
	return survey.ChannelWeb
}

// showSurvey shows the published questionnaire. A county's own office without one shows the county's offices.
func (s *Server) showSurvey(c *fiber.Ctx) error {
	published, err := s.publishedOf(c)
	if errors.Is(err, survey.ErrNotFound) {
		return s.showNoSurvey(c)
	}
	if err != nil {
		return err
	}
	return s.sendFreshForm(c, published)
}

// submitSurvey stores a resident's answers and sends the browser on to the thank-you page, or goes on to another page
// of the survey. Whatever stands in the way, the form is drawn again with everything typed and, unless it was missing,
// the same key.
func (s *Server) submitSurvey(c *fiber.Ctx) error {
	f, err := s.readFilled(c)
	if errors.Is(err, survey.ErrUnavailable) {
		return s.drawResend(c)
	}
	if err != nil {
		return err
	}
	if f.do == doNext || f.do == doBack || f.do == doStay {
		return s.turnPage(c, f)
	}
	sub, err := f.version.Fill(f.values, f.channel(), s.today())
	f.steps.lead(faultsOf(err))
	if err == nil && f.key == "" {
		f.key, err = newKey(), &survey.InvalidError{Fields: []survey.FieldError{{Field: fieldKey, Problem: survey.ProblemRequired}}}
	}
	if err == nil {
		err = s.allowSurvey(c, f)
	}
	if err == nil {
		if f.point != nil {
			sub.ServicePoint = f.point.ID
		}
		err = s.keep(c, f, sub)
	}
	if err != nil {
		return s.drawSurvey(c, f, err)
	}
	return c.Redirect(s.thanksAddress(c, f), fiber.StatusSeeOther)
}

// thanksAddress is where a stored form leads, in its language.
func (s *Server) thanksAddress(c *fiber.Ctx, f *filled) string {
	path := "/dziekujemy"
	if f.device != nil {
		path = kioskPath + path
	}
	if len(f.version.Questionnaire.Languages) == 0 {
		return path // in Polish alone, as most
	}
	in := speech{Lang: survey.Polish, links: url.Values{}}
	in.choose(languageOf(c, &f.version.Questionnaire))
	return in.To(path)
}

// faultsOf returns what is to be mended in a form, if that is what is wrong.
func faultsOf(err error) []survey.FieldError {
	var invalid *survey.InvalidError
	if errors.As(err, &invalid) {
		return invalid.Fields
	}
	return nil
}

// readFilled reads a sent form: against the version that the resident saw, if it is one of the office's, so
// that a new one published meanwhile takes no answer away.
func (s *Server) readFilled(c *fiber.Ctx) (*filled, error) {
	values := formValues(c)
	published, err := s.publishedOf(c)
	if err != nil {
		return nil, err
	}
	f := filled{version: published.version, values: values, key: values.Get(fieldKey), point: published.point(values.Get(fieldPoint), s.today()), do: values.Get(fieldDo)}
	if len(f.key) < minKey || len(f.key) > maxKey {
		f.key = ""
	}
	if f.device = deviceOf(c); f.device != nil {
		f.point = pointOf(f.device)
	}
	if id, err := strconv.ParseInt(values.Get(fieldVersion), 10, 64); err == nil && id != published.version.ID {
		version, err := s.versionOf(c.UserContext(), tenantOf(c).ID, id)
		switch {
		case err == nil:
			f.version = version
		case !errors.Is(err, survey.ErrNotFound):
			return nil, err
		}
	}
	f.steps = newSteps(f.version, values, f.channel(), values.Get(fieldPage))
	if f.steps.whole() && f.do != doStay {
		f.do = doSend
	}
	return &f, nil
}

// versionOf returns one of an office's versions. They never change, so each is read once.
func (s *Server) versionOf(ctx context.Context, tenant, id int64) (*survey.Version, error) {
	key := [2]int64{tenant, id}
	if cached, ok := s.versions.Load(key); ok {
		return cached.(*survey.Version), nil
	}
	version, err := s.Store.Scope(tenant).Version(ctx, id)
	if err == nil {
		s.versions.Store(key, version)
	}
	return version, err
}

// drawSurvey draws the form: empty, or with what was sent and why it was not taken. Errors that the form
// can't tell go on to showError.
func (s *Server) drawSurvey(c *fiber.Ctx, f *filled, why error) error {
	if f.device != nil {
		return s.drawKiosk(c, f, why)
	}
	p, err := s.surveyPageOf(c, f, why)
	if err != nil {
		return err
	}
	return c.Render("resident/survey", p)
}

func (s *Server) surveyPageOf(c *fiber.Ctx, f *filled, why error) (*surveyPage, error) {
	q := &f.version.Questionnaire
	p := surveyPage{page: s.page(c), Version: f.version.ID, Key: f.key, Point: f.point, Statement: statementOf(tenantOf(c)), Fresh: f.values == nil}
	code := ""
	if f.point != nil {
		code = f.point.Code
	}
	p.speech = s.speechOf(c, q, code) // of the version that is drawn, be it an older one
	p.Title, p.Intro = say(q.Title, p.Lang), say(q.Intro, p.Lang)
	problems, err := s.tell(c, f, &p, why)
	if err != nil {
		return nil, err
	}
	if p.Work == nil {
		p.Solved = f.solved()
	}
	d := drawing{lang: p.Lang, values: f.values, problems: problems, steps: f.steps}
	p.Sections = d.sections(q)
	p.Problems = d.summary
	if f.steps.settled() {
		p.Count = d.number
	}
	if p.Steps = f.steps.view(f.values); p.Steps != nil && !p.Steps.First {
		p.Steps.From = d.from
	}
	if !p.Fresh {
		p.Default = doNext
		if f.steps.last() {
			p.Default = doSend
		}
	}
	if problem, ok := problems[fieldKey]; ok {
		p.Problems = slices.Insert(p.Problems, 0, problemView{ID: "wyslij", Text: problem})
	}
	return &p, nil
}

// tell says on the page, and in the status, why a form was not taken, and returns what is to be mended by field.
func (s *Server) tell(c *fiber.Ctx, f *filled, p *surveyPage, why error) (map[string]string, error) {
	var invalid *survey.InvalidError
	var limit *limitError
	var work *workError
	var err error
	switch {
	case why == nil:
	case errors.As(why, &invalid):
		s.metrics.submissions.WithLabelValues(string(f.channel()), "invalid").Inc()
		c.Status(fiber.StatusUnprocessableEntity)
		return s.problemsOf(p.Lang, invalid)
	case errors.As(why, &limit):
		p.Wait, err = s.views.texts.wait(p.Lang, limit.seconds)
		c.Status(fiber.StatusTooManyRequests).Set(fiber.HeaderRetryAfter, strconv.Itoa(limit.seconds))
	case errors.As(why, &work):
		s.askWork(c, f, p, work)
	case errors.Is(why, survey.ErrUnavailable):
		p.Away = true
		c.Status(fiber.StatusServiceUnavailable).Set(fiber.HeaderRetryAfter, "5")
		s.Log.Warn("submission not stored", "request", requestID(c), "err", why)
	default:
		err = why
	}
	return nil, err
}

// problemsOf words what is wrong, by field.
func (s *Server) problemsOf(lang string, invalid *survey.InvalidError) (map[string]string, error) {
	problems := map[string]string{}
	for _, e := range invalid.Fields {
		text, err := s.views.texts.problem(lang, e)
		if e.Field == fieldKey {
			text, err = s.views.texts.text(lang, "problem_form_key")
		}
		if err != nil {
			return nil, err
		}
		problems[e.Field] = text
	}
	return problems, nil
}

// resendPage carries a form that can't be drawn, as the database has not told yet which questions it has.
type resendPage struct {
	page
	Action string
	Fields []resendField
}

type resendField struct{ Name, Value string }

// drawResend answers a form that was sent while the database is away and the questionnaire was never read: all
// that was typed stays in the page, to be sent again.
func (s *Server) drawResend(c *fiber.Ctx) error {
	p := resendPage{page: s.page(c), Action: c.Path()}
	for name, values := range formValues(c) {
		for _, value := range values {
			p.Fields = append(p.Fields, resendField{name, value})
		}
	}
	slices.SortFunc(p.Fields, func(a, b resendField) int { return strings.Compare(a.Name+"\x00"+a.Value, b.Name+"\x00"+b.Value) })
	c.Status(fiber.StatusServiceUnavailable).Set(fiber.HeaderRetryAfter, "5")
	return c.Render("resident/resend", p)
}

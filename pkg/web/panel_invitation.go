package web

import (
	"errors"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/guard"
	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// invitationPage lets an invited person set a password and a second factor. The secret goes round with the
// form until a code proves that the person's app has it; nothing is stored before.
type invitationPage struct {
	page
	Invited string // login
	Secret  string
	QR      template.HTML
	Problem string // of the password: a problem's name; "": none
	Differ  bool   // the two passwords differ
	Code    bool   // the code was wrong
}

// recoveryPage shows the recovery codes, once.
type recoveryPage struct {
	page
	Codes []string
}

func (s *Server) showInvitation(c *fiber.Ctx) error {
	account, err := s.invited(c)
	if err != nil {
		return err
	}
	return s.drawInvitation(c, invitationPage{page: s.page(c), Invited: account.Login})
}

func (s *Server) invited(c *fiber.Ctx) (*store.Account, error) {
	return s.scopeOf(c).InvitedAccount(c.UserContext(), auth.HashToken(c.Params("token")), s.Now())
}

// drawInvitation draws the page with the secret it has, or a new one.
func (s *Server) drawInvitation(c *fiber.Ctx, p invitationPage) error {
	issuer := "Oceń Urząd " + tenantOf(c).Slug
	uri, err := auth.TOTPAddress(issuer, p.Invited, p.Secret)
	if p.Secret == "" || err != nil { // none yet, or one that was tampered with
		if p.Secret, uri, err = auth.NewTOTP(issuer, p.Invited); err != nil {
			return err
		}
	}
	svg, err := sheet.QRSVG(uri)
	if err != nil {
		return err
	}
	p.QR = template.HTML(svg) //nolint:gosec // drawn by us from a QR's modules, no text in it
	return c.Render("panel/invitation", p)
}

// acceptInvitation sets password and second factor, uses the invitation up and logs the person in.
func (s *Server) acceptInvitation(c *fiber.Ctx) error {
	ctx := c.UserContext()
	if err := s.limit(c, guard.Check{Limit: limitCode, Subject: tenantOf(c).Slug + "/" + c.Params("token")}); err != nil {
		return err
	}
	account, err := s.invited(c)
	if err != nil {
		return err
	}
	p := invitationPage{page: s.page(c), Invited: account.Login, Secret: c.FormValue("secret")}
	password := c.FormValue("password")
	p.Problem = string(auth.PasswordProblem(password, account.Login))
	p.Differ = password != c.FormValue("again")
	step, ok := auth.CheckTOTP(p.Secret, c.FormValue("code"), s.Now())
	p.Code = !ok
	if p.Problem != "" || p.Differ || p.Code {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawInvitation(c, p)
	}
	hash, err := s.Hasher.Hash(ctx, password)
	if err != nil {
		return errors.Join(survey.ErrUnavailable, err)
	}
	codes, hashes := auth.NewRecoveryCodes()
	_, err = s.scopeOf(c).AcceptInvitation(ctx, auth.HashToken(c.Params("token")),
		store.Credentials{PasswordHash: hash, TOTPSecret: p.Secret, TOTPStep: step, RecoveryCodes: hashes}, s.Now())
	if err != nil {
		return err
	}
	return c.Render("panel/recovery", recoveryPage{s.page(c), codes})
}

package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// printPage orders sheets to be printed.
type printPage struct {
	page
	Versions []store.VersionInfo // newest first: the first one is published
	Most     int                 // copies
	Form     survey.Values
	Notes    notes
}

func (s *Server) showPrint(c *fiber.Ctx) error {
	return s.drawPrint(c, survey.Values{"copies": {"30"}}, nil)
}

func (s *Server) drawPrint(c *fiber.Ctx, form survey.Values, bad notes) error {
	versions, err := s.scopeOf(c).Versions(c.UserContext())
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("panel/print", printPage{page: s.page(c), Versions: versions, Most: sheet.MaxCopies, Form: form, Notes: bad})
}

// printSheets takes serials for a run of sheets and sends their PDF. The order is checked before serials are
// taken, so that none is lost to a slip.
func (s *Server) printSheets(c *fiber.Ctx) error {
	ctx, scope, form := c.UserContext(), s.scopeOf(c), formValues(c)
	copies, err := strconv.Atoi(form.Get("copies"))
	if err != nil || copies < 1 || copies > sheet.MaxCopies {
		return s.drawPrint(c, form, notes{{"copies", fmt.Sprintf("Prosimy wpisać liczbę arkuszy od 1 do %d.", sheet.MaxCopies)}})
	}
	order, err := s.printOrder(ctx, scope, form.Get("version"))
	if errors.Is(err, survey.ErrNotFound) {
		return s.drawPrint(c, form, notes{{"version", "Prosimy wybrać wersję ankiety z listy."}})
	}
	if err != nil {
		return err
	}
	run, err := scope.RecordPrint(ctx, order.Version.ID, copies, s.actor(c))
	if err != nil {
		return err
	}
	order.Office, order.Copies, order.FirstSerial = tenantOf(c).Office, copies, uint32(run.FirstSerial)
	var pdf bytes.Buffer
	if err := order.PDF(&pdf); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, sheetsDisposition(tenantOf(c), order.Version.Number, run))
	return c.Send(pdf.Bytes())
}

// printOrder begins an order of a version's sheets; "" is the published one. survey.ErrNotFound.
func (s *Server) printOrder(ctx context.Context, scope *store.Scope, id string) (*sheet.Print, error) {
	var version *survey.Version
	var err error
	if id == "" {
		version, err = scope.PublishedVersion(ctx)
	} else {
		n, parseErr := strconv.ParseInt(id, 10, 64)
		if parseErr != nil {
			return nil, survey.ErrNotFound
		}
		version, err = scope.Version(ctx, n)
	}
	if err != nil {
		return nil, err
	}
	frozen, err := scope.SheetLayout(ctx, version.ID)
	if err != nil {
		return nil, err
	}
	order := sheet.Print{Tenant: scope.Tenant(), Version: version, Layout: new(sheet.Layout)}
	if err := json.Unmarshal(frozen, order.Layout); err != nil {
		return nil, fmt.Errorf("sheet of version %d: %w", version.ID, err)
	}
	return &order, order.Layout.Check(&version.Questionnaire)
}

// sheetsDisposition names a PDF of sheets by office, version and serials.
func sheetsDisposition(t *survey.Tenant, version int, run *store.Print) string {
	last := run.FirstSerial + int64(run.Copies) - 1
	return disposition(
		fmt.Sprintf("ankieta-%s-v%d-%04d-%04d.pdf", t.Slug, version, run.FirstSerial, last),
		fmt.Sprintf("Ankieta – %s – wersja %d – arkusze %04d–%04d.pdf", t.Office.Name, version, run.FirstSerial, last))
}

// disposition offers an answer as a file (RFC 6266): a name in ASCII for all, and one with Polish letters.
func disposition(ascii, full string) string {
	full = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '-'
		}
		return r
	}, full)
	return fmt.Sprintf(`attachment; filename="%s"; filename*=UTF-8''%s`, ascii, url.PathEscape(full))
}

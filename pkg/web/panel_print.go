package web

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
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
	Versions  []store.VersionInfo // newest first: the first one is published
	Languages []printChoice       // those of all versions
	Most      int                 // copies
	Form      survey.Values
	Notes     notes
}

// printChoice is a language of the form, with the one that is chosen.
type printChoice struct {
	Value, Label string
	On           bool
}

// Fields of the form, and the size that is not the normal one.
const (
	fieldLanguage = "lang"
	fieldSize     = "size"
	fieldDuplex   = "duplex"
	largeSize     = "large"
)

func (s *Server) showPrint(c *fiber.Ctx) error {
	return s.drawPrint(c, survey.Values{"copies": {"30"}, fieldDuplex: {"1"}}, nil)
}

func (s *Server) drawPrint(c *fiber.Ctx, form survey.Values, bad notes) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	versions, err := scope.Versions(ctx)
	if err != nil {
		return err
	}
	contents, err := scope.VersionContents(ctx)
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("panel/print", printPage{page: s.page(c), Versions: versions, Languages: printLanguages(contents, form.Get(fieldLanguage)),
		Most: sheet.MaxCopies, Form: form, Notes: bad})
}

// printLanguages lists the languages in which some version speaks.
func printLanguages(versions []*survey.Version, chosen string) []printChoice {
	all := []printChoice{{survey.Polish, "polski", chosen == "" || chosen == survey.Polish}}
	for _, other := range []printChoice{{Value: survey.English, Label: "angielski"}, {Value: survey.Ukrainian, Label: "ukraiński"}} {
		if slices.ContainsFunc(versions, func(v *survey.Version) bool { return v.Questionnaire.Speaks(other.Value) }) {
			other.On = other.Value == chosen
			all = append(all, other)
		}
	}
	return all
}

// printSheets takes serials for a run of sheets and sends their PDF. The order is checked before serials are
// taken, so that none is lost to a slip.
func (s *Server) printSheets(c *fiber.Ctx) error {
	ctx, scope, form := c.UserContext(), s.scopeOf(c), formValues(c)
	copies, err := strconv.Atoi(form.Get("copies"))
	if err != nil || copies < 1 || copies > sheet.MaxCopies {
		return s.drawPrint(c, form, notes{{"copies", fmt.Sprintf("Prosimy wpisać liczbę arkuszy od 1 do %d.", sheet.MaxCopies)}})
	}
	order, err := s.printOrder(ctx, scope, form)
	if field, problem := refusedPrint(err); problem != "" {
		return s.drawPrint(c, form, notes{{field, problem}})
	}
	if err != nil {
		return err
	}
	if most := order.Layout.MaxCopies(); copies > most {
		pages := countPL(len(order.Layout.Pages), "stronę", "strony", "stron")
		return s.drawPrint(c, form, notes{{"copies", fmt.Sprintf("Ten arkusz ma %s, więc w"+hardSpace+"jednym pliku mieści się najwyżej %d. Prosimy wpisać mniejszą liczbę; następne arkusze można pobrać w"+hardSpace+"kolejnym pliku.",
			pages, most)}})
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
	c.Set(fiber.HeaderContentDisposition, sheetsDisposition(tenantOf(c), order, run))
	return c.Send(pdf.Bytes())
}

// errNotSpoken reports that a version has no such language, or a form that there is none of its sheet.
var errNotSpoken = errors.New("not a language of the version")

// refusedPrint says in which field of the form the fault is, or "" if it is in none.
func refusedPrint(err error) (field, problem string) {
	switch {
	case errors.Is(err, survey.ErrNotFound):
		return "version", "Prosimy wybrać wersję ankiety z listy."
	case errors.Is(err, errNotSpoken):
		return fieldLanguage, "Ta wersja ankiety nie ma treści w tym języku. Prosimy wybrać inny język albo inną wersję."
	case errors.Is(err, sheet.ErrTooLong):
		return fieldSize, fmt.Sprintf("W tym języku i druku ankieta zajęłaby więcej niż %d"+hardSpace+"stron, a"+hardSpace+"więcej arkusz mieć nie może. Prosimy wybrać druk zwykły.", sheet.MaxPages)
	}
	return "", ""
}

// printOrder begins an order of a version's sheets in the language and size of the form; without a version, the published one.
// survey.ErrNotFound, errNotSpoken, sheet.ErrTooLong.
func (s *Server) printOrder(ctx context.Context, scope *store.Scope, values survey.Values) (*sheet.Print, error) {
	var version *survey.Version
	var err error
	if id := values.Get("version"); id == "" {
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
	form := sheet.Form{Lang: cmp.Or(values.Get(fieldLanguage), survey.Polish), Large: values.Get(fieldSize) == largeSize}
	if !slices.Contains(sheet.Forms(&version.Questionnaire), form) {
		return nil, errNotSpoken
	}
	layout, err := frozenSheet(ctx, scope, version, form)
	if err != nil {
		return nil, err
	}
	return &sheet.Print{Tenant: scope.Tenant(), Version: version, Layout: layout, Duplex: values.Get(fieldDuplex) != ""}, layout.Check(&version.Questionnaire)
}

// frozenSheet is the layout of a version in a form. That of a version which was published when there was no such form is
// made, and frozen before anything is printed from it. sheet.ErrTooLong.
func frozenSheet(ctx context.Context, scope *store.Scope, version *survey.Version, form sheet.Form) (*sheet.Layout, error) {
	frozen, err := scope.SheetLayout(ctx, version.ID, form.Format())
	if errors.Is(err, survey.ErrNotFound) {
		var made *sheet.Layout
		if made, err = form.Layout(&version.Questionnaire); err != nil {
			return nil, err
		}
		if frozen, err = json.Marshal(made); err != nil {
			return nil, err
		}
		frozen, err = scope.FreezeSheet(ctx, version.ID, form.Format(), frozen)
	}
	if err != nil {
		return nil, err
	}
	var layout sheet.Layout
	if err := json.Unmarshal(frozen, &layout); err != nil {
		return nil, fmt.Errorf("sheet of version %d, format %s: %w", version.ID, form.Format(), err)
	}
	return &layout, nil
}

// sheetsDisposition names a PDF of sheets by office, version, language and size if they are not the usual ones, and serials.
func sheetsDisposition(t *survey.Tenant, order *sheet.Print, run *store.Print) string {
	last := run.FirstSerial + int64(run.Copies) - 1
	form, _ := sheet.FormOf(order.Layout.Format) // which printing has looked at
	short, long := "", ""
	if form.Lang != survey.Polish {
		short, long = "-"+form.Lang, " – "+map[string]string{survey.English: "po angielsku", survey.Ukrainian: "po ukraińsku"}[form.Lang]
	}
	if form.Large {
		short, long = short+"-duzy-druk", long+" – duży druk"
	}
	return disposition(
		fmt.Sprintf("ankieta-%s-v%d%s-%04d-%04d.pdf", t.Slug, order.Version.Number, short, run.FirstSerial, last),
		fmt.Sprintf("Ankieta – %s – wersja %d%s – arkusze %04d–%04d.pdf", t.Office.Name, order.Version.Number, long, run.FirstSerial, last))
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

package web

import (
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// shipped is a questionnaire of the library.
type shipped struct {
	Name          string // in addresses; its file's, without .yaml
	About         string // a sentence for who chooses; "": none
	Questionnaire *survey.Questionnaire
	Length        survey.Length
}

// Title is what the library calls it.
func (s shipped) Title() string { return s.Questionnaire.Title.PL }

// Size tells how long it is.
func (s shipped) Size() string { return lengthPL(s.Length) }

// Speaks names its languages.
func (s shipped) Speaks() string { return languagesPL(s.Questionnaire.Languages) }

// shippedOrder lists the questionnaires that we ship, the usual ones first, with a sentence for who chooses.
var shippedOrder = []struct{ name, about string }{
	{"default", "Pełna ankieta do corocznego badania: dwadzieścia ocen w" + hardSpace + "pięciu obszarach, sposób kontaktu i" + hardSpace + "metryczka."},
	{"short", "Siedem pytań na stronę urzędu albo pod kod QR, gdy liczy się każda chwila."},
	{"importance", "Pyta, co jest dla mieszkańców ważne i" + hardSpace + "jak urzędowi to wychodzi – raport pokazuje, od czego zacząć poprawę."},
	{"call", "Do wysłania po rozmowie telefonicznej: o" + hardSpace + "czekaniu, uprzejmości i" + hardSpace + "tym, czy sprawę załatwiono."},
	{"kiosk", "Jedno dotknięcie buźki przy wyjściu z" + hardSpace + "urzędu i" + hardSpace + "dwa krótkie pytania dla chętnych."},
}

// readLibrary reads the questionnaires that we ship: *.yaml of a directory. nil: none.
func readLibrary(files fs.FS) ([]shipped, error) {
	if files == nil {
		return nil, nil
	}
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	var all []shipped
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		q, err := survey.ParseQuestionnaire(name, data)
		if err != nil {
			return nil, err
		}
		item := shipped{Name: strings.TrimSuffix(path.Base(name), ".yaml"), Questionnaire: q, Length: q.Length()}
		if i := placeInLibrary(item); i < len(shippedOrder) {
			item.About = shippedOrder[i].about
		}
		all = append(all, item)
	}
	slices.SortStableFunc(all, func(a, b shipped) int { return cmp.Compare(placeInLibrary(a), placeInLibrary(b)) })
	return all, nil
}

// placeInLibrary is where a questionnaire stands in the list; others come last.
func placeInLibrary(item shipped) int {
	for i, each := range shippedOrder {
		if each.name == item.Name {
			return i
		}
	}
	return len(shippedOrder)
}

// libraryPage is where a draft begins: with a questionnaire that we ship, a file, or an earlier version.
type libraryPage struct {
	surveyTabs
	Draft    *store.Draft
	Items    []shipped
	Versions []versionLine
	Unsaved  string   // what the draft has that is not published, in a line; "": nothing
	Problems []string // why a file was not read
	Typed    string   // the text that was pasted
	Read     bool     // a file was just read
	Faults   []checkFault
}

func (s *Server) showLibrary(c *fiber.Ctx) error {
	p, err := s.readLibraryPage(c)
	if err != nil {
		return err
	}
	if p.Read = c.Query("wczytano") == "1"; p.Read {
		p.Faults = faultsToMend(&p.Draft.Questionnaire)
	}
	return c.Render("panel/library", p)
}

func (s *Server) readLibraryPage(c *fiber.Ctx) (*libraryPage, error) {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	items, err := s.library()
	if err != nil {
		return nil, fmt.Errorf("library: %w", err)
	}
	p := libraryPage{surveyTabs: s.surveyTabs(c), Items: items}
	if p.Draft, err = scope.Draft(ctx); err != nil {
		return nil, err
	}
	infos, err := scope.Versions(ctx)
	if err != nil {
		return nil, err
	}
	for i, info := range infos {
		p.Versions = append(p.Versions, s.versionLine(info, i == 0))
	}
	p.Unsaved, err = s.unpublished(c, p.Draft)
	return &p, err
}

// unpublished says in a line what a draft has that residents don't see yet; "": nothing.
func (s *Server) unpublished(c *fiber.Ctx, draft *store.Draft) (string, error) {
	version, err := s.scopeOf(c).PublishedVersion(c.UserContext())
	if errors.Is(err, survey.ErrNotFound) {
		return "ankieta nie była jeszcze publikowana", nil
	}
	if err != nil {
		return "", err
	}
	return summaryPL(&version.Questionnaire, &draft.Questionnaire), nil
}

// shippedPage is a questionnaire of the library, in both forms that it would have.
type shippedPage struct {
	surveyTabs
	Item    shipped
	Draft   *store.Draft
	Unsaved string
	Phone   string
	Sheets  []template.HTML
}

// showShipped shows a questionnaire of the library, with the button that uses it.
func (s *Server) showShipped(c *fiber.Ctx) error {
	item, err := s.shippedOf(c.Params("name"))
	if err != nil {
		return err
	}
	p := shippedPage{surveyTabs: s.surveyTabs(c), Item: item, Phone: c.Path() + "/podglad"}
	if p.Draft, err = s.scopeOf(c).Draft(c.UserContext()); err != nil {
		return err
	}
	if p.Unsaved, err = s.unpublished(c, p.Draft); err != nil {
		return err
	}
	layout, err := sheet.NewLayout(item.Questionnaire)
	if err != nil {
		return err
	}
	p.Sheets = pictures(layout)
	allowFrames(c)
	return c.Render("panel/shipped", p)
}

func (s *Server) shippedOf(name string) (shipped, error) {
	items, err := s.library()
	if err != nil {
		return shipped{}, fmt.Errorf("library: %w", err)
	}
	for _, item := range items {
		if item.Name == name {
			return item, nil
		}
	}
	return shipped{}, survey.ErrNotFound
}

// previewShipped shows a questionnaire of the library as residents would see it.
func (s *Server) previewShipped(c *fiber.Ctx) error {
	item, err := s.shippedOf(c.Params("name"))
	if err != nil {
		return err
	}
	return s.drawPreview(c, item.Questionnaire)
}

// useShipped makes a questionnaire of the library the draft.
func (s *Server) useShipped(c *fiber.Ctx) error {
	item, err := s.shippedOf(c.FormValue("name"))
	if err != nil {
		return err
	}
	if err := s.replaceDraft(c, item.Questionnaire.Clone(), store.Edit{Action: editShipped, Target: item.Title()}); err != nil {
		return err
	}
	return c.Redirect("/panel/ankieta", fiber.StatusSeeOther)
}

// lengthPL tells the size of a questionnaire: "13 pytań, około 4 minut".
func lengthPL(l survey.Length) string {
	text := countPL(l.Questions, "pytanie", "pytania", "pytań")
	if l.Ratings > 0 {
		text += ", w" + hardSpace + "tabelach " + countPL(l.Ratings, "ocena", "oceny", "ocen")
	}
	return text + ", " + aboutPL(l.Time)
}

// aboutPL words an estimated time: "mniej niż minuta", "około 4 minut".
func aboutPL(d time.Duration) string {
	minutes := int((d + 30*time.Second) / time.Minute)
	switch {
	case d < time.Minute:
		return "mniej niż minuta"
	case minutes == 1:
		return "około" + hardSpace + "minuty"
	}
	return fmt.Sprintf("około"+hardSpace+"%d"+hardSpace+"minut", minutes)
}

// languagesPL names the languages that residents may choose: "polski, angielski i ukraiński".
func languagesPL(languages []string) string {
	words := []string{"polski"}
	for _, lang := range languages {
		words = append(words, map[string]string{survey.English: "angielski", survey.Ukrainian: "ukraiński"}[lang])
	}
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " i" + hardSpace + words[n-1]
	}
	return words[0]
}

package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// A questionnaire comes in as a file or as pasted text, by one address, which takes such forms, as that of the crest does.
const (
	importPath  = "/panel/ankieta/biblioteka/plik"
	importLimit = 1 << 20          // bytes of a questionnaire
	importTime  = 60 * time.Second // to send it by a slow line
	faultsTold  = 20
)

// isImport reports whether a form may be sent as multipart/form-data: it is of those that carry a file.
func isImport(c *fiber.Ctx) bool {
	return (c.Path() == importPath || c.Path() == crestPath || isUpload(c.Path())) && bytes.HasPrefix(c.Request().Header.ContentType(), []byte(fiber.MIMEMultipartForm+";"))
}

// isLong reports whether a path is one where the forms of the editor go: a question holds up to 60 options in three
// languages, and a letter that is no Latin one takes six bytes of a form.
func isLong(path string) bool {
	return path == importPath || path == crestPath || path == "/panel/ankieta/tresc" || strings.HasPrefix(path, "/panel/ankieta/sekcja/") || strings.HasPrefix(path, "/panel/ankieta/pytanie/")
}

// limitOf sets the limits of a request once its header is known: those of newApp, but for a file, in or out, and the
// editor's forms.
func (s *Server) limitOf(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	uri := string(h.RequestURI())
	if strings.HasPrefix(uri, exportsPath+"/") {
		return fasthttp.RequestConfig{WriteTimeout: downloadTime}
	}
	if h.IsPost() && s.hasPass(uri) && s.uploads.enter(h, time.Now()) {
		return fasthttp.RequestConfig{MaxRequestBodySize: uploadLimit + bodyLimit, ReadTimeout: uploadTime}
	}
	if !h.IsPost() || !isLong(uri) && !isPiece(uri) {
		return fasthttp.RequestConfig{}
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: importLimit + bodyLimit, ReadTimeout: importTime}
}

// downloadDraft offers the draft as a file in YAML.
func (s *Server) downloadDraft(c *fiber.Ctx) error {
	draft, err := s.scopeOf(c).Draft(c.UserContext())
	if err != nil {
		return err
	}
	t := tenantOf(c)
	return sendYAML(c, &draft.Questionnaire, disposition("ankieta-"+t.Slug+"-szkic.yaml", "Ankieta – "+t.Office.Name+" – szkic.yaml"))
}

// downloadVersion offers a version as a file in YAML.
func (s *Server) downloadVersion(c *fiber.Ctx) error {
	_, _, version, err := s.versionNumbered(c)
	if err != nil {
		return err
	}
	t := tenantOf(c)
	return sendYAML(c, &version.Questionnaire, disposition(fmt.Sprintf("ankieta-%s-v%d.yaml", t.Slug, version.Number),
		fmt.Sprintf("Ankieta – %s – wersja %d.yaml", t.Office.Name, version.Number)))
}

func sendYAML(c *fiber.Ctx, q *survey.Questionnaire, disposition string) error {
	data, err := q.YAML()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/yaml; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, disposition)
	return c.Send(data)
}

// importFile makes a questionnaire in YAML the draft. What an editor can mend may be wrong with it; otherwise nothing
// changes, and the page says what to mend in the file, and where.
func (s *Server) importFile(c *fiber.Ctx) error {
	data, err := readUpload(c)
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return s.refuseFile(c, fiber.StatusUnprocessableEntity, "Prosimy wybrać plik albo wkleić jego treść.")
	}
	if len(data) > importLimit {
		return s.refuseFile(c, fiber.StatusRequestEntityTooLarge, fileTooBig)
	}
	q, problems, err := s.parseFile(data)
	if err != nil {
		return err
	}
	if problems != nil {
		return s.refuseFile(c, fiber.StatusUnprocessableEntity, problems...)
	}
	err = s.replaceDraft(c, q, store.Edit{Action: editFile})
	if errors.Is(err, survey.ErrConflict) {
		return s.refuseFile(c, fiber.StatusConflict, "W"+hardSpace+"międzyczasie szkic się zmienił. Prosimy sprawdzić, co w"+hardSpace+"nim jest, i"+hardSpace+"wczytać plik jeszcze raz.")
	}
	if err != nil {
		return err
	}
	if q.Check() != nil {
		return c.Redirect("/panel/ankieta/biblioteka?wczytano=1", fiber.StatusSeeOther)
	}
	return c.Redirect("/panel/ankieta", fiber.StatusSeeOther)
}

// readUpload returns the file of a form, or else its pasted text.
func readUpload(c *fiber.Ctx) ([]byte, error) {
	header, err := c.FormFile("plik")
	if err != nil || header.Size == 0 { // no file was chosen
		return []byte(c.FormValue("tekst")), nil
	}
	file, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, importLimit+1))
}

// What is too big is refused by its length, but heard out.
const (
	hearLimit  = 32 << 20               // bytes
	hearIdle   = 500 * time.Millisecond // nothing more is coming after this
	fileTooBig = "Plik jest większy niż 1" + hardSpace + "MB. Takiej ankiety nikt by nie wypełnił."
)

// hearOut reads what is still coming of a file that is refused by its length alone: a connection that is closed over
// unread bytes is reset (RFC 9112, 9.6), and the browser shows an error of its own instead of our sentence.
func hearOut(conn net.Conn) {
	end := time.Now().Add(importTime)
	buffer := make([]byte, 64<<10)
	for heard := 0; heard < hearLimit && time.Now().Before(end); {
		if err := conn.SetReadDeadline(time.Now().Add(hearIdle)); err != nil {
			return
		}
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		heard += n
	}
}

// parseFile reads a questionnaire, or says in sentences what is wrong. One file is read at a time: it may take memory.
func (s *Server) parseFile(data []byte) (q *survey.Questionnaire, problems []string, err error) {
	s.importing.Lock()
	defer s.importing.Unlock()
	q, err = survey.ParseDraft("ankieta.yaml", data)
	var file *survey.FileError
	var invalid *survey.InvalidError
	switch {
	case errors.As(err, &file):
		return nil, []string{fileErrorPL(file)}, nil
	case !errors.As(err, &invalid):
		return q, nil, err
	}
	for _, f := range invalid.Fields[:min(len(invalid.Fields), faultsTold)] {
		text, err := s.views.texts.problem(survey.Polish, f)
		if err != nil {
			return nil, nil, err
		}
		problems = append(problems, fmt.Sprintf("wiersz %d: %s (%s)", survey.LineOf(data, f.Field), text, f.Field))
	}
	if n := len(invalid.Fields) - faultsTold; n > 0 {
		problems = append(problems, "…oraz "+countPL(n, "inny błąd", "inne błędy", "innych błędów"))
	}
	return nil, problems, nil
}

// refuseFile draws the library again, with what is wrong and what was pasted.
func (s *Server) refuseFile(c *fiber.Ctx, status int, problems ...string) error {
	p, err := s.readLibraryPage(c)
	if err != nil {
		return err
	}
	p.Problems, p.Typed = problems, c.FormValue("tekst")
	c.Status(status)
	return c.Render("panel/library", p)
}

// fileErrorPL says what is wrong with a file, and where: "wiersz 12, kolumna 5: nieznane pole »lable« – czy chodziło o
// »label«? (sections[0].questions[2].lable)".
func fileErrorPL(e *survey.FileError) string {
	var text string
	switch e.Fault {
	case survey.FaultUnknownField:
		text = "nieznane pole »" + e.Word + "«"
		if e.Meant != "" {
			text += " – czy chodziło o" + hardSpace + "»" + e.Meant + "«?"
		}
	case survey.FaultTwice:
		text = "pole »" + e.Word + "« występuje drugi raz"
	case survey.FaultType:
		text = map[string]string{
			survey.WantText: "powinien tu stać tekst", survey.WantNumber: "powinna tu stać liczba", survey.WantFlag: "powinno tu stać true (tak) albo false (nie)",
			survey.WantList: "powinna tu stać lista", survey.WantMapping: "powinny tu stać pola z" + hardSpace + "wartościami",
		}[e.Want]
		if e.Want == survey.WantMapping && isWording(e.Path) {
			text = "powinien tu stać tekst"
		}
	case survey.FaultEmpty:
		return "W" + hardSpace + "pliku nic nie ma."
	case survey.FaultDocuments:
		return "W" + hardSpace + "pliku jest więcej niż jedna ankieta. Prosimy zostawić jedną (wiersz »---« zaczyna następną)."
	case survey.FaultTooComplex:
		text = "zapis jest zbyt złożony – za wiele zagnieżdżeń albo powtórzeń"
	default:
		text = syntaxPL(e.Detail)
	}
	if e.Path != "" {
		text += " (" + e.Path + ")"
	}
	if e.Line == 0 {
		return text
	}
	return fmt.Sprintf("wiersz %d, kolumna %d: %s", e.Line, e.Column, text)
}

// isWording reports whether a path ends at a text, which may also be written as a mapping of languages.
func isWording(path string) bool {
	return slices.Contains([]string{"title", "intro", "thanks", "label", "help", "unit"}, path[strings.LastIndexByte(path, '.')+1:])
}

// syntaxPL says in a clerk's words why a file is not YAML. The parser's own words are English.
func syntaxPL(detail string) string {
	for _, each := range []struct{ words, text string }{
		{"sequence end token", "brakuje zamykającego nawiasu »]«"},
		{"mapping end token", "brakuje zamykającego nawiasu »}«"},
		{"could not find end character", "brakuje zamykającego cudzysłowu"},
		{"mapping value is not allowed", "dwukropek w" + hardSpace + "niewłaściwym miejscu – tekst, w" + hardSpace + "którym jest dwukropek, trzeba ująć w" + hardSpace + "cudzysłów"},
		{"'\t'", "zamiast tabulatora prosimy użyć spacji"},
		{"could not find alias", "odwołanie »*« do czegoś, czego wcześniej w" + hardSpace + "pliku nie ma"},
	} {
		if strings.Contains(detail, each.words) {
			return each.text
		}
	}
	return "tego zapisu nie da się odczytać – prosimy sprawdzić wcięcia, dwukropki i" + hardSpace + "cudzysłowy w" + hardSpace + "tym wierszu i" + hardSpace + "poprzednim"
}

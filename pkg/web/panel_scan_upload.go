package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// Bounds of what is sent.
const (
	uploadLimit  = 50 << 20 // bytes of a form with files, and of a file
	uploadTime   = 5 * time.Minute
	uploadPass   = 12 * time.Hour // how long a page's address for files is good
	uploadsWhole = 3              // forms with files that come in at once
	fileName     = 200            // characters of a file's name
)

const uploadTooBig = "Pliki mają razem ponad 50" + hardSpace + "MB albo serwis przyjmuje teraz inne. Prosimy wysłać je po jednym, za chwilę i" + hardSpace + "ze świeżo otwartej strony partii."

// Whole forms of 50 MiB are only for who has a page of the panel before them: its address for files carries a pass, which
// is checked by the head of the request alone, before the body is read. With a script files come in pieces of 1 MiB.

// uploadAddressOf is where the form of a stack sends files.
func (s *Server) uploadAddressOf(batch int64, csrf string) string {
	until := strconv.FormatInt(s.Now().Add(uploadPass).Unix(), 36)
	at := scanPath(batch) + "/pliki"
	return at + "?" + url.Values{"_csrf": {csrf}, "wstep": {until + "." + s.passFor(at, until)}}.Encode()
}

func (s *Server) passFor(at, until string) string {
	mac := hmac.New(sha256.New, s.Secret)
	_, _ = mac.Write([]byte("scan-upload\n" + at + "\n" + until)) // a hash takes everything
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// isUpload reports whether a path takes a form with files.
func isUpload(at string) bool {
	return strings.HasPrefix(at, scansPath+"/") && strings.HasSuffix(at, "/pliki")
}

// isPiece reports whether a path takes a piece of a file.
func isPiece(at string) bool {
	return strings.HasPrefix(at, scansPath+"/") && strings.Contains(at, "/pliki/") && strings.Contains(at, "/czesc/")
}

// hasPass reports whether the address of a request carries a pass.
func (s *Server) hasPass(uri string) bool {
	at, query, _ := strings.Cut(uri, "?")
	values, err := url.ParseQuery(query)
	if err != nil || !isUpload(at) {
		return false
	}
	until, pass, _ := strings.Cut(values.Get("wstep"), ".")
	seconds, err := strconv.ParseInt(until, 36, 64)
	return err == nil && s.Now().Unix() <= seconds && hmac.Equal([]byte(pass), []byte(s.passFor(at, until)))
}

// uploading counts forms with files that are coming in, by the head of their request, which stays in its place until the
// request is answered. One whose sender went away counts until its time is over.
type uploading struct {
	mu    sync.Mutex
	until map[*fasthttp.RequestHeader]time.Time
}

func (u *uploading) enter(h *fasthttp.RequestHeader, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	maps.DeleteFunc(u.until, func(other *fasthttp.RequestHeader, until time.Time) bool { return other == h || until.Before(now) })
	if len(u.until) >= uploadsWhole {
		return false
	}
	if u.until == nil {
		u.until = map[*fasthttp.RequestHeader]time.Time{}
	}
	u.until[h] = now.Add(uploadTime)
	return true
}

// leave frees the place of a request, if it has one.
func (u *uploading) leave(h *fasthttp.RequestHeader) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.until, h)
}

// uploadFiles takes the files of a form, as it works without a script.
func (s *Server) uploadFiles(c *fiber.Ctx) error {
	batch, err := s.scanOf(c)
	if err != nil {
		return err
	}
	form, err := c.MultipartForm()
	if err != nil {
		return fiber.NewError(fiber.StatusBadRequest, "Nie przyszedł żaden plik. Prosimy wybrać pliki i"+hardSpace+"wysłać je jeszcze raz.")
	}
	var bad notes
	taken := 0
	for _, header := range form.File["pliki"] {
		if header.Size == 0 {
			continue
		}
		problem, err := s.takeFile(c, batch.ID, header)
		if err != nil {
			return err
		}
		if taken++; problem != "" {
			bad.add("pliki", problem)
		}
	}
	if taken == 0 {
		bad.add("pliki", "Prosimy wybrać co najmniej jeden plik, który nie jest pusty.")
	}
	s.nudge()
	if len(bad) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawScan(c, batch, bad)
	}
	return c.Redirect(scanPath(batch.ID)+"#pliki", fiber.StatusSeeOther)
}

// takeFile puts one file into the queue, or says why not.
func (s *Server) takeFile(c *fiber.Ctx, batch int64, header *multipart.FileHeader) (problem string, err error) {
	ctx, scope, actor := c.UserContext(), s.scopeOf(c), s.actor(c)
	file, err := header.Open()
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	f := store.ScanFile{Batch: batch, Name: cleanFileName(header.Filename), Size: header.Size, SentBy: actor.Login, SentAt: actor.At}
	if err := scope.StartScanFile(ctx, &f); err != nil {
		return "", err
	}
	piece := make([]byte, store.ScanPart)
	for number := 0; ; number++ {
		n, err := io.ReadFull(file, piece)
		if n > 0 {
			if err := scope.AddScanPart(ctx, batch, f.ID, number, piece[:n]); err != nil {
				return "", err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return "", err
		}
	}
	twin, err := scope.FinishScanFile(ctx, batch, f.ID, actor)
	if err != nil || twin == 0 {
		return "", err
	}
	return repeatedFile(f.Name, twin, batch), nil
}

// repeatedFile says that a file was sent before.
func repeatedFile(name string, twin, batch int64) string {
	where := fmt.Sprintf("w"+hardSpace+"partii nr"+hardSpace+"%d", twin)
	if twin == batch {
		where = "w" + hardSpace + "tej partii"
	}
	return fmt.Sprintf("Plik „%s” już jest %s, więc nie liczymy go drugi raz.", name, where)
}

// cleanFileName keeps of a file's name what a page can show.
func cleanFileName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, "\uFFFD"), "\\", "/"))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7F && r < 0xA0 {
			return -1
		}
		return r
	}, name)
	for utf8.RuneCountInString(name) > fileName {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	if name == "" || name == "." || name == "/" {
		return "plik"
	}
	return name
}

// fileAnswer tells the script that sends a file in pieces how it went.
type fileAnswer struct {
	File    int64  `json:"file,omitempty"`
	Piece   int    `json:"piece,omitempty"` // length of a piece
	Message string `json:"message,omitempty"`
}

// startFile begins a file that comes in pieces.
func (s *Server) startFile(c *fiber.Ctx) error {
	batch, err := s.scanOf(c)
	if err != nil {
		return err
	}
	form, actor := formValues(c), s.actor(c)
	size, err := strconv.ParseInt(form.Get("size"), 10, 64)
	switch {
	case err != nil || size <= 0:
		return c.Status(fiber.StatusUnprocessableEntity).JSON(fileAnswer{Message: "Plik jest pusty."})
	case size > uploadLimit:
		return c.Status(fiber.StatusRequestEntityTooLarge).JSON(fileAnswer{Message: "Plik jest większy niż 50" + hardSpace + "MB. Prosimy podzielić go na części."})
	case batch.State != store.ScanOpen:
		return c.Status(fiber.StatusConflict).JSON(fileAnswer{Message: "Ta partia nie przyjmuje już plików."})
	}
	f := store.ScanFile{Batch: batch.ID, Name: cleanFileName(form.Get("name")), Size: size, SentBy: actor.Login, SentAt: actor.At}
	if err := s.scopeOf(c).StartScanFile(c.UserContext(), &f); err != nil {
		return err
	}
	return c.JSON(fileAnswer{File: f.ID, Piece: store.ScanPart})
}

// scanFileIDs returns the stack and the file in the request's path.
func scanFileIDs(c *fiber.Ctx) (batch, file int64, err error) {
	if batch, err = idParam(c, "batch"); err != nil {
		return 0, 0, err
	}
	file, err = idParam(c, "file")
	return batch, file, err
}

// addPiece takes a piece of a file.
func (s *Server) addPiece(c *fiber.Ctx) error {
	batch, file, err := scanFileIDs(c)
	if err != nil {
		return err
	}
	number, err := idParam(c, "number")
	body := c.Request().Body()
	if err != nil || number < 0 || number > uploadLimit/store.ScanPart || len(body) == 0 || len(body) > store.ScanPart {
		return fiber.NewError(fiber.StatusBadRequest, "Część pliku jest uszkodzona.")
	}
	if err := s.scopeOf(c).AddScanPart(c.UserContext(), batch, file, int(number), body); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// finishFile puts a file that came in pieces into the queue.
func (s *Server) finishFile(c *fiber.Ctx) error {
	batch, file, err := scanFileIDs(c)
	if err != nil {
		return err
	}
	twin, err := s.scopeOf(c).FinishScanFile(c.UserContext(), batch, file, s.actor(c))
	if errors.Is(err, survey.ErrConflict) {
		return c.Status(fiber.StatusConflict).JSON(fileAnswer{Message: "Plik nie dotarł w" + hardSpace + "całości. Prosimy wysłać go jeszcze raz."})
	}
	if err != nil {
		return err
	}
	if twin != 0 {
		return c.JSON(fileAnswer{Message: repeatedFile(cleanFileName(formValues(c).Get("name")), twin, batch)})
	}
	s.nudge()
	return c.JSON(fileAnswer{File: file})
}

// cancelFile takes a file out of a stack, whether it is being sent, waits, is being read or was.
func (s *Server) cancelFile(c *fiber.Ctx) error {
	batch, file, err := scanFileIDs(c)
	if err != nil {
		return err
	}
	if err := s.scopeOf(c).CancelScanFile(c.UserContext(), batch, file, s.actor(c)); err != nil {
		return err
	}
	return c.Redirect(scanPath(batch)+"?zrobiono=usunieto#pliki", fiber.StatusSeeOther)
}

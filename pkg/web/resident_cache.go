package web

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"sync"
	"unique"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"
	"github.com/valyala/fasthttp"

	"ocenaurzedu.eu/pkg/survey"
)

// A fresh form differs from one resident to the next in its idempotency key alone. It is drawn once for a tenant,
// language and service point, and kept cut in two, plain and compressed; a request gets the pieces with a key of its own
// between them. What it was drawn of stands beside it, so that a form of another version or an older record of the
// office is never sent.

// formKey tells the forms of the cache apart.
type formKey struct {
	tenant int64
	lang   string
	point  int64 // 0: none
}

// drawnForm is a form without its key.
type drawnForm struct {
	packed packedForm // first: what is needed most often lies close together

	before, between, after string                // around the key, and around the questions
	questions              unique.Handle[string] // which many tenants' forms share: so do these bytes

	tenant    *survey.Tenant // as the form tells of it
	published *published
	county    bool
}

// packedForm is a form as pieces of a gzip file (RFC 1952): blocks of deflate that each end at a whole byte, so that the
// key can go between them as a stored block (RFC 1951, 3.2.4).
type packedForm struct {
	before, between, after string
	questions              unique.Handle[string]
	beforeSum, restSum     uint32                   // CRC-32 of what stands before the key and after it
	size                   uint32                   // of the whole form, key included
	shift                  unique.Handle[crcMatrix] // appends as many zero bytes as stand after the key; many forms share it
}

// keyLength is the length of the keys that we make, newKey.
const keyLength = 36

// mostForms is how many forms one generation of the cache holds. Two generations of these and the questions that they
// share take some 60 MB at most.
const mostForms = 4096

// formCache holds forms. When a generation is full, the one before is forgotten.
type formCache struct {
	mu       sync.RWMutex
	now, old map[formKey]*drawnForm
}

func (f *formCache) get(key formKey) *drawnForm {
	f.mu.RLock()
	form, old := f.now[key], f.old[key]
	f.mu.RUnlock()
	if form == nil && old != nil {
		f.put(key, old)
		return old
	}
	return form
}

func (f *formCache) put(key formKey, form *drawnForm) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now == nil || len(f.now) >= mostForms {
		f.now, f.old = map[formKey]*drawnForm{}, f.now
	}
	delete(f.old, key)
	f.now[key] = form
}

// sendFreshForm answers with an empty form under a fresh key.
func (s *Server) sendFreshForm(c *fiber.Ctx, p *published) error {
	f := &filled{version: p.version, point: p.point(c.Query("p"), s.today())}
	key := formKey{tenant: tenantOf(c).ID, lang: languageOf(c, &p.version.Questionnaire)}
	if f.point != nil {
		key.point = f.point.ID
	}
	offices := s.directory.Load()
	county := offices.county(tenantOf(c)) != nil
	form := s.forms.get(key)
	if form == nil || form.tenant != tenantOf(c) || form.published != p || form.county != county {
		f.key, f.steps = newKey(), newSteps(f.version, nil, f.channel(), "1")
		if err := s.drawSurvey(c, f, nil); err != nil {
			return err
		}
		body := c.Response().Body()
		at := bytes.Index(body, []byte(f.key))
		if at < 0 || len(f.key) != keyLength || bytes.Count(body, []byte(f.key)) != 1 {
			return nil // not a page that can be cut: it is sent as it was drawn
		}
		form = newDrawnForm(string(body[:at]), string(body[at+keyLength:]))
		form.tenant, form.published, form.county = tenantOf(c), p, county
		s.forms.put(key, form)
	}
	if at := offices.bySlug[tenantOf(c).Slug]; key.lang == survey.Polish && key.point == 0 && at != nil && at.tenant == form.tenant &&
		p.generation.Load() >= offices.generation {
		at.form.Store(form)
	}
	packed := c.Request().Header.HasAcceptEncoding("gzip")
	formHeaders(&c.Response().Header, packed)
	if asksPhone(c, askedLanguage(c)) {
		c.Vary(fiber.HeaderAcceptLanguage)
	}
	c.Response().ResetBody()
	form.write(c.Response(), &s.keys, packed)
	return nil
}

// newDrawnForm cuts what stands after the key around the questions, and packs the pieces.
func newDrawnForm(before, after string) *drawnForm {
	from, to := strings.Index(after, `<section class="section">`), strings.Index(after, `</form>`)
	if from < 0 || to < from {
		from, to = 0, 0
	}
	f := &drawnForm{questions: unique.Make(after[from:to])}
	f.before, f.between, f.after = together(before, after[:from], after[to:])
	sum := func(texts ...string) (sum uint32) {
		for _, text := range texts {
			sum = crc32.Update(sum, crc32.IEEETable, []byte(text))
		}
		return sum
	}
	w, _ := flate.NewWriter(nil, flate.DefaultCompression) // a level that there is
	f.packed = packedForm{
		questions: unique.Make(deflate(w, after[from:to], false)), beforeSum: sum(before), restSum: sum(after), shift: unique.Make(zeroBytes(len(after))),
		size: uint32(len(before) + keyLength + len(after)),
	}
	p := &f.packed
	p.before, p.between, p.after = together(gzipHead+deflate(w, before, false)+storedBlock, deflate(w, f.between, false), deflate(w, f.after, true))
	return f
}

// together returns texts that lie in memory one after the other: what is an office's own is seldom in the processor's
// cache, and is fetched faster in one row.
func together(a, b, c string) (before, between, after string) {
	all := a + b + c
	return all[:len(a)], all[len(a) : len(a)+len(b)], all[len(a)+len(b):]
}

// gzipHead says: deflate, no name, no time, any system (RFC 1952, 2.3).
const gzipHead = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"

// deflate packs a text into blocks that end at a whole byte; last: the file ends with them.
func deflate(w *flate.Writer, text string, last bool) string {
	var packed bytes.Buffer
	w.Reset(&packed)
	_, _ = w.Write([]byte(text)) // a buffer takes everything
	if last {
		_ = w.Close()
	} else {
		_ = w.Flush()
	}
	return packed.String()
}

// formHeaders says what a kept form is.
func formHeaders(h *fasthttp.ResponseHeader, packed bool) {
	h.SetContentType(fiber.MIMETextHTMLCharsetUTF8)
	if packed {
		h.SetContentEncoding("gzip")
		h.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	}
}

// write puts the form under a fresh key into an empty body.
func (f *drawnForm) write(r *fasthttp.Response, keys *keySource, packed bool) {
	var fresh [keyLength]byte
	keys.next(&fresh)
	key := utils.UnsafeString(fresh[:]) // the body takes a copy
	if !packed {
		for _, piece := range [...]string{f.before, key, f.between, f.questions.Value(), f.after} {
			r.AppendBodyString(piece)
		}
		return
	}
	p := &f.packed
	for _, piece := range [...]string{p.before, key, p.between, p.questions.Value(), p.after} {
		r.AppendBodyString(piece)
	}
	shift := p.shift.Value()
	sum := shift.times(crc32.Update(p.beforeSum, crc32.IEEETable, r.Body()[len(p.before):][:keyLength])) ^ p.restSum // of the copy: it is on the heap anyway
	var tail [8]byte
	binary.LittleEndian.PutUint32(tail[:4], sum)
	binary.LittleEndian.PutUint32(tail[4:], p.size)
	r.AppendBody(tail[:])
}

// storedBlock is the head of a block of deflate with keyLength bytes as they are (RFC 1951, 3.2.4): not the last block, its
// length and the complement of that.
const storedBlock = "\x00" + "\x24\x00" + "\xdb\xff"

// crcMatrix is a linear function of the 32 bits of a CRC: column i is what bit i turns into.
type crcMatrix [32]uint32

func (m *crcMatrix) times(v uint32) (product uint32) {
	for i := range m {
		product ^= m[i] & -(v >> i & 1) // without a branch, which would be guessed wrong half of the time
	}
	return product
}

// zeroBytes returns what appending n zero bytes does to a CRC-32, so that CRC(A+B) = zeroBytes(len(B))·CRC(A) ^ CRC(B), as
// crc32_combine of zlib has it.
func zeroBytes(n int) crcMatrix {
	power := crcMatrix{crc32.IEEE} // one zero bit
	for i := 1; i < 32; i++ {
		power[i] = 1 << (i - 1)
	}
	var result crcMatrix
	for i := range result {
		result[i] = 1 << i
	}
	for bits := 8 * n; bits > 0; bits >>= 1 {
		var square crcMatrix
		for i := range power {
			if bits&1 != 0 {
				result[i] = power.times(result[i])
			}
			square[i] = power.times(power[i])
		}
		power = square
	}
	return result
}

package tagged

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// file is a PDF by its objects.
type file struct {
	objects  []object // by number less one
	order    []int    // numbers in the order of the file
	catalog  int
	info     int
	first    int // number of the first element
	parent   int // of the parent tree
	metadata int
	next     int // the next number
	pageAt   func(page int) int
	zip      *zlib.Writer // one for all streams: it takes a megabyte
}

// object is an object's text: whole as it stands in the file, or a value to be packed into a stream of objects.
type object struct {
	text   []byte
	packed bool
	stream int // number of the stream that holds it, index is its place there
	index  int
}

// read finds the objects of what fpdf wrote: one cross-reference table, all objects in one piece before it.
func read(data []byte) (*file, error) {
	bad := func(what string) (*file, error) {
		return nil, fmt.Errorf("%w: fpdf's output has no %s", ErrStructure, what)
	}
	at := bytes.LastIndex(data, []byte("\nxref\n"))
	if at < 0 {
		return bad("cross-reference table")
	}
	body, lines := data[:at+1], strings.Split(string(data[at+1:]), "\n")
	var n int
	if _, err := fmt.Sscanf(lines[1], "0 %d", &n); err != nil || len(lines) < n+3 {
		return bad("whole cross-reference table")
	}
	f := &file{objects: make([]object, n-1), next: n}
	offsets := make([]int, n)
	for i := 1; i < n; i++ {
		offset, err := strconv.Atoi(lines[2+i][:10])
		if err != nil || offset > len(body) {
			return bad("right offsets")
		}
		offsets[i] = offset
		f.order = append(f.order, i)
	}
	slices.SortFunc(f.order, func(a, b int) int { return offsets[a] - offsets[b] })
	for k, number := range f.order {
		end := len(body)
		if k+1 < len(f.order) {
			end = offsets[f.order[k+1]]
		}
		f.objects[number-1].text = body[offsets[number]:end]
	}
	f.catalog, f.info = n-1, n-2 // as fpdf's trailer says
	f.pageAt = func(page int) int { return 1 + 2*page }
	return f, nil
}

// Bookmarks as fpdf writes them, and the root above them.
var (
	bookmark     = regexp.MustCompile(`^\d+ 0 obj\n<</Title `)
	bookmarkOf   = regexp.MustCompile(`\n/Parent (\d+) 0 R\n`)
	bookmarkRoot = regexp.MustCompile(`^\d+ 0 obj\n<</Type /Outlines `)
)

// countBookmarks gives bookmarks their number of children, below 0 as they are closed: fpdf says 0 of all of them, which ISO
// 32000-1, 12.3.3 allows of none.
func (f *file) countBookmarks() {
	children := map[int]int{}
	for i := range f.objects {
		if text := f.objects[i].text; bookmark.Match(text) {
			if parent := bookmarkOf.FindSubmatch(text); parent != nil {
				number, _ := strconv.Atoi(string(parent[1])) // digits, as the pattern says
				children[number]++
			}
		}
	}
	for i := range f.objects {
		o, n := &f.objects[i], children[i+1]
		switch {
		case bookmarkRoot.Match(o.text):
			o.text = bytes.Replace(o.text, []byte("<</Type /Outlines "), fmt.Appendf(nil, "<</Type /Outlines /Count %d ", n), 1)
		case !bookmark.Match(o.text):
		case n == 0:
			o.text = bytes.Replace(o.text, []byte("\n/Count 0>>"), []byte(">>"), 1)
		default:
			o.text = bytes.Replace(o.text, []byte("\n/Count 0>>"), fmt.Appendf(nil, "\n/Count %d>>", -n), 1)
		}
	}
}

// insert puts text before the end of an object's dictionary.
func (f *file) insert(number int, text string) error {
	o := &f.objects[number-1]
	end := bytes.LastIndex(o.text, []byte(">>\nendobj"))
	if end < 0 {
		return fmt.Errorf("%w: object %d of fpdf's output is no dictionary", ErrStructure, number)
	}
	o.text = append(append(append([]byte(nil), o.text[:end]...), text...), o.text[end:]...)
	return nil
}

// add keeps a new object as it stands.
func (f *file) add(number int, text []byte) {
	f.grow(number)
	f.objects[number-1] = object{text: text}
	f.order = append(f.order, number)
}

// addValue keeps a new object that goes into a stream of objects.
func (f *file) addValue(number int, value []byte) {
	f.grow(number)
	f.objects[number-1] = object{text: value, packed: true}
}

func (f *file) grow(number int) {
	for len(f.objects) < number {
		f.objects = append(f.objects, object{})
	}
	f.next = max(f.next, number+1)
}

// objectsAStream is how many objects a stream of objects holds.
const objectsAStream = 1000

// pack moves the values into compressed streams of objects.
func (f *file) pack() {
	var numbers []int
	for i := range f.objects {
		if f.objects[i].packed {
			numbers = append(numbers, i+1)
		}
	}
	for from := 0; from < len(numbers); from += objectsAStream {
		part := numbers[from:min(from+objectsAStream, len(numbers))]
		stream := f.next
		var index, values []byte
		for i, number := range part {
			o := &f.objects[number-1]
			o.stream, o.index = stream, i
			index = fmt.Appendf(index, "%d %d ", number, len(values))
			values = append(append(values, o.text...), '\n')
		}
		f.add(stream, f.streamObject(stream, fmt.Sprintf("/Type /ObjStm /N %d /First %d ", len(part), len(index)), append(index, values...)))
	}
}

// write puts the objects in order, with a stream of cross references; the file's id is its sum.
func (f *file) write() []byte {
	out := []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := map[int]int{}
	for _, number := range f.order {
		offsets[number] = len(out)
		out = append(out, f.objects[number-1].text...)
	}
	at, number := len(out), f.next
	offsets[number] = at
	var table []byte
	entry := func(kind byte, second, third int) {
		table = append(table, kind)
		table = binary.BigEndian.AppendUint32(table, uint32(second))
		table = binary.BigEndian.AppendUint16(table, uint16(third))
	}
	entry(0, 0, 0xffff)
	for i := 1; i <= number; i++ {
		if offset, found := offsets[i]; found {
			entry(1, offset, 0)
		} else {
			entry(2, f.objects[i-1].stream, f.objects[i-1].index)
		}
	}
	sum := sha256.Sum256(out)
	id := strings.ToUpper(hex.EncodeToString(sum[:16]))
	out = append(out, f.streamObject(number, fmt.Sprintf("/Type /XRef /Size %d /W [1 4 2] /Root %d 0 R /Info %d 0 R /ID [<%s> <%s>] ", number+1, f.catalog, f.info, id, id), table)...)
	return fmt.Appendf(out, "startxref\n%d\n%%%%EOF\n", at)
}

// streamObject is an object that is a compressed stream.
func (f *file) streamObject(number int, entries string, data []byte) []byte {
	var b bytes.Buffer
	if f.zip == nil {
		f.zip = zlib.NewWriter(&b)
	}
	f.zip.Reset(&b)
	_, _ = f.zip.Write(data) // a Buffer takes everything
	_ = f.zip.Close()
	out := fmt.Appendf(nil, "%d 0 obj\n<<%s/Filter /FlateDecode /Length %d>>\nstream\n", number, entries, b.Len())
	return append(append(out, b.Bytes()...), "\nendstream\nendobj\n"...)
}

package tagged

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
)

var (
	contents = regexp.MustCompile(`/Type /Page\n[^\x00]*?/Contents (\d+) 0 R`)
	length   = regexp.MustCompile(`/Length (\d+)`)
)

// painting are the operators that put something on a page (ISO 32000-1, annex A).
var painting = []string{"Tj", "TJ", "'", "\"", "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do"}

// Loose tells what a document of ours draws that is neither an element's nor an artifact: "page 2: Tj". Of a
// document that Finish wrote there is none.
func Loose(pdf []byte) ([]string, error) {
	var loose []string
	pages := contents.FindAllSubmatch(pdf, -1)
	if len(pages) == 0 {
		return nil, fmt.Errorf("%w: the PDF has no pages", ErrStructure)
	}
	for i, m := range pages {
		content, err := stream(pdf, string(m[1]))
		if err != nil {
			return nil, err
		}
		for _, operator := range unmarked(content) {
			loose = append(loose, fmt.Sprintf("page %d: %s", i+1, operator))
		}
	}
	return loose, nil
}

// stream is the content of a compressed stream.
func stream(pdf []byte, number string) ([]byte, error) {
	bad := func() ([]byte, error) { return nil, fmt.Errorf("%w: object %s is no stream", ErrStructure, number) }
	at := bytes.Index(pdf, []byte("\n"+number+" 0 obj\n"))
	if at < 0 {
		return bad()
	}
	rest := pdf[at:]
	begin := bytes.Index(rest, []byte("stream\n"))
	size := length.FindSubmatch(rest[:max(begin, 0)])
	if size == nil {
		return bad()
	}
	n, err := strconv.Atoi(string(size[1]))
	if err != nil || begin+7+n > len(rest) {
		return bad()
	}
	z, err := zlib.NewReader(bytes.NewReader(rest[begin+7 : begin+7+n]))
	if err != nil {
		return nil, fmt.Errorf("object %s: %w", number, err)
	}
	return io.ReadAll(z)
}

// unmarked lists the painting operators outside of marked content.
func unmarked(content []byte) []string {
	var found []string
	depth := 0
	for len(content) > 0 {
		var token string
		token, content = next(content)
		switch {
		case token == "BDC" || token == "BMC":
			depth++
		case token == "EMC":
			depth--
		case depth == 0 && slices.Contains(painting, token):
			found = append(found, token)
		}
	}
	if depth != 0 {
		found = append(found, "marked content that is not closed")
	}
	return found
}

// next takes a token; a string in brackets is one, whatever is in it.
func next(content []byte) (token string, rest []byte) {
	content = bytes.TrimLeft(content, " \r\n\t")
	if len(content) == 0 {
		return "", nil
	}
	if content[0] != '(' {
		end := bytes.IndexAny(content[1:], " \r\n\t(")
		if end < 0 {
			return string(content), nil
		}
		return string(content[:end+1]), content[end+1:]
	}
	open := 0
	for i := 0; i < len(content); i++ {
		switch content[i] {
		case '\\':
			i++
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return "()", content[i+1:]
			}
		}
	}
	return "()", nil
}

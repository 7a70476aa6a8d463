package web

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"ocenaurzedu.eu/pkg/survey"
)

// rawRequests are requests to the byte: to HOST is osielsko's. front: it is ordinary, and answered without the chain.
var rawRequests = []struct {
	name, bytes string
	front       bool
}{
	{"ordinary", "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n", true},
	{"gzip", "GET / HTTP/1.1\r\nHost: HOST\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n\r\n", true},
	{"gzip in capitals", "GET / HTTP/1.1\r\nHOST: HOST\r\nACCEPT-ENCODING: GZIP\r\n\r\n", true},
	{"HTTP/1.0", "GET / HTTP/1.0\r\nHost: HOST\r\n\r\n", true},
	{"close", "GET / HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", true},
	{"cookies", "GET / HTTP/1.1\r\nHost: HOST\r\nCookie: a=b; __Host-session=x\r\n\r\n", true},
	{"conditions", "GET / HTTP/1.1\r\nHost: HOST\r\nIf-None-Match: *\r\nIf-Modified-Since: Wed, 21 Oct 2030 07:28:00 GMT\r\nRange: bytes=0-9\r\n\r\n", true},
	{"another site", "GET / HTTP/1.1\r\nHost: HOST\r\nOrigin: https://zly.example\r\nSec-Fetch-Site: cross-site\r\nX-Forwarded-For: 10.0.0.1\r\nX-HTTP-Method-Override: POST\r\n\r\n", true},
	{"capitals and a dot", "GET / HTTP/1.1\r\nHost: OsielSKO.LocalHost.:PORT\r\n\r\n", true},
	{"no port", "GET / HTTP/1.1\r\nHost: osielsko.localhost\r\n\r\n", true},
	{"fragment", "GET /#x HTTP/1.1\r\nHost: HOST\r\n\r\n", false},
	{"gzip refused", "GET / HTTP/1.1\r\nHost: HOST\r\nAccept-Encoding: gzip;q=0\r\n\r\n", false},
	{"brotli", "GET / HTTP/1.1\r\nHost: HOST\r\nAccept-Encoding: br\r\n\r\n", false},
	{"identity", "GET / HTTP/1.1\r\nHost: HOST\r\nAccept-Encoding: identity\r\n\r\n", false},
	{"HEAD", "HEAD / HTTP/1.1\r\nHost: HOST\r\n\r\n", false},
	{"language", "GET /?lang=en HTTP/1.1\r\nHost: HOST\r\n\r\n", false},
	{"point", "GET /?p=nieznany HTTP/1.1\r\nHost: HOST\r\n\r\n", false},
	{"a phone in English", "GET / HTTP/1.1\r\nHost: HOST\r\nAccept-Language: en-GB,en;q=0.9\r\n\r\n", true},
	{"the code of the office", "GET /?lang=auto HTTP/1.1\r\nHost: HOST\r\nAccept-Language: en-GB,en;q=0.9\r\n\r\n", false},
	{"the code of a point", "GET /?p=bok HTTP/1.1\r\nHost: HOST\r\nAccept-Language: uk\r\nAccept-Encoding: gzip\r\n\r\n", false},
	{"empty query", "GET /? HTTP/1.1\r\nHost: HOST\r\n\r\n", false},
	{"language in a body", "GET / HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 8\r\n\r\n_lang=en", false},
	{"chunks", "GET / HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n_lang=en\r\n0\r\n\r\n", false},
	{"two slashes", "GET // HTTP/1.1\r\nHost: HOST\r\n\r\n", false},
	{"a dot", "GET /. HTTP/1.1\r\nHost: HOST\r\n\r\n", false},
	{"absolute", "GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n", false},
	{"absolute, another office", "GET http://dobrcz.localhost/ HTTP/1.1\r\nHost: HOST\r\n\r\n", false},
	{"compressed request", "GET / HTTP/1.1\r\nHost: HOST\r\nContent-Encoding: gzip\r\n\r\n", false},
	{"forwarded host of a stranger", "GET / HTTP/1.1\r\nHost: HOST\r\nX-Forwarded-Host: dobrcz.localhost\r\n\r\n", false},
	{"forwarded host in small letters", "GET / HTTP/1.1\r\nHost: HOST\r\nx-forwarded-host: dobrcz.localhost\r\n\r\n", false},
	{"two hosts", "GET / HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\n\r\n", false},
	{"two hosts, one odd", "GET / HTTP/1.1\r\nHost: HOST\r\nhOST:dobrcz.localhost\r\n\r\n", false},
	{"no host", "GET / HTTP/1.1\r\n\r\n", false},
	{"empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", false},
	{"another port", "GET / HTTP/1.1\r\nHost: osielsko.localhost:1\r\n\r\n", false},
	{"two dots", "GET / HTTP/1.1\r\nHost: osielsko.localhost..\r\n\r\n", false},
	{"label in front", "GET / HTTP/1.1\r\nHost: x.HOST\r\n\r\n", false},
	{"nobody's host", "GET / HTTP/1.1\r\nHost: zly.example\r\n\r\n", false},
	{"office without a survey", "GET / HTTP/1.1\r\nHost: powiat-bydgoski.localhost\r\n\r\n", false},
	{"POST", "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n", false},
	{"OPTIONS", "OPTIONS / HTTP/1.1\r\nHost: HOST\r\n\r\n", false},
	{"small method", "get / HTTP/1.1\r\nHost: HOST\r\n\r\n", false},
	{"ready", "GET /readyz HTTP/1.1\r\nHost: HOST\r\n\r\n", false},
}

// rawAnswer sends a request to the byte, and returns what stands in its answer: status, headers in their order without the
// date, body without the key.
func (h *harness) rawAnswer(request string) string {
	h.t.Helper()
	conn, err := net.Dial("tcp4", "127.0.0.1:"+h.web.Site.Port)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	host := "osielsko.localhost:" + h.web.Site.Port
	request = strings.NewReplacer("HOST: HOST", "HOST: "+host, "HOST", host, "PORT", h.web.Site.Port).Replace(request)
	if _, err := io.WriteString(conn, request); err != nil {
		h.t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	head := []string{}
	for lines := textproto.NewReader(in); ; {
		line, err := lines.ReadLine()
		if err != nil || line == "" {
			break
		}
		if !strings.HasPrefix(line, "Date: ") {
			head = append(head, line)
		}
	}
	all := strings.Join(head, "\r\n") + "\r\n\r\n"
	method, _, _ := strings.Cut(request, " ")
	response, err := http.ReadResponse(bufio.NewReader(io.MultiReader(strings.NewReader(all), in)), &http.Request{Method: method})
	if err != nil {
		h.t.Fatalf("%q: %v", all, err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	encoding := response.Header.Get("Content-Encoding")
	if encoding == "br" { // of a length that depends on the key
		all = regexp.MustCompile(`Content-Length: \d+`).ReplaceAllString(all, "")
	}
	return all + withoutKey(h.t, string(body), encoding)
}

// What stands before the framework answers to the byte as the framework would, and answers nothing but ordinary requests.
func TestFrontAnswersAsTheChain(t *testing.T) {
	h := start(t)
	seat := h.web.directory.Load().bySlug["osielsko"]
	h.get("osielsko", "/")
	form := seat.form.Load()
	if form == nil {
		t.Fatal("a form that was drawn is not on its office's seat")
	}
	marked := newDrawnForm("marked<", "> marked")
	for _, draining := range []bool{false, true} {
		for _, r := range rawRequests {
			seat.form.Store(nil)
			chain := h.rawAnswer(r.bytes)
			seat.form.Store(form)
			if front := h.rawAnswer(r.bytes); front != chain {
				t.Errorf("%s: in front %q; the chain %q", r.name, short(front), short(chain))
			}
			seat.form.Store(marked)
			if got := strings.Contains(h.rawAnswer(r.bytes), "marked"); got != r.front {
				t.Errorf("%s: answered in front: %t; want %t", r.name, got, r.front)
			}
		}
		if !draining {
			h.web.Drain()
		}
	}
}

// A proxy that is trusted names the host, and nothing in front of the framework overhears it.
func TestFrontHearsTrustedProxies(t *testing.T) {
	h := start(t, loopback)
	h.get("osielsko", "/")
	h.get("dobrcz", "/")
	got := h.rawAnswer("GET / HTTP/1.1\r\nHost: HOST\r\nX-Forwarded-Host: dobrcz.localhost\r\n\r\n")
	if !strings.Contains(got, "Dobrcz") || strings.Contains(got, "Osielsk") {
		t.Errorf("the form of another office than the proxy named: %q", short(got))
	}
}

// A line of the log and a count are the same, whoever answered; a form of the front is forgotten with its directory.
func TestFrontIsCountedAndForgets(t *testing.T) {
	h := start(t)
	for range 3 { // by the chain, then in front
		h.get("osielsko", "/")
	}
	lines := slices.DeleteFunc(strings.Split(h.log.String(), "\n"), func(line string) bool { return !strings.Contains(line, `"msg":"request"`) })
	if len(lines) != 3 {
		t.Fatalf("lines of the log: %q", lines)
	}
	for _, line := range lines {
		if !requestLineForm.MatchString(line) {
			t.Errorf("line %q", line)
		}
	}
	h.refresh()
	if h.web.directory.Load().bySlug["osielsko"].form.Load() != nil {
		t.Error("a form outlived its directory")
	}
	h.republish("osielsko", func(q *survey.Questionnaire) { q.Title = survey.PL("Zupełnie nowa ankieta") })
	h.refresh()
	for range 2 {
		if form, _ := h.freshForm("osielsko", "/", true); !strings.Contains(form, "Zupełnie nowa ankieta") {
			t.Error("the form of an older version came")
		}
	}
	r, err := http.NewRequest(http.MethodGet, "/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "admin"
	response, err := h.web.Admin().Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	metrics, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if want := `ocenaurzedu_request_seconds_count{method="GET",route="/",status="200"} 5`; !strings.Contains(string(metrics), want) {
		t.Errorf("metrics without %q", want)
	}
}

// requestLineForm is a line of an answered form. No address, user agent or query has a place in it.
var requestLineForm = regexp.MustCompile(`^\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)","level":"INFO","msg":"request",` +
	`"method":"GET","route":"/","status":200,"ms":\d+(\.\d+)?,"tenant":"osielsko","request":"[0-9a-f]{16}"\}$`)

// withoutKey unpacks a body if it is packed, and empties its field of the key.
func withoutKey(t *testing.T, body, encoding string) string {
	t.Helper()
	switch encoding {
	case "br":
		plain, err := fasthttp.AppendUnbrotliBytes(nil, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		body = string(plain)
	case "gzip":
		unpacked, err := gzip.NewReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(unpacked)
		if err != nil {
			t.Fatal(err)
		}
		body = string(plain)
	}
	return keyField.ReplaceAllString(body, "")
}

func short(s string) string { return fmt.Sprintf("%.1500s… (%d bytes)", s, len(s)) }

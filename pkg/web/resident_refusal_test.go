package web

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

// raw sends the bytes of a request as they are and reads the answer. PORT stands for the service's port.
func (h *harness) raw(t *testing.T, request string) *answer {
	t.Helper()
	conn, err := net.Dial("tcp4", "127.0.0.1:"+h.web.Site.Port)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second)) // a closed connection fails below
	request = strings.ReplaceAll(strings.ReplaceAll(request, "PORT", h.web.Site.Port), "\n", "\r\n")
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return &answer{response, string(body)}
}

func TestHosts(t *testing.T) {
	tests := []struct {
		name, head string
		trusted    bool
		status     int
		office     string // "": none
	}{
		{"known", "Host: osielsko.localhost:PORT", false, 200, "Osielsko"},
		{"upper case", "Host: OsielSKO.LOCALHOST:PORT", false, 200, "Osielsko"},
		{"trailing dot", "Host: osielsko.localhost.:PORT", false, 200, "Osielsko"},
		{"unknown", "Host: nieznany.localhost:PORT", false, 421, ""},
		{"the base domain", "Host: localhost:PORT", false, 421, ""},
		{"a label below", "Host: x.osielsko.localhost:PORT", false, 421, ""},
		{"another domain", "Host: osielsko.example.com", false, 421, ""},
		{"ending alike", "Host: osielskolocalhost:PORT", false, 421, ""},
		{"another port", "Host: osielsko.localhost:1", false, 421, ""},
		{"two trailing dots", "Host: osielsko.localhost..:PORT", false, 421, ""},
		{"an address", "Host: 127.0.0.1:PORT", false, 421, ""},
		{"empty", "Host: ", false, 400, ""},
		{"none", "X-Nothing: 1", false, 400, ""},
		{"twice the same", "Host: osielsko.localhost:PORT\nHost: osielsko.localhost:PORT", false, 400, ""},
		{"two", "Host: osielsko.localhost:PORT\nHost: dobrcz.localhost:PORT", false, 400, ""},
		{"two in another case", "Host: osielsko.localhost:PORT\nhOST: dobrcz.localhost:PORT", false, 400, ""},
		{"forwarded by a stranger", "Host: osielsko.localhost:PORT\nX-Forwarded-Host: dobrcz.localhost:PORT", false, 200, "Osielsko"},
		{"forwarded by a proxy of ours", "Host: inside\nX-Forwarded-Host: dobrcz.localhost:PORT", true, 200, "Dobrcz"},
	}
	plain, trusting := start(t), start(t, loopback)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := plain
			if tt.trusted {
				h = trusting
			}
			got := h.raw(t, "GET / HTTP/1.1\n"+tt.head+"\nConnection: close\n\n")
			if got.StatusCode != tt.status {
				t.Errorf("status = %d, want %d", got.StatusCode, tt.status)
			}
			for _, office := range []string{"Osielsko", "Dobrcz"} {
				if has := strings.Contains(got.body, office); has != (office == tt.office) {
					t.Errorf("the page names %s: %t", office, has)
				}
			}
			if tt.status == 421 && len(got.body) > 40 || tt.status != 200 && (strings.Contains(strings.ToLower(fmt.Sprint(got.Header)+got.body), "ocen") || strings.Contains(got.body, "Connection")) {
				t.Errorf("421 says who we are: %v %q", got.Header, got.body)
			}
		})
	}
}

func TestAbsoluteURIChangesNothing(t *testing.T) {
	h := start(t)
	got := h.raw(t, "GET http://dobrcz.localhost:PORT/ HTTP/1.1\nHost: osielsko.localhost:PORT\nConnection: close\n\n")
	if strings.Contains(got.body, "Dobrcz") {
		t.Errorf("an absolute URI chose another office: %d", got.StatusCode)
	}
}

func TestBadRequests(t *testing.T) {
	h := startEvery(t)
	big := url.Values{"remarks": {strings.Repeat("a", 65<<10)}}.Encode()
	form := "Content-Type: application/x-www-form-urlencoded\n"
	host := "Host: wszystko.localhost:PORT\nConnection: close\n"
	tests := []struct {
		name, request string
		status        int
		says          string
	}{
		{"too big", fmt.Sprintf("POST / HTTP/1.1\n%s%sContent-Length: %d\n\n%s", host, form, len(big), big), 413, "Prosimy skrócić"},
		{"said to be too big", fmt.Sprintf("POST / HTTP/1.1\n%s%sContent-Length: 99999999\n\n", host, form), 413, "Prosimy skrócić"},
		{"from another site", "POST / HTTP/1.1\n" + host + form + "Sec-Fetch-Site: same-site\nContent-Length: 0\n\n", 403, "z innej strony"},
		{"from another origin", "POST / HTTP/1.1\n" + host + form + "Origin: http://osielsko.localhost:PORT\nContent-Length: 0\n\n", 403, "z innej strony"},
		{"compressed", "POST / HTTP/1.1\n" + host + form + "Content-Encoding: gzip\nContent-Length: 0\n\n", 415, "skompresowanych"},
		{"no such page", "GET /nie-ma HTTP/1.1\n" + host + "\n", 404, "Nie ma takiej strony"},
		{"a trailing slash", "GET /prywatnosc/ HTTP/1.1\n" + host + "\n", 404, "Nie ma takiej strony"},
		{"no such method", "DELETE / HTTP/1.1\n" + host + "\n", 404, "Nie ma takiej strony"},
		{"no form", "POST / HTTP/1.1\n" + host + "Content-Type: application/json\nContent-Length: 2\n\n{}", 415, "tylko formularze z tej strony"},
		{"indexed keys", "POST / HTTP/1.1\n" + host + form + "Content-Length: 22\n\nmatter[99999999999]=ta", 422, "Do poprawy"},
		{"not UTF-8", "POST / HTTP/1.1\n" + host + form + "Content-Length: 19\n\nremarks=%ff%fe%00ab", 422, "Do poprawy"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := h.raw(t, tt.request)
			if got.StatusCode != tt.status || !strings.Contains(got.body, tt.says) {
				t.Errorf("status = %d, want %d with %q: %.300s", got.StatusCode, tt.status, tt.says, got.body)
			}
			for _, leak := range []string{"pq:", "SELECT", ".go:", "goroutine", "runtime", "fasthttp"} {
				if strings.Contains(got.body, leak) {
					t.Errorf("the page tells %q", leak)
				}
			}
		})
	}
	if n := h.count(`SELECT count(*) FROM submissions`); n != 0 {
		t.Errorf("%d stored, want none", n)
	}
}

func TestPagesKeepNothingOfThePerson(t *testing.T) {
	h := startEvery(t, loopback)
	const agent, secret, proxied = "Przegladarka/7.7", "tajny-parametr", "203.0.113.77"
	ask := func(path string, values url.Values) *answer {
		r := h.request("wszystko", path, values)
		r.Header.Set("User-Agent", agent)
		r.Header.Set("Referer", "http://szukaj.example/?"+secret)
		r.Header.Set("X-Forwarded-For", proxied)
		return h.do(r)
	}
	answers := []*answer{
		ask("/?p=okienko&q="+secret, nil), ask("/dziekujemy?"+secret, nil), ask("/prywatnosc", nil), ask("/deklaracja-dostepnosci", nil), ask("/robots.txt", nil),
		ask("/nie-ma/"+secret, nil), ask("/urzad.css", nil), ask("/", url.Values{"x": {secret}}), ask("/", merge(h.form("wszystko", "/", valid()), url.Values{"remarks": {secret}})),
	}
	for _, a := range answers {
		if cookie := a.Header.Values("Set-Cookie"); len(cookie) > 0 {
			t.Errorf("%s %d sets a cookie: %q", a.Request.URL.Path, a.StatusCode, cookie)
		}
	}
	log := h.log.String()
	for _, private := range []string{agent, secret, proxied, "127.0.0.1", "szukaj.example", "nie-ma"} {
		if strings.Contains(log, private) {
			t.Errorf("the log tells %q", private)
		}
	}
	if !strings.Contains(log, `"route":"/"`) || !strings.Contains(log, `"tenant":"wszystko"`) {
		t.Errorf("the log lacks what it should tell: %s", log)
	}
	if keys := h.redis.Keys(); strings.Contains(strings.Join(keys, " "), proxied) {
		t.Errorf("Redis knows the address: %q", keys)
	}
}

func TestAddressForLimits(t *testing.T) {
	h := start(t, func(o *Options) {
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}
	})
	send := func(forwarded string) int {
		r := h.request("osielsko", "/", url.Values{"_key": {newKey()}, "overall": {"5"}})
		r.Header.Set("X-Forwarded-For", forwarded)
		return h.do(r).StatusCode
	}
	for range limitSurvey.Burst {
		if got := send("203.0.113.1"); got != http.StatusSeeOther {
			t.Fatal(got)
		}
	}
	tests := []struct {
		name, forwarded string
		want            int
	}{
		{"the same", "203.0.113.1", 429},
		{"made up before it", "198.51.100.9, 203.0.113.1", 429},
		{"through two proxies", "203.0.113.1, 10.1.2.3", 429},
		{"in IPv6 form", "::ffff:203.0.113.1", 429},
		{"another", "203.0.113.2", 303},
	}
	for _, tt := range tests {
		if got := send(tt.forwarded); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestHeadersOfPages(t *testing.T) {
	h := start(t)
	for _, path := range []string{"/", "/dziekujemy", "/prywatnosc", "/deklaracja-dostepnosci", "/nie-ma"} {
		got := h.get("osielsko", path)
		csp := got.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: CSP %q", path, csp)
		}
		if got.Header.Get("X-Content-Type-Options") != "nosniff" || got.Header.Get("Referrer-Policy") == "" || got.Header.Get("Server") != "" {
			t.Errorf("%s: headers %v", path, got.Header)
		}
		r := h.request("osielsko", path, nil)
		r.Method = http.MethodHead
		if head := h.do(r); head.StatusCode != got.StatusCode || head.body != "" {
			t.Errorf("HEAD %s = %d with %d bytes, want %d and none", path, head.StatusCode, len(head.body), got.StatusCode)
		}
	}
}

// weight returns how many bytes an address costs a browser that takes gzip.
func (h *harness) weight(slug, path string) int {
	h.t.Helper()
	r := h.request(slug, path, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	got := h.do(r)
	if got.StatusCode != http.StatusOK {
		h.t.Fatalf("GET %s = %d", path, got.StatusCode)
	}
	if got.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(strings.NewReader(got.body))
		if err != nil {
			h.t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, z); err != nil {
			h.t.Fatal(err)
		}
	}
	return len(got.body)
}

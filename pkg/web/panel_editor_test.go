package web

import (
	"context"
	"net/url"
	"strconv"

	"ocenaurzedu.eu/pkg/store"
)

// draft reads the draft of an office.
func (h *harness) draft(slug string) *store.Draft {
	h.t.Helper()
	d, err := h.scope(slug).Draft(context.Background())
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

// edit sends a form of the editor with the draft's revision.
func (p *person) edit(path string, values url.Values) *answer {
	p.t.Helper()
	if !values.Has("revision") {
		values.Set("revision", strconv.Itoa(p.draft(p.slug).Revision))
	}
	return p.post(path, values)
}

// live sends a form of the editor as its script does: the answer is the page.
func (p *person) live(path string, values url.Values) *answer {
	p.t.Helper()
	values.Set("_csrf", p.csrf())
	values.Set("_live", "1")
	if !values.Has("revision") {
		values.Set("revision", strconv.Itoa(p.draft(p.slug).Revision))
	}
	r := p.request(p.slug, path, values)
	r.AddCookie(p.cookie)
	r.Header.Set(headerEditor, "1")
	return p.do(r)
}

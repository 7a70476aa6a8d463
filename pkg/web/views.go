package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/templates"
)

// page is what every page carries; each page's own struct embeds it. Templates reach its fields as their own.
type page struct {
	Tenant  *survey.Tenant
	Office  survey.Office
	Address string // of the office's host, without a path
	speech         // Polish in the panel
	Demo    bool   // the data are samples
	Login   string // who is logged in; "" on residents' pages
	Name    string
	Role    string
	CSRF    string // token for the forms of the panel
	County  bool   // the office is a county's own
	Nav     []navItem
	Waiting int  // remarks of the office that wait for review
	Voice   bool // a resident's page: the office publishes actions
	Results bool // and results
	Preview bool // a resident's page in a frame of the panel: to be looked at, not to be sent
}

// navItem is a link of the panel's navigation.
type navItem struct {
	Path, Label string
	Current     bool
	Count       int // what waits there
}

// page returns what every page of a request carries.
func (s *Server) page(c *fiber.Ctx) page {
	t := tenantOf(c)
	p := page{Tenant: t, Office: t.Office, Address: s.Site.Address(t.Slug), speech: speech{Lang: survey.Polish}, Demo: s.Demo || t.Office.Sample,
		County: s.directory.Load().county(t) != nil}
	if !strings.HasPrefix(c.Path(), "/panel") {
		p.speech = s.residentSpeech(c)
		p.Voice, p.Results = s.publishes(c)
	}
	if session := sessionOf(c); session != nil {
		p.Login, p.Name, p.Role, p.CSRF = session.Login, session.Name, string(session.Role), session.csrf()
		if session.Stage == store.SessionFull {
			p.Nav, p.Waiting = s.nav(session.Session, p.County, c.Path()), session.Waiting
		}
	}
	return p
}

// nav links the pages of the panel that the role may open, as the table of routes says.
func (s *Server) nav(who *store.Session, county bool, path string) []navItem {
	role := who.Role
	labels := []navItem{
		{Path: "/panel", Label: "Start"}, {Path: panelResultsPath, Label: "Wyniki"}, {Path: "/panel/raporty", Label: "Raporty"}, {Path: actionsPath, Label: "Działania"},
		{Path: "/panel/wydruk", Label: "Wydruk"}, {Path: "/panel/ankiety-papierowe", Label: "Wprowadź ankietę"}, {Path: scansPath, Label: "Skanowanie"}, {Path: remarksPath, Label: "Uwagi", Count: who.Waiting},
		{Path: exportsPath, Label: "Dane"}, {Path: publicPath, Label: "Wyniki publiczne"},
		{Path: "/panel/urzad", Label: "Dane urzędu"}, {Path: "/panel/ankieta", Label: "Ankieta"},
		{Path: "/panel/baner", Label: "Baner"}, {Path: devicesPath, Label: "Urządzenia"},
	}
	if county {
		labels = append(labels, navItem{Path: "/panel/powiat", Label: "Powiat"})
	}
	var nav []navItem
	for _, item := range labels {
		open := slices.ContainsFunc(s.routes(), func(r Route) bool {
			return r.Method == fiber.MethodGet && r.Path == item.Path && slices.Contains(r.Audience.roles(), role)
		})
		if open && (item.Path != "/panel" || role != store.RoleAnalyst) { // an analyst's start is the county's page
			item.Current = path == item.Path || item.Path != "/panel" && strings.HasPrefix(path, item.Path+"/")
			nav = append(nav, item)
		}
	}
	return nav
}

// views are the templates: a directory an audience, each with a _layout.html and partials (_*.html) that its
// pages share. A page defines "title" and "main"; the layout draws them. Each is parsed when it is first drawn: most of
// them are the panel's, and a service that starts has residents to answer.
type views struct {
	texts *texts
	pages map[string]func() (*template.Template, error)
}

func newViews() (*views, error) {
	v := &views{pages: map[string]func() (*template.Template, error){}}
	texts, err := newTexts()
	if err != nil {
		return nil, err
	}
	v.texts = texts
	funcs, err := templateFuncs(texts)
	if err != nil {
		return nil, err
	}
	shared, _ := fs.Glob(templates.Files, "*/_*.html") // the pattern is well-formed
	pages, _ := fs.Glob(templates.Files, "*/*.html")
	for _, file := range pages {
		if strings.HasPrefix(path.Base(file), "_") {
			continue
		}
		files := []string{}
		for _, s := range shared {
			if path.Dir(s) == path.Dir(file) || !strings.HasSuffix(s, "/_layout.html") {
				files = append(files, s)
			}
		}
		v.pages[strings.TrimSuffix(file, ".html")] = sync.OnceValues(func() (*template.Template, error) {
			return template.New(path.Base(file)).Funcs(funcs).ParseFS(templates.Files, append(files, file)...)
		})
	}
	return v, nil
}

// Load is part of fiber.Views; templates are parsed by newViews.
func (v *views) Load() error { return nil }

// Render draws a page. It buffers nothing: Fiber hands it a buffer.
func (v *views) Render(w io.Writer, name string, data any, _ ...string) error {
	parsed := v.pages[name]
	if parsed == nil {
		return fmt.Errorf("no template %q", name)
	}
	t, err := parsed()
	if err != nil {
		return fmt.Errorf("template %q: %w", name, err)
	}
	return t.ExecuteTemplate(w, "layout", data)
}

// asset is a style, script or picture of ours. Its address carries a hash of its bytes, so that browsers may
// keep it for ever.
type asset struct {
	data []byte
	kind string
}

// assetAddress returns the address of an asset of templates/assets.
func assetAddress(name string) (string, error) {
	data, err := fs.ReadFile(templates.Files, "assets/"+name)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return "/assets/" + name + "?v=" + hex.EncodeToString(sum[:6]), nil
}

// showAsset serves a style, script or picture.
func (s *Server) showAsset(c *fiber.Ctx) error {
	a, ok := assetOf(c.Params("name"))
	if !ok {
		return survey.ErrNotFound
	}
	c.Set(fiber.HeaderContentType, a.kind)
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	return c.Send(a.data)
}

func assetOf(name string) (asset, bool) {
	kinds := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	kind, ok := kinds[path.Ext(name)]
	if !ok || strings.ContainsAny(name, "/\\") {
		return asset{}, false
	}
	data, err := fs.ReadFile(templates.Files, "assets/"+name)
	return asset{data, kind}, err == nil
}

package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
)

// reportsAPage is how many reports a page of the archive has, mostReportPages how far an address may turn them over.
const (
	reportsAPage    = 50
	mostReportPages = 1_000_000
)

// reportsPage lists the archived reports.
type reportsPage struct {
	page
	Reports  []store.ReportInfo
	N        int    // that the search finds
	Words    string // searched for
	Years    []int
	Year     int    // 0: all
	Scope    string // calosc, wybor; "": both
	At, Last int    // page
	Chosen   string // how many were chosen to compare, where that was not two
}

func (s *Server) showReports(c *fiber.Ctx) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	p := reportsPage{page: s.page(c), Words: strings.TrimSpace(c.Query("szukaj")), Scope: c.Query("zakres"), Chosen: c.Query("wybrano")}
	p.Year, _ = strconv.Atoi(c.Query("rok")) // anything else is all years
	p.At, _ = strconv.Atoi(c.Query("strona"))
	p.At = min(max(p.At, 1), mostReportPages)
	var err error
	if p.Years, err = scope.ReportYears(ctx); err != nil {
		return err
	}
	if !slices.Contains(p.Years, p.Year) {
		p.Year = 0
	}
	query := store.ReportQuery{Words: p.Words, Year: p.Year, Limit: reportsAPage, Offset: (p.At - 1) * reportsAPage}
	switch complete := p.Scope == "calosc"; p.Scope {
	case "calosc", "wybor":
		query.Complete = &complete
	default:
		p.Scope = ""
	}
	if p.Reports, p.N, err = scope.FindReports(ctx, query); err != nil {
		return err
	}
	if len(p.Reports) == 0 && p.At > 1 { // a page that there is no more
		return c.Redirect(p.Link(1), fiber.StatusSeeOther)
	}
	p.Last = max(1, (p.N+reportsAPage-1)/reportsAPage)
	for i := range p.Reports {
		p.Reports[i].GeneratedAt = p.Reports[i].GeneratedAt.In(s.Now().Location())
	}
	return c.Render("panel/reports", p)
}

// Searched reports whether anything is left out.
func (p reportsPage) Searched() bool { return p.Words != "" || p.Year != 0 || p.Scope != "" }

// Link is the address of a page of the same search.
func (p reportsPage) Link(at int) string {
	query := url.Values{}
	for name, value := range map[string]string{"szukaj": p.Words, "zakres": p.Scope, "rok": strconv.Itoa(p.Year), "strona": strconv.Itoa(at)} {
		if value != "" && value != "0" && !(name == "strona" && at == 1) {
			query.Set(name, value)
		}
	}
	if len(query) == 0 {
		return "/panel/raporty"
	}
	return "/panel/raporty?" + query.Encode()
}

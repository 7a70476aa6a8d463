package web

import (
	"context"
	"net/netip"
	"strings"
	"sync/atomic"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// directory is all offices in memory: one look-up turns a host's label into a tenant.
type directory struct {
	bySlug     map[string]*seat
	byCounty   map[int64][]*survey.Tenant // without the county's own office, in the order of ids
	counties   map[int64]*survey.County
	generation int64
}

// seat is an office's place in a directory.
type seat struct {
	tenant *survey.Tenant
	form   atomic.Pointer[drawnForm] // its form in Polish at no service point, once that was seen to be so under this directory; see front
}

// tenant returns the tenant with a slug, or nil.
func (d *directory) tenant(slug string) *survey.Tenant {
	if at := d.bySlug[slug]; at != nil {
		return at.tenant
	}
	return nil
}

// newDirectory keeps the records of the last directory that are still as they were: forms drawn of them stay good.
func newDirectory(d *store.Directory, last *directory) *directory {
	n := &directory{bySlug: make(map[string]*seat, len(d.Tenants)), byCounty: map[int64][]*survey.Tenant{}, counties: map[int64]*survey.County{}}
	for i := range d.Counties {
		n.counties[d.Counties[i].ID] = &d.Counties[i]
	}
	for _, own := range d.Tenants {
		t := &own
		if known := last.tenant(t.Slug); known != nil && *known == *t {
			t = known
		}
		n.bySlug[t.Slug] = &seat{tenant: t}
		if county := n.counties[t.CountyID]; county != nil && county.Slug != t.Slug {
			n.byCounty[t.CountyID] = append(n.byCounty[t.CountyID], t)
		}
	}
	return n
}

// county returns the county whose own office the tenant is, or nil.
func (d *directory) county(t *survey.Tenant) *survey.County {
	if county := d.counties[t.CountyID]; county != nil && county.TenantID == t.ID {
		return county
	}
	return nil
}

// reload reads the directory anew and lets published versions be read anew.
func (s *Server) reload(ctx context.Context) error {
	read, err := s.Store.Directory(ctx)
	if err != nil {
		return err
	}
	last := s.directory.Load()
	next := newDirectory(read, last)
	next.generation = last.generation + 1
	s.directory.Store(next)
	return nil
}

// resolveTenant turns the Host header into a tenant: lower case, without one trailing dot and the configured
// port, an exact label under the base domain. Everything else is 421, and says nothing about us.
func (s *Server) resolveTenant(c *fiber.Ctx) error {
	host := string(c.Request().Header.Host())
	if forwarded := c.Get(fiber.HeaderXForwardedHost); forwarded != "" && s.trusts(peer(c)) {
		host = forwarded
	}
	tenant := s.directory.Load().tenant(s.label(host))
	if tenant == nil {
		return c.Status(fiber.StatusMisdirectedRequest).SendString("Prosimy sprawdzić adres.\n")
	}
	c.Locals(localTenant, tenant)
	return c.Next()
}

// label returns the subdomain's label of a host, or "" for a host that is none of ours.
func (s *Server) label(host string) string {
	host = strings.ToLower(host)
	if name, port, ok := strings.Cut(host, ":"); ok {
		if !s.Site.hasPort(port) {
			return ""
		}
		host = name
	}
	label, ok := strings.CutSuffix(strings.TrimSuffix(host, "."), "."+s.Site.BaseDomain)
	if !ok {
		return ""
	}
	return label
}

// Keys of what a request carries along.
const (
	localTenant  = "tenant"
	localSession = "session"
)

// tenantOf returns the request's tenant.
func tenantOf(c *fiber.Ctx) *survey.Tenant {
	t, _ := c.Locals(localTenant).(*survey.Tenant) // nil before resolveTenant
	return t
}

// scopeOf returns the scope of the request's tenant.
func (s *Server) scopeOf(c *fiber.Ctx) *store.Scope { return s.Store.Scope(tenantOf(c).ID) }

// peer returns the address of the other end of the connection.
func peer(c *fiber.Ctx) netip.Addr {
	addr, _ := netip.AddrFromSlice(c.Context().RemoteIP()) // the zero Addr is trusted by nobody
	return addr.Unmap()
}

func (s *Server) trusts(addr netip.Addr) bool {
	for _, p := range s.TrustedProxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// address returns the resident's address for limits: the peer, or what trusted proxies say, read from the
// right up to the first one that is not trusted. It is never stored or logged.
func (s *Server) address(c *fiber.Ctx) netip.Addr {
	addr := peer(c)
	hops := strings.Split(c.Get(fiber.HeaderXForwardedFor), ",")
	for i := len(hops) - 1; i >= 0 && s.trusts(addr); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap()
	}
	return addr
}

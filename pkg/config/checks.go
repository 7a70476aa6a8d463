package config

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Each type below is one kind of setting; its UnmarshalText is the check. What goes wrong is told without
// the value, which may hold a password.

// Environment says what the service runs for.
type Environment string

// The environments.
const (
	Production Environment = "production"
	Test       Environment = "test"
	Demo       Environment = "demo"
)

// UnmarshalText takes the three environments.
func (e *Environment) UnmarshalText(text []byte) error {
	switch *e = Environment(text); *e {
	case Production, Test, Demo:
		return nil
	}
	return errors.New("want production, test or demo")
}

// Address is host:port to listen on; no host means all addresses.
type Address string

// UnmarshalText takes host:port.
func (a *Address) UnmarshalText(text []byte) error {
	_, port, err := net.SplitHostPort(string(text))
	if err != nil || !isPort(port, 0) {
		return errors.New("want host:port or :port, such as :8080")
	}
	*a = Address(text)
	return nil
}

// Loopback is host:port to listen on, reached from this machine only.
type Loopback string

// UnmarshalText takes host:port with a loopback host.
func (l *Loopback) UnmarshalText(text []byte) error {
	host, port, err := net.SplitHostPort(string(text))
	if err != nil || !isPort(port, 0) {
		return errors.New("want host:port, such as 127.0.0.1:9090")
	}
	if addr, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !addr.Unmap().IsLoopback()) {
		return errors.New("the host must be a loopback address (127.0.0.1, ::1, localhost): metrics are not public")
	}
	*l = Loopback(text)
	return nil
}

func isPort(s string, least int) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= least && n <= 65535 && s == strconv.Itoa(n)
}

// Domain is a domain name in lower case without a dot at its end.
type Domain string

var domainPattern = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// UnmarshalText takes a domain name.
func (d *Domain) UnmarshalText(text []byte) error {
	if _, err := netip.ParseAddr(string(text)); err == nil || len(text) > 180 || !domainPattern.Match(text) {
		return errors.New("want a domain name in lower case, such as ocenaurzedu.eu, without scheme, port and slash")
	}
	*d = Domain(text)
	return nil
}

// Local reports whether the domain is this machine's by its name (RFC 6761, 6.3).
func (d Domain) Local() bool { return d == "localhost" || strings.HasSuffix(string(d), ".localhost") }

// Postgres is the address of a database. Printed, it shows no password.
type Postgres string

// UnmarshalText takes postgres:// with a host, a login and a database.
func (p *Postgres) UnmarshalText(text []byte) error {
	u, err := url.Parse(string(text))
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || u.User.Username() == "" || len(u.Path) < 2 ||
		u.Host == "" && u.Query().Get("host") == "" {
		return errors.New("want postgres://login:password@host:port/database")
	}
	*p = Postgres(text)
	return nil
}

// String hides the password.
func (p Postgres) String() string { return redacted(string(p)) }

// redisPath is the number of a database, or none.
var redisPath = regexp.MustCompile(`^(/\d{0,4})?$`)

// Redis is the address of a Redis. Printed, it shows no password.
type Redis string

// UnmarshalText takes redis://, rediss:// and unix://.
func (r *Redis) UnmarshalText(text []byte) error {
	u, err := url.Parse(string(text))
	switch {
	case err != nil:
	case u.Scheme == "unix" && u.Path != "",
		(u.Scheme == "redis" || u.Scheme == "rediss") && u.Hostname() != "" && redisPath.MatchString(u.Path):
		*r = Redis(text)
		return nil
	}
	return errors.New("want redis://host:port/number, rediss://… or unix:///path")
}

// String hides the password.
func (r Redis) String() string { return redacted(string(r)) }

// SMTP is the address of a mail server. Printed, it shows no password.
type SMTP string

// UnmarshalText takes smtp:// and smtps://.
func (s *SMTP) UnmarshalText(text []byte) error {
	u, err := url.Parse(string(text))
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" {
		return errors.New("want smtp://login:password@host:port or smtps://…")
	}
	*s = SMTP(text)
	return nil
}

// String hides the password.
func (s SMTP) String() string { return redacted(string(s)) }

func redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if q := u.Query(); q.Has("password") { // lib/pq and go-redis take it from there too
		q.Set("password", "xxxxx")
		u.RawQuery = q.Encode()
	}
	return u.Redacted()
}

// Proxies are networks whose word about a request's origin is believed.
type Proxies []netip.Prefix

// UnmarshalText takes addresses and networks with commas between.
func (p *Proxies) UnmarshalText(text []byte) error {
	for item := range strings.SplitSeq(string(text), ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(item)
		if addr, addrErr := netip.ParseAddr(item); err != nil && addrErr == nil {
			addr = addr.Unmap().WithZone("")
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			return errors.New("want addresses or networks with commas between, such as 10.0.0.0/8,192.0.2.7")
		}
		if prefix.Bits() == 0 {
			return errors.New("a network of all addresses would let everybody choose their own address")
		}
		*p = append(*p, prefix.Masked())
	}
	return nil
}

// Scheme is http or https; "" leaves it to the base domain.
type Scheme string

// UnmarshalText takes http and https.
func (s *Scheme) UnmarshalText(text []byte) error {
	switch *s = Scheme(text); *s {
	case "http", "https":
		return nil
	}
	return errors.New("want http or https")
}

// Port is a port in links; "" leaves it to the scheme.
type Port string

// UnmarshalText takes 1 to 65535.
func (p *Port) UnmarshalText(text []byte) error {
	if !isPort(string(text), 1) {
		return errors.New("want a number from 1 to 65535")
	}
	*p = Port(text)
	return nil
}

// Zone is a time zone.
type Zone struct{ *time.Location }

// UnmarshalText takes a name of the time zone database.
func (z *Zone) UnmarshalText(text []byte) error {
	location, err := time.LoadLocation(string(text))
	if err != nil || string(text) == "Local" {
		return errors.New("want a name of the time zone database, such as Europe/Warsaw")
	}
	z.Location = location
	return nil
}

// Moment is a moment; the zero one is none.
type Moment struct{ time.Time }

// UnmarshalText takes RFC 3339.
func (m *Moment) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.RFC3339, string(text))
	if err != nil {
		return errors.New("want a moment such as 2026-03-10T09:00:00+01:00 (RFC 3339)")
	}
	m.Time = t
	return nil
}

// Drain is how long the service says that it is going before it goes.
type Drain time.Duration

// UnmarshalText takes 0s to 10s: what is left of 25 s is for requests under way.
func (d *Drain) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil || parsed < 0 || parsed > 10*time.Second {
		return errors.New("want a duration from 0s to 10s")
	}
	*d = Drain(parsed)
	return nil
}

package config_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ocenaurzedu.eu/pkg/config"
)

// whole is an environment with all that serve needs.
func whole(pairs ...string) map[string]string {
	environ := map[string]string{
		"BASE_DOMAIN": "ocenaurzedu.eu", "DATABASE_URL": "postgres://service:tajne@db/ocena", "REDIS_URL": "redis://:tajne@redis:6379/0",
	}
	for i := 0; i < len(pairs); i += 2 {
		environ[pairs[i]] = pairs[i+1]
	}
	return environ
}

func TestDefaults(t *testing.T) {
	c, err := config.Load(whole("TIME_ZONE", ""), "BASE_DOMAIN", "DATABASE_URL", "REDIS_URL")
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%s %s %s %s %s %s", c.Env, c.ListenAddr, c.AdminAddr, c.Zone, c.LogLevel, time.Duration(c.DrainDelay))
	if want := "production :8080 127.0.0.1:9090 Europe/Warsaw INFO 3s"; got != want {
		t.Errorf("defaults %s, want %s", got, want)
	}
	if before, now, after := time.Now(), c.Clock()(), time.Now(); now.Before(before) || now.After(after) || now.Location().String() != "Europe/Warsaw" {
		t.Errorf("clock says %v, want the time in Warsaw", now)
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"APP_ENV", "prod", "want production"},
		{"LISTEN_ADDR", "8080", "want host:port"},
		{"LISTEN_ADDR", ":99999", "want host:port"},
		{"BASE_DOMAIN", "https://ocenaurzedu.eu", "want a domain name"},
		{"BASE_DOMAIN", "OcenaUrzedu.eu", "want a domain name"},
		{"BASE_DOMAIN", "ocenaurzedu.eu.", "want a domain name"},
		{"BASE_DOMAIN", "127.0.0.1", "want a domain name"},
		{"DATABASE_URL", "mysql://service:tajne@db/ocena", "want postgres://"},
		{"DATABASE_URL", "postgres://service:tajne@db", "want postgres://"},
		{"DATABASE_URL", "postgres://service:taj%zzne@db/ocena", "want postgres://"},
		{"DATABASE_OWNER_URL", "host=db password=tajne", "want postgres://"},
		{"REDIS_URL", "http://:tajne@redis", "want redis://"},
		{"REDIS_URL", "redis://:tajne@redis/ocena", "want redis://"},
		{"TRUSTED_PROXIES", "10.0.0.0/8,proxy", "want addresses"},
		{"TRUSTED_PROXIES", "0.0.0.0/0", "all addresses"},
		{"SMTP_URL", "mail.example:25", "want smtp://"},
		{"ADMIN_ADDR", ":9090", "loopback"},
		{"ADMIN_ADDR", "0.0.0.0:9090", "loopback"},
		{"PUBLIC_SCHEME", "ftp", "want http"},
		{"PUBLIC_SCHEME", "http", "localhost only"},
		{"PUBLIC_PORT", "0", "1 to 65535"},
		{"TIME_ZONE", "Warszawa", "time zone"},
		{"APP_FAKE_NOW", "2026-03-10", "RFC 3339"},
		{"APP_FAKE_NOW", "2026-03-10T09:00:00Z", "APP_ENV is production"},
		{"LOG_LEVEL", "loud", "want DEBUG"},
		{"DRAIN_DELAY", "1m", "0s to 10s"},
	}
	for _, tt := range tests {
		t.Run(tt.name+"="+tt.value, func(t *testing.T) {
			_, err := config.Load(whole(tt.name, tt.value))
			if err == nil || !strings.HasPrefix(err.Error(), "wrong settings: "+tt.name+": ") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Load with %s=%s: %v, want %q", tt.name, tt.value, err, tt.want)
			}
			if err != nil && (strings.Contains(err.Error(), "tajne") || strings.Contains(err.Error(), "taj%zzne")) {
				t.Errorf("the error shows a password: %v", err)
			}
		})
	}
}

// All that is wrong is told at once, in the order of the table.
func TestAllProblemsAtOnce(t *testing.T) {
	_, err := config.Load(map[string]string{"REDIS_URL": "x", "APP_ENV": "y", "LOG_LEVEL": "z"}, "BASE_DOMAIN", "DATABASE_URL", "REDIS_URL")
	want := "wrong settings: APP_ENV: want production, test or demo; BASE_DOMAIN: must be set; DATABASE_URL: must be set; " +
		"REDIS_URL: want redis://host:port/number, rediss://… or unix:///path; LOG_LEVEL: want DEBUG, INFO, WARN or ERROR"
	if err == nil || err.Error() != want {
		t.Errorf("Load: %v\nwant %s", err, want)
	}
}

func TestPublic(t *testing.T) {
	tests := []struct {
		name         string
		environ      map[string]string
		scheme, port string
	}{
		{"behind a proxy", whole(), "https", ""},
		{"localhost", whole("BASE_DOMAIN", "localhost"), "http", "8080"},
		{"below localhost", whole("BASE_DOMAIN", "demo.localhost", "LISTEN_ADDR", "127.0.0.1:8099"), "http", "8099"},
		{"localhost on port 80", whole("BASE_DOMAIN", "localhost", "LISTEN_ADDR", ":80"), "http", ""},
		{"localhost with TLS", whole("BASE_DOMAIN", "localhost", "PUBLIC_SCHEME", "https"), "https", ""},
		{"a name like localhost", whole("BASE_DOMAIN", "notlocalhost"), "https", ""},
		{"another port", whole("PUBLIC_PORT", "8443"), "https", "8443"},
		{"the scheme's own port", whole("PUBLIC_PORT", "443"), "https", ""},
		{"http in a test", whole("APP_ENV", "test", "PUBLIC_SCHEME", "http", "PUBLIC_PORT", "81"), "http", "81"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := config.Load(tt.environ)
			if err != nil {
				t.Fatal(err)
			}
			if scheme, port := c.Public(); scheme != tt.scheme || port != tt.port {
				t.Errorf("Public() = %q, %q; want %q, %q", scheme, port, tt.scheme, tt.port)
			}
		})
	}
}

// The clock of a test starts at the moment that is asked for, and does not stand still.
func TestFakeNow(t *testing.T) {
	for _, environment := range []string{"test", "demo"} {
		c, err := config.Load(whole("APP_ENV", environment, "APP_FAKE_NOW", "2026-03-28T23:30:00Z"))
		if err != nil {
			t.Fatal(err)
		}
		clock, start := c.Clock(), time.Date(2026, 3, 28, 23, 30, 0, 0, time.UTC)
		first := clock()
		if since := first.Sub(start); since < 0 || since > time.Minute {
			t.Errorf("the clock begins %v after APP_FAKE_NOW", since)
		}
		for !clock().After(first) { // ends, as the real clock goes on
		}
		if first.Day() != 29 {
			t.Errorf("in Warsaw it is the %dth, want the 29th", first.Day())
		}
	}
}

func TestProxies(t *testing.T) {
	c, err := config.Load(whole("TRUSTED_PROXIES", " 10.1.2.3/8, 192.0.2.7 ,2001:db8::1,"))
	if err != nil {
		t.Fatal(err)
	}
	want := config.Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("2001:db8::1/128")}
	if diff := cmp.Diff(want, c.Proxies, cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
		t.Errorf("proxies (-want +got):\n%s", diff)
	}
}

// Whatever prints a Config shows no password.
func TestPasswordsAreNotPrinted(t *testing.T) {
	c, err := config.Load(whole("SMTP_URL", "smtps://mail:tajne@mail.example", "DATABASE_OWNER_URL", "postgres://owner@db/ocena?password=tajne"))
	if err != nil {
		t.Fatal(err)
	}
	if printed := fmt.Sprintf("%v %+v %s", *c, *c, c.OwnerURL); strings.Contains(printed, "tajne") {
		t.Errorf("printed: %s", printed)
	}
}

// Every setting has a name, a meaning and its place in the environment.
func TestSettings(t *testing.T) {
	var names, lines []string
	for _, s := range config.Settings() {
		names = append(names, s.Name)
		lines = append(lines, s.Name+"=a=b")
		if s.Name == "" || s.Meaning == "" {
			t.Errorf("setting %+v lacks its name or meaning", s)
		}
	}
	environ := config.Environ(append(lines, "PATH=/bin"))
	if len(environ) != len(names) || environ["BASE_DOMAIN"] != "a=b" {
		t.Errorf("Environ = %v, want the settings %v", environ, names)
	}
	if !slices.Contains(names, "APP_FAKE_NOW") || len(slices.Compact(slices.Sorted(slices.Values(names)))) != len(names) {
		t.Errorf("settings %v", names)
	}
}

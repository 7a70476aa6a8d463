// Package config reads the service's settings from the environment. Each has its default, its meaning and its
// check beside it; whatever is wrong is told at once and in one line, and never with a password in it.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Config is all settings. A setting that is not given and has no default is its zero value.
type Config struct {
	Env         Environment `env:"APP_ENV" envDefault:"production" doc:"production, test or demo; pages of a demo say that their data are samples"`
	ListenAddr  Address     `env:"LISTEN_ADDR" envDefault:":8080" doc:"host:port of the public listener; TLS ends at the reverse proxy before it"`
	BaseDomain  Domain      `env:"BASE_DOMAIN" doc:"domain whose subdomains are the offices: ocenaurzedu.eu serves osielsko.ocenaurzedu.eu"`
	DatabaseURL Postgres    `env:"DATABASE_URL" doc:"postgres:// address with the service's login, which owns nothing and takes on the schema's roles"`
	OwnerURL    Postgres    `env:"DATABASE_OWNER_URL" doc:"postgres:// address with the owner's login; only migrate needs it"`
	RedisURL    Redis       `env:"REDIS_URL" doc:"redis://, rediss:// or unix:// address of the Redis that counts for limits"`
	Proxies     Proxies     `env:"TRUSTED_PROXIES" doc:"addresses and networks, with commas between, whose X-Forwarded-For and X-Forwarded-Host are believed"`
	SMTPURL     SMTP        `env:"SMTP_URL" doc:"smtp:// or smtps:// address for outgoing mail; ?from= sets the sender; without it mail is only listed in the panel"`
	AdminAddr   Loopback    `env:"ADMIN_ADDR" envDefault:"127.0.0.1:9090" doc:"host:port for /metrics, /healthz and /readyz; the host must be a loopback address"`
	Scheme      Scheme      `env:"PUBLIC_SCHEME" doc:"http or https in links; by default https, and http where BASE_DOMAIN is localhost or ends in .localhost"`
	Port        Port        `env:"PUBLIC_PORT" doc:"port in links; by default the scheme's own, and LISTEN_ADDR's with http on localhost"`
	Zone        Zone        `env:"TIME_ZONE" envDefault:"Europe/Warsaw" doc:"time zone of the offices: it decides when a day begins"`
	FakeNow     Moment      `env:"APP_FAKE_NOW" doc:"moment (RFC 3339) from which the clock starts and goes on; for tests and the demo, refused in production"`
	LogLevel    slog.Level  `env:"LOG_LEVEL" envDefault:"INFO" doc:"least level of a line of the log: DEBUG, INFO, WARN or ERROR"`
	ExportDir   string      `env:"EXPORT_DIR" doc:"directory in which files of exports lie for a day; by default one in the system's temporary directory; replicas share one, or keep a person to one replica"`
	ScanCache   string      `env:"SCAN_CACHE_DIR" doc:"directory in which the processes that read scans keep compiled code, 21 MB; by default the user's cache directory; without one, each waits some seconds for its first PDF"`
	DrainDelay  Drain       `env:"DRAIN_DELAY" envDefault:"3s" doc:"how long (0s to 10s) /readyz says 503 before the service stops taking connections"`
}

// Error lists all settings that are wrong.
type Error struct {
	Problems []string // "NAME: what is wrong", in the order of the table
}

func (e *Error) Error() string { return "wrong settings: " + strings.Join(e.Problems, "; ") }

// Load reads settings from an environment. The names in required must be given; an *Error lists all that is
// missing or wrong.
func Load(environ map[string]string, required ...string) (*Config, error) {
	var c Config
	problems := map[string]string{} // by name
	if err := env.ParseWithOptions(&c, env.Options{Environment: environ}); err != nil {
		if err := collect(err, problems); err != nil {
			return nil, err
		}
	}
	for _, name := range required {
		if environ[name] == "" && problems[name] == "" {
			problems[name] = "must be set"
		}
	}
	c.checkTogether(problems)
	if len(problems) == 0 {
		return &c, nil
	}
	var bad Error
	for _, s := range Settings() {
		if problem := problems[s.Name]; problem != "" {
			bad.Problems = append(bad.Problems, s.Name+": "+problem)
		}
	}
	return nil, &bad
}

// collect notes what the parser found, by the names of settings. An error of another kind is the program's.
func collect(err error, problems map[string]string) error {
	var all env.AggregateError
	if !errors.As(err, &all) {
		return fmt.Errorf("settings: %w", err)
	}
	for _, one := range all.Errors {
		var parse env.ParseError
		if !errors.As(one, &parse) {
			return fmt.Errorf("settings: %w", one)
		}
		field, ok := reflect.TypeFor[Config]().FieldByName(parse.Name)
		if !ok {
			return fmt.Errorf("settings: %w", one)
		}
		problems[field.Tag.Get("env")] = problemOf(parse)
	}
	return nil
}

// problemOf tells what is wrong with one value. Our own checks never show the value; the level's does, and
// a level is no secret.
func problemOf(parse env.ParseError) string {
	if parse.Type == reflect.TypeFor[slog.Level]() {
		return "want DEBUG, INFO, WARN or ERROR"
	}
	return parse.Err.Error()
}

// checkTogether checks what two settings say together.
func (c *Config) checkTogether(problems map[string]string) {
	if !c.FakeNow.IsZero() && c.Env == Production {
		problems["APP_FAKE_NOW"] = "is for tests and the demo; APP_ENV is production"
	}
	if c.Scheme == "http" && c.Env == Production && c.BaseDomain != "" && !c.BaseDomain.Local() {
		problems["PUBLIC_SCHEME"] = "http in production would send passwords and sessions unprotected; it is for localhost only"
	}
}

// Public returns the scheme and the port that links carry; port "" is the scheme's own.
func (c *Config) Public() (scheme, port string) {
	scheme, port = string(c.Scheme), string(c.Port)
	if scheme == "" {
		scheme = "https"
		if c.BaseDomain.Local() {
			scheme = "http"
		}
	}
	if port == "" && scheme == "http" && c.BaseDomain.Local() {
		_, port, _ = net.SplitHostPort(string(c.ListenAddr)) // was checked
	}
	if scheme == "http" && port == "80" || scheme == "https" && port == "443" {
		port = ""
	}
	return scheme, port
}

// Clock returns the clock, in the offices' time zone. With APP_FAKE_NOW it goes on from that moment.
func (c *Config) Clock() func() time.Time {
	zone := c.Zone.Location
	if c.FakeNow.IsZero() {
		return func() time.Time { return time.Now().In(zone) }
	}
	fake, start := c.FakeNow.In(zone), time.Now()
	return func() time.Time { return fake.Add(time.Since(start)) }
}

// Setting is one line of the table of settings.
type Setting struct {
	Name    string `json:"name"`
	Default string `json:"default"` // "": none
	Meaning string `json:"meaning"`
}

// Settings lists all settings.
func Settings() []Setting {
	t := reflect.TypeFor[Config]()
	settings := make([]Setting, t.NumField())
	for i := range settings {
		tag := t.Field(i).Tag
		settings[i] = Setting{tag.Get("env"), tag.Get("envDefault"), tag.Get("doc")}
	}
	return settings
}

// Environ turns os.Environ's lines into what Load reads, as far as they are settings.
func Environ(lines []string) map[string]string {
	environ := map[string]string{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		if slices.ContainsFunc(Settings(), func(s Setting) bool { return s.Name == name }) {
			environ[name] = value
		}
	}
	return environ
}

package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"ocenaurzedu.eu/migrations"
	"ocenaurzedu.eu/pkg/embedded"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

//go:embed questionnaire.yaml kinds.yaml
var files embed.FS

const (
	database   = "ocena"
	login      = "ocena_service"
	baseDomain = "ocena.example"
)

// stage is the servers that a measurement needs: Postgres as in production, with every default of durability, and a
// real Redis.
type stage struct {
	dir           string
	postgres      *embedded.Postgres
	redis         *embedded.RedisServer
	questionnaire *survey.Questionnaire
	tenants       []office
}

// office is a tenant of the stage.
type office struct {
	id      int64
	version int64
	host    string
}

// newStage starts the servers and adds the offices.
func newStage(b *bench) (*stage, error) {
	began := time.Now()
	dir, err := os.MkdirTemp("", "ocenaurzedu-bench-")
	if err != nil {
		return nil, err
	}
	s := &stage{dir: dir}
	if err := s.open(b.ctx, b.Tenants); err != nil {
		return nil, errors.Join(err, s.close())
	}
	fmt.Printf("%d offices in %.1f s\n", len(s.tenants), time.Since(began).Seconds())
	return s, nil
}

func (s *stage) open(ctx context.Context, tenants int) (err error) {
	content, _ := files.ReadFile("questionnaire.yaml") // embedded
	if s.questionnaire, err = survey.ParseQuestionnaire("questionnaire.yaml", content); err != nil {
		return err
	}
	s.postgres, err = embedded.StartPostgres(ctx, embedded.PostgresOptions{Dir: filepath.Join(s.dir, "postgres"), Fresh: true})
	if err != nil {
		return err
	}
	if s.redis, err = embedded.StartRedisServer(ctx, nil); err != nil {
		return err
	}
	if err := s.exec("postgres", `CREATE DATABASE `+database); err != nil {
		return err
	}
	if _, err := store.Migrate(ctx, s.postgres.OwnerURL(database), s.url(), migrations.Files); err != nil {
		return err
	}
	if err := s.addTenants(ctx, tenants); err != nil {
		return err
	}
	return s.exec(database, `VACUUM ANALYZE; CHECKPOINT`)
}

func (s *stage) url() string { return s.postgres.URL(login, database) }

// close stops the servers and deletes what they kept.
func (s *stage) close() error {
	var errs []error
	if s.postgres != nil {
		errs = append(errs, s.postgres.StopImmediate())
	}
	if s.redis != nil {
		errs = append(errs, s.redis.Stop())
	}
	return errors.Join(append(errs, os.RemoveAll(s.dir))...)
}

// addTenants adds the offices without waiting for the disk: nothing is measured yet.
func (s *stage) addTenants(ctx context.Context, n int) error {
	fast, err := url.Parse(s.url())
	if err != nil {
		return err
	}
	q := fast.Query()
	q.Set("synchronous_commit", "off")
	fast.RawQuery = q.Encode()
	db, err := store.Open(store.Options{URL: fast.String()})
	if err != nil {
		return err
	}
	defer db.Close()
	s.tenants = make([]office, n)
	errs := make([]error, 2)
	var all sync.WaitGroup
	for w := range errs {
		all.Go(func() {
			for i := w; i < n && errs[w] == nil; i += len(errs) {
				s.tenants[i], errs[w] = s.addTenant(ctx, db, i)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

func (s *stage) addTenant(ctx context.Context, db *store.Store, i int) (office, error) {
	slug := fmt.Sprintf("gmina-%04d", i)
	id, err := db.CreateTenant(ctx, store.NewTenant{
		Slug: slug, Population: 5000 + i, Questionnaire: s.questionnaire, Sheet: []byte(`{}`), At: time.Now(), Reason: "bench",
		Office: survey.Office{
			Name: fmt.Sprintf("Urząd Gminy Przykładowej nr %d", i), Street: "ul. Szkolna 1", PostalCode: "86-031", City: "Przykładowo",
			Email: "urzad@" + slug + ".example", DPO: "iod@" + slug + ".example", Website: "https://" + slug + ".example", Colour: "#17594a",
		},
	})
	if err != nil {
		return office{}, err
	}
	version, err := db.Scope(id).PublishedVersion(ctx)
	if err != nil {
		return office{}, err
	}
	return office{id, version.ID, slug + "." + baseDomain}, nil
}

// surveyLayout is where each answer of the stage's questionnaire stands.
func surveyLayout(s *stage) survey.Layout { return survey.NewLayout(s.questionnaire) }

// arrayLiteral writes codes as Postgres reads an array: {1,2,3}.
func arrayLiteral[T int16 | int64](codes []T) string {
	return "{" + strings.Trim(strings.ReplaceAll(fmt.Sprint(codes), " ", ","), "[]") + "}"
}

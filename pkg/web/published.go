package web

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// published is what a tenant's survey page is made of. It is another one whenever that changes.
type published struct {
	version    *survey.Version
	points     []store.ServicePoint
	actions    []store.PublicAction // that it publishes
	results    bool                 // it publishes some
	generation atomic.Int64         // of the directory when this was last seen to be so
}

// point returns the open service point with a code, or nil.
func (p *published) point(code string, day survey.Day) *store.ServicePoint {
	for i := range p.points {
		if p.points[i].Code == code && p.points[i].OpenOn(day) {
			return &p.points[i]
		}
	}
	return nil
}

// publishedCache keeps each tenant's published version, so that a survey can be drawn, and drawn again with
// everything a resident typed, while Postgres is away.
type publishedCache struct{ byTenant sync.Map }

// publishedOf returns the tenant's published survey, or survey.ErrNotFound if it has none. A stale one is
// better than none while the database is away.
func (s *Server) publishedOf(c *fiber.Ctx) (*published, error) {
	tenant, generation := tenantOf(c).ID, s.directory.Load().generation
	cached, _ := s.published.byTenant.Load(tenant)
	old, _ := cached.(*published)
	if old != nil && old.generation.Load() >= generation {
		return old, nil
	}
	fresh, err := s.readPublished(c.UserContext(), tenant, old)
	if errors.Is(err, survey.ErrUnavailable) && old != nil {
		return old, nil
	}
	if err != nil {
		return nil, err
	}
	fresh.generation.Store(generation)
	if fresh != old {
		s.published.byTenant.Store(tenant, fresh)
		s.versions.Store([2]int64{tenant, fresh.version.ID}, fresh.version)
	}
	return fresh, nil
}

// readPublished returns what the tenant has published: old itself, if that is still so.
func (s *Server) readPublished(ctx context.Context, tenant int64, old *published) (*published, error) {
	scope := s.Store.Scope(tenant)
	points, err := scope.ServicePoints(ctx)
	if err != nil {
		return nil, err
	}
	actions, err := scope.PublicActions(ctx)
	if err != nil {
		return nil, err
	}
	results, err := scope.ShowsResults(ctx)
	if err != nil {
		return nil, err
	}
	if old != nil {
		newest, err := scope.PublishedID(ctx)
		if err != nil {
			return nil, err
		}
		if newest == old.version.ID && reflect.DeepEqual(points, old.points) && reflect.DeepEqual(actions, old.actions) && results == old.results {
			return old, nil
		}
	}
	version, err := scope.PublishedVersion(ctx)
	if err != nil {
		return nil, err
	}
	if version, err = s.shared(version); err != nil {
		return nil, err
	}
	return &published{version: version, points: points, actions: actions, results: results}, nil
}

// shape is a questionnaire and its layout, which nobody changes.
type shape struct {
	questionnaire survey.Questionnaire
	layout        survey.Layout
}

// shared returns the version with the questionnaire that others of the same wording have: most offices ask what the
// platform ships, and thousands of copies of that would be most of the memory.
func (s *Server) shared(v *survey.Version) (*survey.Version, error) {
	own := &shape{v.Questionnaire, v.Layout}
	content, err := json.Marshal([]any{own.questionnaire, own.layout})
	if err != nil {
		return nil, err
	}
	kept, _ := s.shapes.LoadOrStore(sha256.Sum256(content), own)
	common := kept.(*shape)
	return &survey.Version{ID: v.ID, Number: v.Number, PublishedAt: v.PublishedAt, Questionnaire: common.questionnaire, Layout: common.layout}, nil
}

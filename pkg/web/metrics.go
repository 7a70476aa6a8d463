package web

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/gofiber/fiber/v2/middleware/pprof"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"ocenaurzedu.eu/pkg/store"
)

// metrics is what the operator's dashboards read. No label names a tenant or a person.
type metrics struct {
	registry    *prometheus.Registry
	requests    *prometheus.HistogramVec
	observers   sync.Map // of requests by requestLabels: looking them up there takes longer than counting
	submissions *prometheus.CounterVec
	limits      *prometheus.CounterVec
}

func newMetrics(s *store.Store) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "ocenaurzedu_request_seconds", Help: "Time taken by requests.", Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route", "status"}),
		submissions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ocenaurzedu_submissions_total", Help: "Submissions by channel and what became of them.",
		}, []string{"channel", "result"}),
		limits: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ocenaurzedu_limit_checks_total", Help: "Checks of limits by their verdict.",
		}, []string{"limit", "verdict"}),
	}
	m.registry.MustRegister(m.requests, m.submissions, m.limits, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, role := range []string{"app", "reports", "intake", "county", "operator"} {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "ocenaurzedu_database_connections", Help: "Database connections in use.", ConstLabels: prometheus.Labels{"role": role},
		}, func() float64 { return float64(s.Pools()[role]) }))
	}
	return m
}

// requestLabels tell requests apart in the metrics; there are as many as routes and what may become of them.
type requestLabels struct {
	method, route string
	status        int
}

// observer returns what takes the times of such requests.
func (m *metrics) observer(labels requestLabels) prometheus.Observer {
	known, ok := m.observers.Load(labels)
	if !ok {
		known, _ = m.observers.LoadOrStore(labels, m.requests.WithLabelValues(labels.method, labels.route, strconv.Itoa(labels.status)))
	}
	return known.(prometheus.Observer)
}

// Admin returns the operator's listener, for a loopback address: metrics, profiles, health and readiness.
func (s *Server) Admin() *fiber.App {
	app := fiber.New(fiber.Config{DisableStartupMessage: true, ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute})
	app.Use(pprof.New()) // under /debug/pprof: what limits ops/bench
	app.Get("/metrics", adaptor.HTTPHandler(http.Handler(promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))))
	app.Get("/healthz", s.showHealth)
	app.Get("/readyz", s.showReady)
	return app
}

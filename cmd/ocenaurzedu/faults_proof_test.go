package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// TestFaultsFindABrokenProgram shows that the driver is not blind: programs with the faults that the service must not
// have are caught, and the service, in the same weather, is not.
func TestFaultsFindABrokenProgram(t *testing.T) {
	// Nobody but the committing process and the WAL writer writes the log, so that the latter alone decides what a
	// crash leaves of a commit that did not wait.
	w := newWorld(t, 6, map[string]string{"autovacuum": "off", "bgwriter_lru_maxpages": "0", "checkpoint_timeout": "1h"})
	sound := func(t *testing.T, w *world) { w.start(t) }
	cutAnswers := func(t *testing.T, w *world) { w.disturbed(t, w.toProgram, 1, "limit_data", `"bytes": 3`) }
	cutReplies := func(t *testing.T, w *world) { w.disturbed(t, w.toPostgres, 1, "limit_data", `"bytes": 3`) }
	type step = func(t *testing.T, w *world)
	tests := []struct {
		name             string
		program, weather step
		want             string
	}{
		{"answers before the commit is on disk", answersEarly, machineDies, lost},
		{"stores without a key", storesWithoutKey, cutAnswers, twice},
		{"writes outside a transaction", writesPiecemeal, cutReplies, lost},
		{"sets the tenant for the session", sharesSession, calm, foreign},
		{"changes an answer", sound, spoiled(`UPDATE submissions SET codes[1] = codes[1] % 7 + 1`), incomplete},
		{"loses a remark", sound, spoiled(`DELETE FROM remarks WHERE question = 'improve.other'`), incomplete},
		{"loses a key", sound, spoiled(`DELETE FROM submission_keys WHERE hash = (SELECT min(hash::text)::bytea FROM submission_keys)`), unkeyed},
		{"counts once too often", sound, spoiled(`UPDATE tallies SET n = n + 1`), miscounted},
		{"writes addresses down", sound, func(t *testing.T, w *world) { calm(t, w); _, _ = w.serverLog.Write([]byte("from 203.0.113.7")) }, leaked},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			problems := w.try(t, tt.program, tt.weather)
			if !slices.ContainsFunc(problems, func(p problem) bool { return p.kind == tt.want }) {
				t.Errorf("not found out; want something %s:\n%s", tt.want, summarize(problems))
			}
		})
	}
	for name, weather := range map[string]step{"a machine that dies": machineDies, "cut answers": cutAnswers, "cut replies": cutReplies, "calm": calm} {
		t.Run("nothing is found in the service: "+name, func(t *testing.T) {
			if problems := w.try(t, sound, weather); len(problems) > 0 {
				t.Error(summarize(problems))
			}
		})
	}
}

// try lets a crowd loose on a program with an empty database and returns what is wrong afterwards.
func (w *world) try(t *testing.T, program, weather func(t *testing.T, w *world)) []problem {
	t.Helper()
	w.exec(t, `TRUNCATE submissions, remarks, remark_themes, submission_keys, tallies, batch_sheets, rekeyed_sheets`)
	w.former, w.service, w.serverLog = nil, nil, &lockedLog{} // the servers go on writing to the old one
	program(t, w)
	w.crowd = startDriver(t, w.toProgram.Listen, w.offices)
	weather(t, w)
	w.until(t, "a form is stored after the fault", func() bool { return w.crowd.recovery() > 0 })
	w.crowd.pause(t)
	if w.service != nil {
		w.kill(t)
	}
	return slices.Concat(w.crowd.compare(t, w.owner), w.verify(t), w.logs())
}

func calm(t *testing.T, w *world) {
	w.afterStored(t, 20)
	w.crowd.healed()
	w.afterStored(t, 20)
}

// spoiled is calm weather in which somebody does what no program of ours would do.
func spoiled(statement string) func(t *testing.T, w *world) {
	return func(t *testing.T, w *world) {
		calm(t, w)
		w.crowd.pause(t)
		w.exec(t, `SET session_replication_role = replica; `+statement) // without the triggers that refuse it
	}
}

// machineDies loses what Postgres has not written yet, as a machine without power does. The process that writes
// late what nobody waits for is stopped where it holds no lock, some forms later it is killed, and Postgres starts
// anew from what is written.
func machineDies(t *testing.T, w *world) {
	w.afterStored(t, 20)
	w.crowd.pause(t)
	pid := 0
	waits := func() bool {
		var waiting bool
		err := w.owner.QueryRow(`
			SELECT pid, wait_event IS NOT DISTINCT FROM 'WalWriterMain'
			FROM pg_stat_activity
			WHERE backend_type = 'walwriter'`).Scan(&pid, &waiting)
		if err != nil {
			t.Fatal(err)
		}
		return waiting
	}
	w.until(t, "the WAL writer waits", func() bool {
		if waits(); syscall.Kill(pid, syscall.SIGSTOP) != nil {
			return false
		}
		if waits() {
			return true
		}
		_ = syscall.Kill(pid, syscall.SIGCONT)
		return false
	})
	w.crowd.resume()
	w.afterStored(t, 20)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	w.until(t, "Postgres has another WAL writer", func() bool {
		var now int
		return w.owner.QueryRow(`SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'`).Scan(&now) == nil && now != pid
	})
	w.crowd.healed()
}

// answersEarly is the service itself on a database that does not wait for the disk.
func answersEarly(t *testing.T, w *world) {
	with := w.with
	defer func() { w.with = with }()
	w.with = append(slices.Clone(with), "DATABASE_URL="+withParameter(t, valueOf(t, with, "DATABASE_URL"), "synchronous_commit", "off"))
	w.start(t)
}

func withParameter(t *testing.T, address, name, value string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// broken is a program that takes the same forms and stores them by add, in which its fault lies.
type broken struct {
	offices []*faultOffice
	add     func(ctx context.Context, e store.Entry) error
}

func (b *broken) ServeHTTP(out http.ResponseWriter, request *http.Request) {
	slug, _, _ := strings.Cut(request.Host, ".")
	office := b.offices[slices.IndexFunc(b.offices, func(o *faultOffice) bool { return o.slug == slug })]
	if request.Method == http.MethodGet {
		_, _ = fmt.Fprintf(out, `<input type="hidden" name="_key" value="%s"><input type="hidden" name="_p" value="%s">`, uuid.NewString(), request.FormValue("p"))
		return
	}
	_ = request.ParseForm() // what can't be read is missing
	channel, point := survey.ChannelWeb, int64(0)
	if request.PostForm.Get("_p") != "" {
		channel, point = survey.ChannelQR, office.point
	}
	sub, err := office.version.Fill(survey.Values(request.PostForm), channel, survey.DayOf(time.Now()))
	if err == nil {
		sub.ID, sub.ServicePoint = uuid.NewString(), point
		key := sha256.Sum256([]byte(slug + request.PostForm.Get(fieldKey)))
		err = b.add(request.Context(), store.Entry{Tenant: office.tenant, Key: key[:], Submission: sub, Layout: &office.version.Layout})
	}
	if err != nil {
		http.Error(out, err.Error(), http.StatusServiceUnavailable)
		return
	}
	http.Redirect(out, request, "/dziekujemy", http.StatusSeeOther)
}

// openFaulty opens the store that broken programs write to, through the proxy.
func (w *world) openFaulty(t *testing.T) *store.Store { return openStore(t, w.with) }

// storesWithoutKey takes each resend for another form.
func storesWithoutKey(t *testing.T, w *world) {
	s := w.openFaulty(t)
	w.serve(t, &broken{w.offices, func(ctx context.Context, e store.Entry) error {
		key := sha256.Sum256([]byte(uuid.NewString()))
		e.Key = key[:]
		return s.AddSubmissions(ctx, []store.Entry{e})
	}})
}

// intakeDB returns connections with the role of the intake, which may add to all offices. They carry no
// transaction, and send a statement whole, so that one whose reply is cut has been run.
func (w *world) intakeDB(t *testing.T) *sql.DB {
	t.Helper()
	var tenants []string
	for _, o := range w.offices {
		tenants = append(tenants, fmt.Sprint(o.tenant))
	}
	address := withParameter(t, valueOf(t, w.with, "DATABASE_URL"), "role", "ocena_intake")
	address = withParameter(t, address, "binary_parameters", "yes")
	db, err := sql.Open("postgres", withParameter(t, address, "ocena.intake", "{"+strings.Join(tenants, ",")+"}"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// writesPiecemeal stores the key first and the rest afterwards, each by itself. For every fifth form the connection is cut
// between the two, so that the proof does not hang on where the weather cuts.
func writesPiecemeal(t *testing.T, w *world) {
	db := w.intakeDB(t)
	var forms atomic.Int64
	w.serve(t, &broken{w.offices, func(ctx context.Context, e store.Entry) error {
		result, err := db.ExecContext(ctx, `
			INSERT INTO submission_keys (tenant_id, hash, day)
			VALUES ($1, $2, $3)
			ON CONFLICT DO NOTHING`, e.Tenant, e.Key, e.Submission.Day.String())
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err // stored before, it thinks
		}
		if forms.Add(1)%5 == 0 {
			return sql.ErrConnDone
		}
		sub := e.Submission
		_, err = db.ExecContext(ctx, `
			INSERT INTO submissions (tenant_id, id, version_id, channel, service_point_id, day, codes)
			VALUES ($1, $2, $3, $4, NULLIF($5::bigint, 0), $6, $7::smallint[])`, e.Tenant, sub.ID, sub.VersionID, string(sub.Channel), sub.ServicePoint, sub.Day.String(),
			"{"+strings.Trim(strings.ReplaceAll(fmt.Sprint(sub.Codes), " ", ","), "[]")+"}")
		for _, r := range sub.Remarks {
			_, remarkErr := db.ExecContext(ctx, `
				INSERT INTO remarks (tenant_id, submission_id, question, text, state)
				VALUES ($1, $2, $3, $4, $5)`, e.Tenant, sub.ID, r.Question, r.Text, string(r.State))
			err = errors.Join(err, remarkErr)
		}
		return err
	}})
}

// sharesSession tells the connection which office it works for, and asks it later. Between the two it waits for
// another request, so that the test does not wait for chance.
func sharesSession(t *testing.T, w *world) {
	s, session := w.openFaulty(t), w.intakeDB(t)
	session.SetMaxOpenConns(1)
	versions := map[int64]int64{}
	for _, o := range w.offices {
		versions[o.tenant] = o.version.ID
	}
	var told atomic.Int64
	w.serve(t, &broken{w.offices, func(ctx context.Context, e store.Entry) error {
		if _, err := session.ExecContext(ctx, `SELECT set_config('ocena.intake', $1, false)`, fmt.Sprintf("{%d}", e.Tenant)); err != nil {
			return err
		}
		for mine := told.Add(1); told.Load() == mine && !w.crowd.isPaused(); time.Sleep(time.Millisecond) {
		}
		if err := session.QueryRowContext(ctx, `SELECT (intake_tenants())[1]`).Scan(&e.Tenant); err != nil {
			return err
		}
		e.Submission.VersionID, e.Submission.ServicePoint = versions[e.Tenant], 0
		return s.AddSubmissions(ctx, []store.Entry{e})
	}})
}

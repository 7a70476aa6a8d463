package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// longFaults is the environment variable with which ops/chaos asks for the long form, and says for how long.
const longFaults = "OCENA_FAULTS"

// recoveryLimit is how soon after a fault the first form has to be stored.
const recoveryLimit = 5 * time.Second

// fault is something that goes wrong while residents send forms. cause returns once it is over.
type fault struct {
	name        string
	short, long int // how many times
	cause       func(t *testing.T, w *world)
}

// faults are all that the service must live through.
func faults() []fault {
	return []fault{
		{"the service is killed", 2, 5, serviceKilled},
		{"the service is told to stop", 1, 2, serviceStopped},
		{"Postgres stops at once", 2, 3, postgresStopped},
		{"Postgres ends its connections", 1, 2, backendsTerminated},
		{"connections to Postgres are reset", 1, 2, func(t *testing.T, w *world) { w.disturbed(t, w.toPostgres, 3, "reset_peer", `"timeout": 0`) }},
		{"replies of Postgres are cut after 3 bytes", 1, 2, func(t *testing.T, w *world) { w.disturbed(t, w.toPostgres, 5, "limit_data", `"bytes": 3`) }},
		{"residents' connections are reset", 1, 2, func(t *testing.T, w *world) { w.disturbed(t, w.toProgram, 3, "reset_peer", `"timeout": 0`) }},
		{"answers to residents are cut after 3 bytes", 1, 2, func(t *testing.T, w *world) { w.disturbed(t, w.toProgram, 5, "limit_data", `"bytes": 3`) }},
		{"Postgres is slow", 1, 2, func(t *testing.T, w *world) { w.slowed(t, w.toPostgres, 1) }},
		{"Redis is slow", 1, 2, func(t *testing.T, w *world) { w.slowed(t, w.toRedis, 60) }},
		{"Redis is down and restarts", 1, 2, redisRestarted},
		{"Redis hangs", 1, 2, redisHung},
		{"Redis forgets everything", 1, 3, redisFlushed},
		{"the service starts without Postgres", 1, 2, startedWithoutPostgres},
		{"Postgres hangs", 0, 1, postgresHung},
		{"connections to Postgres never answer again", 0, 1, connectionsHung},
		{"the disk of the answers is full", 1, 2, diskFull},
		{"the disk of Postgres's log is full", 0, 1, logDiskFull},
		{"one office has seven times the visitors", 1, 2, oneOfficeBusy},
	}
}

// TestFaults sends forms without a pause through all that can go wrong, and compares a ledger of them with what is
// stored after each fault. ops/chaos runs the long form.
func TestFaults(t *testing.T) {
	began := time.Now()
	w := newWorld(t, faultOffices, map[string]string{"max_wal_size": "64MB", "min_wal_size": "32MB"}) // it has to fit on the small disk
	w.start(t)
	w.crowd = startDriver(t, w.toProgram.Listen, w.offices)
	w.warmUp(t)
	t.Logf("ready after %v", time.Since(began).Round(time.Millisecond))
	long := os.Getenv(longFaults)
	for _, f := range faults() {
		for n := range map[bool]int{false: f.short, true: f.long}[long != ""] {
			w.survive(t, f, n)
		}
	}
	if long != "" {
		w.surviveFor(t, long)
	}
	w.rest(t)
	t.Log(w.crowd.state())
	if code := w.service.end(t, syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d at the end", code)
	}
}

// warmUp waits until every office was answered, and measures the idle service.
func (w *world) warmUp(t *testing.T) {
	t.Helper()
	w.until(t, "every office was answered", func() bool {
		w.crowd.mu.Lock()
		defer w.crowd.mu.Unlock()
		return len(w.crowd.acknowledged) == len(w.offices)
	})
	w.crowd.pause(t)
	w.goroutines, w.memory = w.metric(t, "go_goroutines"), w.metric(t, "process_resident_memory_bytes")
	t.Logf("an idle service has %.0f goroutines and %.1f MB", w.goroutines, w.memory/1e6)
	w.crowd.resume()
}

// surviveFor causes faults in a random order for so long.
func (w *world) surviveFor(t *testing.T, long string) {
	t.Helper()
	limit, err := time.ParseDuration(long)
	if err != nil {
		t.Fatalf("%s: %v", longFaults, err)
	}
	all := faults()
	for began, n := time.Now(), 1; time.Since(began) < limit; n++ {
		rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, f := range all {
			if time.Since(began) < limit {
				w.survive(t, f, n*10)
			}
		}
	}
}

// survive causes a fault and checks, once it is over, that nothing of what was promised is broken.
func (w *world) survive(t *testing.T, f fault, n int) {
	t.Run(fmt.Sprintf("%s %d", f.name, n+1), func(t *testing.T) {
		began := time.Now()
		f.cause(t, w) // skips the test if the machine can't have it
		w.until(t, "a form is stored after the fault", func() bool { return w.crowd.recovery() > 0 })
		if took := w.crowd.recovery(); took > recoveryLimit {
			t.Errorf("the first form was stored %v after the fault, want at most %v", took, recoveryLimit)
		}
		w.crowd.pause(t)
		caused := time.Since(began)
		for _, p := range [][]problem{w.crowd.compare(t, w.owner), w.verify(t), w.logs()} {
			if len(p) > 0 {
				t.Error(summarize(p))
			}
		}
		w.atRest(t, faultWorkers) // connections that have just been closed
		t.Logf("fault %v, first form after %v, checks %v", caused.Round(time.Millisecond), w.crowd.recovery().Round(time.Millisecond),
			(time.Since(began) - caused).Round(time.Millisecond))
		w.crowd.resume()
	})
	if t.Failed() {
		t.FailNow() // what comes after would only tell the same
	}
}

// atRest checks that an idle service is as small as at the beginning, but for so many goroutines.
func (w *world) atRest(t *testing.T, spare float64) {
	t.Helper()
	eventually(t, "an idle service has no more goroutines than at the beginning", func() bool {
		return w.metric(t, "go_goroutines") <= w.goroutines+spare
	})
	memory := w.metric(t, "process_resident_memory_bytes")
	t.Logf("%.0f goroutines, %.1f MB", w.metric(t, "go_goroutines"), memory/1e6)
	if memory > 1.5*w.memory+32e6 {
		t.Errorf("an idle service has %.1f MB; at the beginning %.1f", memory/1e6, w.memory/1e6)
	}
}

// rest pauses the crowd for good, and checks again when all connections are closed.
func (w *world) rest(t *testing.T) {
	t.Helper()
	w.crowd.pause(t)
	w.atRest(t, 5)
}

func serviceKilled(t *testing.T, w *world) {
	w.afterStored(t, 20)
	w.kill(t)
	w.crowd.healed()
	w.start(t)
}

// serviceStopped is a restart in order: nobody gets an answer that they should not get.
func serviceStopped(t *testing.T, w *world) {
	w.afterStored(t, 20)
	began := time.Now()
	if code := w.service.end(t, syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d: %s", code, w.service.log())
	}
	t.Logf("stopped after %v", time.Since(began).Round(time.Millisecond))
	w.crowd.healed()
	w.start(t)
}

func postgresStopped(t *testing.T, w *world) {
	w.afterStored(t, 20)
	if err := w.pg.StopImmediate(); err != nil {
		t.Fatal(err)
	}
	w.afterFailed(t, 2*faultWorkers)
	w.restartPostgres(t)
}

// restartPostgres ends a fault.
func (w *world) restartPostgres(t *testing.T) {
	t.Helper()
	if err := w.pg.Restart(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.crowd.healed()
}

func backendsTerminated(t *testing.T, w *world) {
	for range 10 {
		w.afterStored(t, 10)
		if _, err := w.owner.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1`, demoLogin); err != nil {
			t.Fatal(err)
		}
		w.crowd.healed()
	}
}

// disturbed makes a link misbehave several times, each time until somebody felt it.
func (w *world) disturbed(t *testing.T, l *link, times int, kind, attributes string) {
	for range times {
		w.afterStored(t, 20)
		mend := l.disturb(t, kind, attributes)
		w.afterFailed(t, 10)
		mend()
		w.crowd.healed()
	}
}

// slowed delays each reply by 800±700 ms until so many forms are stored all the same.
func (w *world) slowed(t *testing.T, l *link, forms int) {
	mend := l.disturb(t, "latency", `"latency": 800, "jitter": 700`)
	w.afterStored(t, forms)
	mend()
	w.crowd.healed()
}

func redisRestarted(t *testing.T, w *world) {
	if err := w.redis.Stop(); err != nil {
		t.Fatal(err)
	}
	w.withoutRedis(t)
	if err := w.redis.Restart(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.crowd.healed()
	w.afterStored(t, 40)
}

func redisHung(t *testing.T, w *world) {
	if err := w.redis.Pause(); err != nil {
		t.Fatal(err)
	}
	w.withoutRedis(t)
	if err := w.redis.Resume(); err != nil {
		t.Fatal(err)
	}
	w.crowd.healed()
	w.afterStored(t, 40)
}

// withoutRedis checks that nobody is sent away.
func (w *world) withoutRedis(t *testing.T) {
	t.Helper()
	_, before := w.crowd.counts()
	w.afterStored(t, 80)
	if _, failed := w.crowd.counts(); failed > before {
		t.Errorf("without Redis %d attempts failed", failed-before)
	}
}

func redisFlushed(t *testing.T, w *world) {
	options, err := redis.ParseURL(w.redis.URL())
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }()
	if err := client.FlushAll(context.Background()).Err(); err != nil {
		t.Fatal(err)
	}
	w.crowd.healed()
	w.afterStored(t, 60)
}

// startedWithoutPostgres starts a service that knows no office yet.
func startedWithoutPostgres(t *testing.T, w *world) {
	if err := w.pg.StopImmediate(); err != nil {
		t.Fatal(err)
	}
	w.kill(t)
	w.start(t)
	w.afterFailed(t, 2*faultWorkers)
	w.restartPostgres(t)
}

// postgresHung keeps all replies of Postgres back until residents have lost their patience.
func postgresHung(t *testing.T, w *world) {
	mend := w.toPostgres.disturb(t, "timeout", `"timeout": 0`)
	w.afterFailed(t, 10)
	mend()
	w.crowd.healed()
}

// connectionsHung makes every process of Postgres that serves us hang, while it takes new connections: what is left of
// a database that has moved to another machine. The service must find that out by itself.
func connectionsHung(t *testing.T, w *world) {
	w.afterStored(t, 20)
	w.crowd.pause(t) // so that none of them hangs with a lock
	pids, err := w.owner.Query(`SELECT pid FROM pg_stat_activity WHERE usename = $1 AND state = 'idle'`, demoLogin)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pids.Close() }()
	for pids.Next() {
		var pid int
		if err := pids.Scan(&pid); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = syscall.Kill(pid, syscall.SIGCONT) }()
	}
	w.crowd.resume()
	w.afterStored(t, 1)
	w.crowd.healed()
}

// diskFull moves the answers to a small disk and fills it.
func diskFull(t *testing.T, w *world) {
	place := w.onSmallDisk(t, "answers")
	w.exec(t, `CREATE TABLESPACE small LOCATION '`+place+`'`)
	w.exec(t, `ALTER TABLE submissions SET TABLESPACE small`)
	empty := w.fillSmallDisk(t)
	w.afterFailed(t, 2*faultWorkers)
	empty()
	w.crowd.healed()
	w.afterStored(t, 60)
	w.exec(t, `ALTER TABLE submissions SET TABLESPACE pg_default`)
	w.exec(t, `DROP TABLESPACE small`)
}

// logDiskFull moves Postgres's write-ahead log to a small disk, for good, and fills it. Postgres can't go on without a
// log: it ends, and whoever runs it starts it again once there is room.
func logDiskFull(t *testing.T, w *world) {
	log := filepath.Join(w.dir, "pg", "cluster", "pg_wal")
	if at, err := os.Lstat(log); err != nil {
		t.Fatal(err)
	} else if at.IsDir() {
		w.moveLog(t, log, w.onSmallDisk(t, "log"))
	}
	w.afterStored(t, 20)
	empty := w.fillSmallDisk(t)
	w.until(t, "Postgres needs another file for its log", func() bool {
		_, err := w.owner.Exec(`SELECT pg_switch_wal() FROM txid_current()`)
		return err != nil
	})
	w.afterFailed(t, 2*faultWorkers)
	empty()
	w.restartPostgres(t)
}

func (w *world) moveLog(t *testing.T, from, to string) {
	t.Helper()
	if err := w.pg.Stop(); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("cp", "-a", from+"/.", to).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := errors.Join(os.RemoveAll(from), os.Symlink(to, from), w.pg.Restart(context.Background())); err != nil {
		t.Fatal(err)
	}
}

// onSmallDisk makes a directory there that Postgres may use.
func (w *world) onSmallDisk(t *testing.T, name string) string {
	t.Helper()
	if w.smallDisk == "" {
		t.Skip(w.withoutDisk)
	}
	place := filepath.Join(w.smallDisk, name)
	if err := os.Mkdir(place, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		t.Fatal(err)
	}
	cluster, err := os.Stat(filepath.Join(w.dir, "pg", "cluster"))
	if err != nil {
		t.Fatal(err)
	}
	owner := cluster.Sys().(*syscall.Stat_t)
	if err := os.Chown(place, int(owner.Uid), int(owner.Gid)); err != nil {
		t.Fatal(err)
	}
	return place
}

// fillSmallDisk writes until nothing more goes in.
func (w *world) fillSmallDisk(t *testing.T) (empty func()) {
	t.Helper()
	f, err := os.Create(filepath.Join(w.smallDisk, "ballast"))
	if err != nil {
		t.Fatal(err)
	}
	for block := bytes.Repeat([]byte("x"), 4096); err == nil; {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	return func() {
		if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *world) exec(t *testing.T, statement string) {
	t.Helper()
	if _, err := w.owner.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// oneOfficeBusy checks that a rush at one office costs the others nothing.
func oneOfficeBusy(t *testing.T, w *world) {
	w.crowd.mu.Lock()
	w.crowd.favourite = w.offices[0]
	w.crowd.mu.Unlock()
	_, before := w.crowd.counts()
	w.crowd.healed()
	w.afterStored(t, 100)
	if problems := w.verify(t); len(problems) > 0 { // under load, unlike elsewhere here
		t.Error(summarize(problems))
	}
	w.afterStored(t, 100)
	if _, failed := w.crowd.counts(); failed > before {
		t.Errorf("%d attempts failed", failed-before)
	}
	w.crowd.mu.Lock()
	w.crowd.favourite = nil
	w.crowd.mu.Unlock()
}

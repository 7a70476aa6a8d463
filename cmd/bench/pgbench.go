package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// pgbench inserts single rows as large as those of submissions, with nothing around them: no key, no tally, no other
// table, no row-level security.
type pgbench struct {
	binary, script, url string
}

// newPgbench makes the table, and the script that inserts into it.
func newPgbench(s *stage) (*pgbench, error) {
	binary, err := findPgbench()
	if err != nil {
		return nil, err
	}
	err = s.exec(database, `
		CREATE TABLE single_rows (
			tenant_id bigint NOT NULL, id uuid NOT NULL, version_id bigint NOT NULL, channel text NOT NULL, service_point_id bigint,
			day date NOT NULL, codes smallint[] NOT NULL, PRIMARY KEY (tenant_id, id)
		)`)
	if err != nil {
		return nil, err
	}
	codes := make([]int16, len(surveyLayout(s).Slots))
	for i := range codes {
		codes[i] = int16(5 + i%5)
	}
	statement := fmt.Sprintf("\\set tenant random(1, %d)\n"+
		"INSERT INTO single_rows (tenant_id, id, version_id, channel, day, codes) VALUES (:tenant, gen_random_uuid(), :tenant, 'web', CURRENT_DATE, '%s');\n",
		len(s.tenants), arrayLiteral(codes))
	p := &pgbench{binary, filepath.Join(s.dir, "insert.sql"), s.postgres.OwnerURL(database)}
	return p, os.WriteFile(p.script, []byte(statement), 0o644)
}

// findPgbench looks where Debian keeps it.
func findPgbench() (string, error) {
	if path, err := exec.LookPath("pgbench"); err == nil {
		return path, nil
	}
	paths, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench") // fails only for a malformed pattern
	if len(paths) == 0 {
		return "", errors.New("pgbench is not installed (Debian's package is postgresql)")
	}
	return slices.Max(paths), nil
}

var (
	pgbenchRate    = regexp.MustCompile(`tps = ([0-9.]+)`)
	pgbenchLatency = regexp.MustCompile(`latency average = ([0-9.]+) ms`)
)

// run returns rows per second and the mean time of one.
func (p *pgbench) run(ctx context.Context, d time.Duration) (perSecond float64, mean time.Duration, err error) {
	n := strconv.Itoa(pgbenchConnections)
	cmd := exec.CommandContext(ctx, p.binary, "-n", "-M", "prepared", "-c", n, "-j", "2", "-T", strconv.Itoa(max(1, int(d.Seconds()))), "-f", p.script, p.url)
	out, err := cmd.CombinedOutput()
	rate, latency := pgbenchRate.FindSubmatch(out), pgbenchLatency.FindSubmatch(out)
	if err != nil || rate == nil || latency == nil {
		return 0, 0, fmt.Errorf("pgbench: %w: %s", err, out)
	}
	perSecond, err = strconv.ParseFloat(string(rate[1]), 64)
	if err != nil {
		return 0, 0, err
	}
	ms, err := strconv.ParseFloat(string(latency[1]), 64)
	return perSecond, time.Duration(ms * float64(time.Millisecond)), err
}

// query reads one row as the database's owner.
func (s *stage) query(statement string, into ...any) error {
	db, err := sql.Open("postgres", s.postgres.OwnerURL(database))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	return db.QueryRow(statement).Scan(into...)
}

package embedded

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
)

// binaries is a directory with postgres and initdb, and their major version.
type binaries struct {
	dir   string
	major string
}

// findBinaries returns PATH's Postgres, else Debian's newest, else a downloaded one. A cluster can be opened only
// by the major version that made it: if that is given, others are passed over.
func findBinaries(ctx context.Context, major string) (binaries, error) {
	var found []string
	for _, dir := range binaryDirs() {
		b, ok := inspectBinaries(ctx, dir)
		switch {
		case !ok:
		case major == "" || b.major == major:
			return b, nil
		default:
			found = append(found, b.major)
		}
	}
	if len(found) > 0 {
		return binaries{}, fmt.Errorf("the cluster was made by PostgreSQL %s, but only %s is installed: "+
			"install postgresql-%s or start afresh", major, strings.Join(found, ", "), major)
	}
	return fetchBinaries(ctx)
}

// binaryDirs lists the places where Postgres may be installed, the preferred first.
func binaryDirs() []string {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // fails only for a malformed pattern
	slices.SortFunc(debian, func(a, b string) int { return majorOf(b) - majorOf(a) })
	return append(dirs, debian...)
}

// majorOf reads 15 from /usr/lib/postgresql/15/bin.
func majorOf(dir string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(dir))) // anything else comes last
	return n
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// inspectBinaries asks the postgres in dir for its version; not ok if it or initdb is missing or does not run.
func inspectBinaries(ctx context.Context, dir string) (binaries, bool) {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return binaries{}, false
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	match := versionPattern.FindSubmatch(out)
	if err != nil || match == nil {
		return binaries{}, false
	}
	return binaries{dir, string(match[1])}, true
}

// fetchBinaries downloads a Postgres, or finds the one it downloaded before. The library offers no download without
// a start; as root that start must fail, since its initdb refuses. So what counts is whether the binaries are there.
func fetchBinaries(ctx context.Context) (binaries, error) {
	cache, err := cacheDir()
	if err != nil {
		return binaries{}, err
	}
	const version = embeddedpostgres.V15
	home := filepath.Join(cache, "postgres-"+string(version))
	if b, ok := inspectBinaries(ctx, filepath.Join(home, "bin")); ok {
		return b, nil
	}
	work, err := os.MkdirTemp("", "ocenaurzedu-postgres-")
	if err != nil {
		return binaries{}, fmt.Errorf("fetch postgres: %w", err)
	}
	defer os.RemoveAll(work)
	port, err := freePort()
	if err != nil {
		return binaries{}, err
	}
	server := embeddedpostgres.NewDatabase(embeddedpostgres.DefaultConfig().
		Version(version).CachePath(cache).BinariesPath(home).RuntimePath(filepath.Join(work, "run")).
		DataPath(filepath.Join(work, "data")).Port(uint32(port)).Logger(io.Discard))
	if err = server.Start(); err == nil {
		err = server.Stop()
	}
	if b, ok := inspectBinaries(ctx, filepath.Join(home, "bin")); ok {
		return b, nil
	}
	return binaries{}, fmt.Errorf("PostgreSQL is not installed (Debian's package is postgresql) and could not be downloaded: %w", err)
}

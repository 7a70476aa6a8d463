package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// cluster is a Postgres cluster on disk: a directory that holds the data in "cluster" and nothing else of ours.
// The data is a level down so that the directory itself can be locked and so that emptying it can't hit what
// somebody else keeps there.
type cluster struct {
	dir    string // absolute, without symbolic links
	as     account
	locked *os.File
}

// openCluster makes the directory and the way to it.
func openCluster(dir string) (*cluster, error) {
	if dir == "" {
		return nil, errors.New("no data directory")
	}
	as, err := serverAccount()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, err
	}
	return &cluster{dir: dir, as: as}, as.reach(dir)
}

func (c *cluster) data() string { return filepath.Join(c.dir, "cluster") }

// lock keeps other processes off the cluster until unlock or our death; ErrInUse if one is quicker.
func (c *cluster) lock() error {
	f, err := os.Open(c.dir)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return fmt.Errorf("%s: %w", c.dir, ErrInUse)
	}
	c.locked = f
	return nil
}

func (c *cluster) unlock() {
	c.locked.Close()
}

// major returns the version that made the cluster; empty if there is none yet.
func (c *cluster) major() (string, error) {
	b, err := os.ReadFile(filepath.Join(c.data(), "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(b)), err
}

// remove deletes the data, and refuses to delete anything that is not a cluster.
func (c *cluster) remove() error {
	entries, err := os.ReadDir(c.data())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	major, err := c.major()
	if err != nil {
		return err
	}
	if major == "" && len(entries) > 0 {
		return fmt.Errorf("%s is not a Postgres cluster, so it is not deleted", c.data())
	}
	return os.RemoveAll(c.data())
}

// create runs initdb beside the final place and moves the result there, so that a broken-off run leaves nothing
// that looks like a cluster.
func (c *cluster) create(ctx context.Context, b binaries, sync bool) error {
	fresh := c.data() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := os.Mkdir(fresh, 0o700); err != nil {
		return err
	}
	if err := c.as.own(fresh); err != nil {
		return err
	}
	args := []string{"-D", fresh, "-U", owner, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"}
	if !sync {
		args = append(args, "--no-sync")
	}
	initdb, err := startProcess(exec.Command(filepath.Join(b.dir, "initdb"), args...), c.as, syscall.SIGKILL, nil)
	if err != nil {
		return err
	}
	select {
	case <-initdb.done:
	case <-ctx.Done():
		return errors.Join(ctx.Err(), initdb.end(10*time.Second, syscall.SIGTERM, syscall.SIGKILL))
	}
	if initdb.err != nil {
		return fmt.Errorf("initdb: %w: %s", initdb.err, initdb.log)
	}
	return os.Rename(fresh, c.data())
}

// evict ends a server that still runs on the cluster although whoever started it is gone (we hold the lock), and
// takes away a lock file whose process number now belongs to something else, which Postgres can't tell from a
// server. Other stale lock files are left to Postgres: it also checks that no old backend holds the shared memory.
func (c *cluster) evict() error {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		for _, pid := range serversOn(c.data()) {
			if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
				return fmt.Errorf("end the old server %d on %s: %w", pid, c.data(), err)
			}
		}
		gone := func() bool { return len(serversOn(c.data())) == 0 }
		if within(15*time.Second, gone) {
			return c.dropForeignLock()
		}
	}
	return fmt.Errorf("the old server on %s does not end", c.data())
}

func (c *cluster) dropForeignLock() error {
	lock, err := readLockFile(c.data())
	if err != nil || lock.pid <= 0 || syscall.Kill(lock.pid, 0) != nil {
		return nil // no lock, or one of a dead process
	}
	return os.Remove(filepath.Join(c.data(), lockFileName))
}

// serversOn returns the process numbers of the servers whose data directory is given. It reads the command lines,
// which everybody may; a process's own directory is hidden from root in most containers.
func serversOn(data string) []int {
	paths, _ := filepath.Glob("/proc/[0-9]*/cmdline") // fails only for a malformed pattern
	var pids []int
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended meanwhile
		}
		args := strings.Split(string(bytes.TrimRight(b, "\x00")), "\x00")
		at := slices.Index(args, "-D")
		if filepath.Base(args[0]) != "postgres" || at < 0 || at+1 >= len(args) || filepath.Clean(args[at+1]) != data {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// within waits until the condition holds; false if it does not in that time.
func within(limit time.Duration, condition func() bool) bool {
	for deadline := time.Now().Add(limit); !condition(); time.Sleep(poll) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

const lockFileName = "postmaster.pid"

// lockFile is what a running server says in postmaster.pid.
type lockFile struct {
	pid    int
	status string // "ready" once it accepts connections
}

// readLockFile reads the first line, the server's process number, and the eighth, its status, of the lock file
// (PostgreSQL source, src/include/utils/pidfile.h). A file that is being written gives what is there.
func readLockFile(data string) (lockFile, error) {
	b, err := os.ReadFile(filepath.Join(data, lockFileName))
	if err != nil {
		return lockFile{}, err
	}
	lines := strings.Split(string(b), "\n")
	var lock lockFile
	lock.pid, _ = strconv.Atoi(strings.TrimSpace(lines[0])) // 0 for a file that is empty or torn
	if len(lines) > 7 {
		lock.status = strings.TrimSpace(lines[7])
	}
	return lock, nil
}

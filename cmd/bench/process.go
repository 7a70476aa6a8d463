package main

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	_ "github.com/lib/pq" // the owner's connection
)

// exec runs a statement as the database's owner.
func (s *stage) exec(name, statement string) error {
	db, err := sql.Open("postgres", s.postgres.OwnerURL(name))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	for _, one := range strings.Split(statement, ";") { // VACUUM goes alone
		if _, err := db.Exec(one); err != nil {
			return fmt.Errorf("%s: %w", one, err)
		}
	}
	return nil
}

// server is a program under measurement, in a process of its own.
type server struct {
	cmd            *exec.Cmd
	address, admin string
	took           time.Duration // from its start to its first answer
}

// serve starts the built service on the stage, and waits for its first form.
func (s *stage) serve(ctx context.Context, binary string) (*server, error) {
	public, admin, err := freeAddresses()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, binary, "serve")
	cmd.Env = append(os.Environ(), "LISTEN_ADDR="+public, "ADMIN_ADDR="+admin, "BASE_DOMAIN="+baseDomain, "DATABASE_URL="+s.url(),
		"REDIS_URL="+s.redis.URL(), "EXPORT_DIR="+filepath.Join(s.dir, "eksport"), "TRUSTED_PROXIES=127.0.0.1", "DRAIN_DELAY=0s")
	log, err := os.Create(filepath.Join(s.dir, "serve.log"))
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = log, log
	return start(&server{cmd: cmd, address: public, admin: admin}, s.tenants[0].host)
}

// start starts a server and waits for its first answer of 200.
func start(s *server, host string) (*server, error) {
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	request, err := http.NewRequest(http.MethodGet, "http://"+s.address+"/", nil)
	if err != nil {
		return nil, err
	}
	request.Host = host
	for time.Since(began) < 20*time.Second {
		if response, err := http.DefaultClient.Do(request); err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				s.took = time.Since(began)
				return s, nil
			}
		}
		time.Sleep(time.Millisecond)
	}
	_ = s.stop()
	return nil, fmt.Errorf("%s does not answer", s.cmd.Path)
}

func (s *server) stop() error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // fails if it has ended, which Wait tells
	return s.cmd.Wait()
}

func freeAddresses() (public, admin string, err error) {
	addresses := make([]string, 2)
	for i := range addresses {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			return "", "", err
		}
		defer func() { _ = l.Close() }()
		addresses[i] = l.Addr().String()
	}
	return addresses[0], addresses[1], nil
}

// memory returns a process's resident memory in MB.
func memory(pid int) (float64, error) { return statusMB(pid, "VmRSS:") }

// highestMemory returns the most that a process has had resident so far, in MB.
func highestMemory(pid int) (float64, error) { return statusMB(pid, "VmHWM:") }

func statusMB(pid int, name string) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, rest, ok := strings.Cut(string(status), name)
	if !ok { // it has ended, and nobody has waited for it yet
		return 0, fmt.Errorf("process %d has no %s", pid, name)
	}
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	return float64(kb) / 1024, err
}

// cpu returns the processor time that a process, and those that it started, have taken so far.
func cpu(pid int) time.Duration {
	paths, _ := filepath.Glob("/proc/[0-9]*/stat") // fails only for a malformed pattern
	var ticks int
	for _, path := range paths {
		stat, err := os.ReadFile(path)
		_, rest, ok := strings.Cut(string(stat), ") ")
		f := strings.Fields(rest)
		if err != nil || !ok || len(f) < 13 {
			continue // it has ended meanwhile
		}
		own := filepath.Base(filepath.Dir(path)) == strconv.Itoa(pid)
		if !own && f[1] != strconv.Itoa(pid) {
			continue
		}
		user, _ := strconv.Atoi(f[11])
		system, _ := strconv.Atoi(f[12])
		ticks += user + system
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/store"
)

// demo is a demo that runs.
type demo struct {
	cmd      *exec.Cmd
	messages bytes.Buffer // readable once it has ended
	logins   []demoAccount
}

// startDemo starts a demo and returns once it has printed who can log in.
func startDemo(t *testing.T, dir string, args ...string) *demo {
	t.Helper()
	d := &demo{cmd: command(t, nil, append([]string{"demo", "--json", "--dir=" + dir}, args...)...)}
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	d.cmd.Stderr = &d.messages
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.cmd.Process.Signal(syscall.SIGTERM) }) // fails where it has ended
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &d.logins)
	}
	if err != nil {
		_ = d.cmd.Wait()
		t.Fatalf("demo: %v in %q\n%s", err, line, &d.messages)
	}
	return d
}

// stop presses Ctrl-C. Nothing may be left of the demo.
func (d *demo) stop(t *testing.T, dir string) {
	t.Helper()
	if err := d.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := d.cmd.Wait(); err != nil {
		t.Errorf("demo ended with %v: %s", err, &d.messages)
	}
	commandLines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range commandLines {
		if line, err := os.ReadFile(file); err == nil && strings.Contains(string(line), dir) {
			t.Errorf("left running: %q", line)
		}
	}
}

// The demo shows who can log in, is kept from one start to the next, and takes another port if its own is in use.
func TestDemo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = busy.Close() }()
	_, port, _ := net.SplitHostPort(busy.Addr().String())
	first := startDemo(t, dir, "--no-answers", "--port="+port)
	checkLogins(t, first.logins)
	refused(t, nil, exitRefused, "a demo is running on "+dir, "demo", "--dir="+dir, "--port=0")

	var codes []demoAccount
	mustRun(t, nil, &codes, "demo", "codes", "--json", "--dir="+dir)
	if len(codes) != len(first.logins) || codes[0].Secret != first.logins[0].Secret || !rightCode(codes[0]) {
		t.Errorf("demo codes: %+v", codes)
	}
	first.stop(t, dir)
	if told := first.messages.String(); !strings.Contains(told, "Port "+port+" is in use; the demo takes ") {
		t.Errorf("the demo does not say that the port is in use: %s", told)
	}

	second := startDemo(t, dir, "--answers=false", "--port=0")
	if second.logins[0].Secret != first.logins[0].Secret {
		t.Error("the second start has other secrets")
	}
	second.stop(t, dir)
	fresh := startDemo(t, dir, "--answers=false", "--port=0", "--fresh")
	if fresh.logins[0].Secret == first.logins[0].Secret {
		t.Error("--fresh kept the secrets")
	}
	fresh.stop(t, dir)
	refused(t, nil, exitRefused, "no demo has been started", "demo", "codes", "--dir="+t.TempDir())
}

func rightCode(a demoAccount) bool {
	_, ok := auth.CheckTOTP(a.Secret, a.Code, time.Now())
	return ok
}

func checkLogins(t *testing.T, logins []demoAccount) {
	t.Helper()
	roles := map[string]int{}
	for _, l := range logins {
		roles[l.Tenant+" "+string(l.Role)]++
		if !rightCode(l) {
			t.Errorf("%s has the wrong code %q", l.Login, l.Code)
		}
		if problem := auth.PasswordProblem(l.Password, l.Login); problem != "" {
			t.Errorf("the panel would not take the password of %s: %s", l.Login, problem)
		}
		request, err := http.NewRequest(http.MethodGet, "http://127.0.0.1:"+l.Address[strings.LastIndex(l.Address, ":")+1:]+"/panel/logowanie", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = strings.TrimPrefix(l.Address, "http://")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s/panel/logowanie answers %d", l.Address, response.StatusCode)
		}
	}
	for _, want := range []string{"osielsko administrator", "osielsko employee", "osielsko supervisor", "sicienko administrator", "powiat-bydgoski analyst"} {
		if roles[want] != 1 {
			t.Errorf("%d log-ins for %s, want 1", roles[want], want)
		}
	}
	if len(logins) != 12 || string(logins[0].Role)+logins[0].Tenant != "administratorosielsko" {
		t.Errorf("%d log-ins, the first is %+v", len(logins), logins[0])
	}
}

// Whoever changed the password of a demo's account finds the printed one working after the next start.
func TestDemoAccountsHealThemselves(t *testing.T) {
	s := open(t, settings(t))
	o := demoConsole(s)
	offices, err := o.addDemoOffices()
	if err != nil || len(offices) != 9 {
		t.Fatalf("%d offices, %v", len(offices), err)
	}
	first, err := o.addDemoAccounts(offices, &demoState{})
	if err != nil {
		t.Fatal(err)
	}
	scope := scopeOf(t, s, demoOffice)
	before, err := scope.AccountByLogin(o.ctx, first.Accounts[0].Login)
	if err != nil {
		t.Fatal(err)
	}
	if same, err := o.addDemoAccounts(offices, first); err != nil || same.Accounts[0].Secret != first.Accounts[0].Secret {
		t.Errorf("a second start makes other secrets: %v", err)
	}
	token, hash := auth.NewToken()
	err = o.store.Invite(o.ctx, scope.Tenant(), store.Invitation{Login: before.Login, Token: hash, At: o.now(), Expires: o.now().Add(time.Hour), Reason: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scope.AcceptInvitation(o.ctx, auth.HashToken(token), store.Credentials{PasswordHash: before.PasswordHash, TOTPSecret: "ANOTHER"}, o.now()); err != nil {
		t.Fatal(err)
	}
	healed, err := o.addDemoAccounts(offices, first)
	if err != nil {
		t.Fatal(err)
	}
	after, err := scope.AccountByLogin(o.ctx, before.Login)
	if err != nil || after.TOTPSecret != healed.Accounts[0].Secret || after.TOTPSecret == "ANOTHER" {
		t.Errorf("the account keeps the secret %q, the demo tells %q, %v", after.TOTPSecret, healed.Accounts[0].Secret, err)
	}
}

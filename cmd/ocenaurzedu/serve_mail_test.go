package main

import (
	"context"
	"sync"
	"syscall"
	"testing"

	"ocenaurzedu.eu/pkg/embedded"
)

// A mail that the server takes while the service ends is noted as sent: no other replica sends it again.
func TestServeNotesMailAtItsEnd(t *testing.T) {
	under, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	post, err := embedded.StartSMTP(func(command string) string {
		if command == "DATA" {
			once.Do(func() { close(under) })
			<-release
		}
		return ""
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = post.Close() })
	with := append(settings(t), "SMTP_URL="+post.URL())
	mustRun(t, with, nil, "tenant", "add", "--slug=osielsko", "--name=Urząd Gminy Osielsko", "--admin-email=anna@osielsko.example", "--json")
	owner := ownerOf(t, with)
	if _, err := owner.Exec(`
		ALTER TABLE outbox NO FORCE ROW LEVEL SECURITY;
		INSERT INTO outbox (tenant_id, message_id, recipient, subject, body, created_at, next_at)
		SELECT id, 'proba@osielsko.localhost', 'kto@osielsko.example', 'Próba', 'Treść', now(), now() FROM tenants`); err != nil {
		t.Fatal(err)
	}
	r := startServe(t, with)
	<-under
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the service takes no more connections", func() bool {
		_, err := r.try("", "/readyz")
		return err != nil
	})
	close(release)
	if code := r.wait(t); code != 0 {
		t.Errorf("exit code %d: %s", code, r.log())
	}
	var sent int
	if err := owner.QueryRowContext(context.Background(), `SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL`).Scan(&sent); err != nil || sent != 1 || len(post.Taken()) != 1 {
		t.Errorf("%d noted as sent of %d taken, %v; want 1 of 1", sent, len(post.Taken()), err)
	}
}

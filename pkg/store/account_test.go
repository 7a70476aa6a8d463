package store_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

const login = "anna@osielsko.example"

// session says in a word what Session answers.
func session(t *testing.T, scope *store.Scope, token []byte, at time.Time) string {
	t.Helper()
	s, err := scope.Session(ctx, token, at)
	switch {
	case errors.Is(err, survey.ErrNotFound):
		return "none"
	case err != nil:
		t.Fatalf("session: %v", err)
	}
	return s.Stage
}

func TestSessionLives(t *testing.T) {
	s := pgtest.Store(t)
	scope := pgtest.Tenant(t, s, "osielsko", "")
	a := account(t, s, scope, login)
	now, step := admin.At, int64(200)
	logIn := func(name string) []byte {
		must(t, "start", scope.StartSession(ctx, key("first", name), a.ID, now))
		step++
		must(t, "finish", scope.FinishSession(ctx, key("first", name), key(name), a.ID, store.SecondFactor{Step: step}, now))
		return key(name)
	}
	idle := logIn("idle")
	must(t, "start", scope.StartSession(ctx, key("half"), a.ID, now))
	tests := []struct {
		name  string
		token []byte
		after time.Duration
		want  string
	}{
		{"the first token is gone after the second factor", key("first", "idle"), 0, "none"},
		{"no token", nil, 0, "none"},
		{"after the password", key("half"), 9 * time.Minute, store.SessionPassword},
		{"too long after the password", key("half"), 10 * time.Minute, "none"},
		{"full", idle, 20 * time.Minute, store.SessionFull},
		{"seen meanwhile", idle, 49 * time.Minute, store.SessionFull},
		{"idle", idle, 49*time.Minute + store.SessionIdle, "none"},
	}
	for _, tt := range tests {
		if got := session(t, scope, tt.token, now.Add(tt.after)); got != tt.want {
			t.Errorf("%s: session %s; want %s", tt.name, got, tt.want)
		}
	}
	busy := logIn("busy")
	for after := time.Duration(0); after < store.SessionLongest; after += 20 * time.Minute {
		if got := session(t, scope, busy, now.Add(after)); got != store.SessionFull {
			t.Fatalf("busy after %s: session %s; want full", after, got)
		}
	}
	if got := session(t, scope, busy, now.Add(store.SessionLongest)); got != "none" {
		t.Errorf("busy after %s: session %s; want none", store.SessionLongest, got)
	}
	out := logIn("out")
	must(t, "end", scope.EndSession(ctx, out))
	if got := session(t, scope, out, now); got != "none" {
		t.Errorf("after the log-out: session %s; want none", got)
	}
	must(t, "end again", scope.EndSession(ctx, out))
}

func TestSecondFactorWorksOnce(t *testing.T) {
	s := pgtest.Store(t)
	scope := pgtest.Tenant(t, s, "osielsko", "")
	a := account(t, s, scope, login) // with step 100
	tests := []struct {
		name   string
		factor store.SecondFactor
		late   time.Duration
		ok     bool
	}{
		{"the step that proved the secret", store.SecondFactor{Step: 100}, 0, false},
		{"a new step", store.SecondFactor{Step: 102}, 0, true},
		{"the same again", store.SecondFactor{Step: 102}, 0, false},
		{"an earlier one", store.SecondFactor{Step: 101}, 0, false},
		{"ten minutes after the password", store.SecondFactor{Step: 150}, 10 * time.Minute, false},
		{"a recovery code", store.SecondFactor{Recovery: key("recovery 1", login)}, 0, true},
		{"the same code again", store.SecondFactor{Recovery: key("recovery 1", login)}, 0, false},
		{"a code that is none", store.SecondFactor{Recovery: key("guess")}, 0, false},
		{"an empty code", store.SecondFactor{Recovery: []byte{}, Step: 200}, 0, false},
		{"the second code", store.SecondFactor{Recovery: key("recovery 2", login)}, 0, true},
	}
	for _, tt := range tests {
		must(t, "start", scope.StartSession(ctx, key("pw", tt.name), a.ID, admin.At))
		err := scope.FinishSession(ctx, key("pw", tt.name), key(tt.name), a.ID, tt.factor, admin.At.Add(tt.late))
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, survey.ErrNotFound) {
			t.Errorf("%s: %v; want it to pass: %t", tt.name, err, tt.ok)
		}
		if got := session(t, scope, key(tt.name), admin.At); (got == store.SessionFull) != tt.ok {
			t.Errorf("%s: session %s", tt.name, got)
		}
	}
	if err := scope.FinishSession(ctx, key("a new step"), key("twice"), a.ID, store.SecondFactor{Step: 300}, admin.At); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("finish a full session = %v; want ErrNotFound", err)
	}
}

func TestSecondFactorWorksOnceAtTheSameMoment(t *testing.T) {
	s := pgtest.Store(t)
	scope := pgtest.Tenant(t, s, "osielsko", "")
	a := account(t, s, scope, login)
	for _, factor := range []store.SecondFactor{{Step: 300}, {Recovery: key("recovery 1", login)}} {
		var passed atomic.Int64
		var all sync.WaitGroup
		for i := range 8 {
			must(t, "start", scope.StartSession(ctx, key("pw", factor, i), a.ID, admin.At))
			all.Go(func() {
				if scope.FinishSession(ctx, key("pw", factor, i), key("full", factor, i), a.ID, factor, admin.At) == nil {
					passed.Add(1)
				}
			})
		}
		all.Wait()
		if passed.Load() != 1 {
			t.Errorf("factor %+v let %d of 8 log-ins through; want 1", factor, passed.Load())
		}
	}
}

func TestDisabledAccountHasNoSession(t *testing.T) {
	s, owner, _ := open(t)
	scope := plainTenant(t, s, "osielsko")
	a := account(t, s, scope, login)
	must(t, "start", scope.StartSession(ctx, key("pw"), a.ID, admin.At))
	must(t, "finish", scope.FinishSession(ctx, key("pw"), key("full"), a.ID, store.SecondFactor{Step: 101}, admin.At))
	must(t, "start", scope.StartSession(ctx, key("pw"), a.ID, admin.At))
	_, err := owner.Exec(`UPDATE accounts SET disabled = true`)
	must(t, "disable", err)
	for _, token := range [][]byte{key("pw"), key("full")} {
		if got := session(t, scope, token, admin.At); got != "none" {
			t.Errorf("session %s; want none", got)
		}
	}
	for _, factor := range []store.SecondFactor{{Step: 102}, {Recovery: key("recovery 1", login)}} {
		if err := scope.FinishSession(ctx, key("pw"), key("new"), a.ID, factor, admin.At); !errors.Is(err, survey.ErrNotFound) {
			t.Errorf("finish = %v; want ErrNotFound", err)
		}
	}
	again := invitation(login)
	again.Token = key("again")
	must(t, "invite", s.Invite(ctx, scope.Tenant(), again))
	if _, err := scope.InvitedAccount(ctx, key("again"), admin.At); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("invited account = %v; want ErrNotFound", err)
	}
	if _, err := scope.AcceptInvitation(ctx, key("again"), store.Credentials{PasswordHash: "x"}, admin.At); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("accept = %v; want ErrNotFound", err)
	}
	if got := lines(t, owner, `SELECT password_hash FROM accounts`); got[0] != "" {
		t.Errorf("the disabled account has the password %q; want none", got[0])
	}
}

func TestInvitationWorksOnceAndNotForEver(t *testing.T) {
	s := pgtest.Store(t)
	scope := pgtest.Tenant(t, s, "osielsko", "")
	must(t, "invite", s.Invite(ctx, scope.Tenant(), invitation(login)))
	expires := invitation(login).Expires
	if _, err := scope.InvitedAccount(ctx, key("invitation", login), expires); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("expired: %v; want ErrNotFound", err)
	}
	credentials := store.Credentials{PasswordHash: "hash", TOTPSecret: "secret", TOTPStep: 5, RecoveryCodes: [][]byte{key(1)}}
	if _, err := scope.AcceptInvitation(ctx, key("invitation", login), credentials, expires); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("accept when expired = %v; want ErrNotFound", err)
	}
	a, err := scope.InvitedAccount(ctx, key("invitation", login), expires.Add(-time.Second))
	if err != nil || a.Login != login || a.PasswordHash != "" {
		t.Errorf("invited account = %+v, %v", a, err)
	}
	a, err = scope.AcceptInvitation(ctx, key("invitation", login), credentials, admin.At)
	if err != nil || a.PasswordHash != "hash" || a.TOTPSecret != "secret" || a.Role != store.RoleAdministrator {
		t.Errorf("accept = %+v, %v", a, err)
	}
	if _, err := scope.AcceptInvitation(ctx, key("invitation", login), credentials, admin.At); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("accept again = %v; want ErrNotFound", err)
	}
	if _, err := scope.AccountByLogin(ctx, "nikt@osielsko.example"); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("unknown login = %v; want ErrNotFound", err)
	}
}

func TestResetTakesEverythingAway(t *testing.T) {
	s, owner, _ := open(t)
	scope := plainTenant(t, s, "osielsko")
	a := account(t, s, scope, login)
	must(t, "start", scope.StartSession(ctx, key("pw"), a.ID, admin.At))
	must(t, "finish", scope.FinishSession(ctx, key("pw"), key("full"), a.ID, store.SecondFactor{Step: 101}, admin.At))
	for _, name := range []string{"first", "second"} {
		reset := store.Invitation{Login: login, Token: key(name), At: admin.At, Expires: admin.At.Add(time.Hour), Reason: "zgubiony telefon"}
		must(t, "reset", s.Invite(ctx, scope.Tenant(), reset))
	}
	if got := session(t, scope, key("full"), admin.At); got != "none" {
		t.Errorf("session after a reset: %s; want none", got)
	}
	left := lines(t, owner, `
		SELECT concat_ws('/', password_hash, totp_secret, (SELECT count(*) FROM recovery_codes), (SELECT count(*) FROM sessions), (SELECT count(*) FROM invitations))
		FROM accounts`)
	if len(left) != 1 || left[0] != "//0/0/1" {
		t.Errorf("left of the account: %q; want nothing but the newest invitation", left)
	}
	if _, err := scope.InvitedAccount(ctx, key("first"), admin.At); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("the older invitation = %v; want ErrNotFound", err)
	}
	events, err := scope.Events(ctx, 1)
	if err != nil || len(events) != 1 || events[0].Action != "account.reset" || events[0].Actor != store.Operator || events[0].Reason != "zgubiony telefon" {
		t.Errorf("newest event = %+v, %v; want the reset with its reason", events, err)
	}
	unknown := store.Invitation{Login: "nikt@osielsko.example", Token: key("x"), At: admin.At, Expires: admin.At}
	if err := s.Invite(ctx, scope.Tenant(), unknown); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("reset of an unknown login = %v; want ErrNotFound", err)
	}
	if err := s.Invite(ctx, 4711, invitation("x@x.example")); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("invitation to a tenant that is not there = %v; want ErrNotFound", err)
	}
}

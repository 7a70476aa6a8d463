package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// open opens the store that settings name.
func open(t testing.TB, with []string) *store.Store {
	t.Helper()
	for _, setting := range with {
		if address, ok := strings.CutPrefix(setting, "DATABASE_URL="); ok {
			s, err := store.Open(store.Options{URL: address})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Close)
			return s
		}
	}
	t.Fatal("no DATABASE_URL")
	return nil
}

func scopeOf(t testing.TB, s *store.Store, slug string) *store.Scope {
	t.Helper()
	d, err := s.Directory(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, tenant := range d.Tenants {
		if tenant.Slug == slug {
			return s.Scope(tenant.ID)
		}
	}
	t.Fatalf("no office %s", slug)
	return nil
}

func tokenOf(invited invitedPerson) []byte {
	return auth.HashToken(invited.Link[strings.LastIndex(invited.Link, "/")+1:])
}

// A reset ends the sessions and takes the password away; only the new link opens the account.
func TestUserReset(t *testing.T) {
	ctx, with := context.Background(), settings(t)
	invited := addOsielsko(t, with)
	scope := scopeOf(t, open(t, with), "osielsko")
	now := time.Now()
	account, err := scope.AcceptInvitation(ctx, tokenOf(invited), store.Credentials{PasswordHash: "hash", TOTPSecret: "secret", TOTPStep: 1}, now)
	if err != nil {
		t.Fatalf("the invitation of tenant add: %v", err)
	}
	session, full := auth.HashToken("first"), auth.HashToken("second")
	if err := errors.Join(scope.StartSession(ctx, session, account.ID, now), scope.FinishSession(ctx, session, full, account.ID, store.SecondFactor{Step: 2}, now)); err != nil {
		t.Fatal(err)
	}

	var anew invitedPerson
	mustRun(t, with, &anew, "user", "reset", "--tenant=osielsko", "--email=ANNA@osielsko.example", "--reason=zgubiony telefon", "--json")
	if _, err := scope.Session(ctx, full, now); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("the session outlives the reset: %v", err)
	}
	after, err := scope.AccountByLogin(ctx, "anna@osielsko.example")
	if err != nil || after.PasswordHash+after.TOTPSecret != "" || after.Role != store.RoleAdministrator || anew.Role != "administrator" {
		t.Errorf("after the reset: %+v, %v; the command tells %+v", after, err, anew)
	}
	if _, err := scope.InvitedAccount(ctx, tokenOf(invited), now); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("the old link: %v", err)
	}
	if _, err := scope.InvitedAccount(ctx, tokenOf(anew), now); err != nil {
		t.Errorf("the new link: %v", err)
	}
	r := startServe(t, with)
	if got := r.get(t, "osielsko", anew.Link[strings.Index(anew.Link, "/panel"):]).StatusCode; got != http.StatusOK {
		t.Errorf("the new link answers %d", got)
	}
}

func TestUserAdd(t *testing.T) {
	ctx, with := context.Background(), settings(t)
	addOsielsko(t, with)
	scope := scopeOf(t, open(t, with), "osielsko")
	for _, role := range []string{"administrator", "employee", "supervisor"} {
		var invited invitedPerson
		mustRun(t, with, &invited, "user", "add", "--tenant=osielsko", "--email="+role+"@osielsko.example", "--role="+role, "--name=Osoba", "--json")
		account, err := scope.InvitedAccount(ctx, tokenOf(invited), time.Now())
		if err != nil || string(account.Role) != role || account.Login != role+"@osielsko.example" {
			t.Errorf("%s: %+v, %v", role, account, err)
		}
	}
	mustRun(t, with, nil, "user", "add", "--tenant=powiat-bydgoski", "--email=b@powiat.example", "--role=analyst", "--name=B", "--json")
	tests := []struct{ name, want, tenant, email, role string }{
		{"has an account", "has an account at osielsko already", "osielsko", "Employee@osielsko.example", "administrator"},
		{"no such office", `there is no office "dobrcz"`, "dobrcz", "a@dobrcz.example", "administrator"},
		{"an analyst of a gmina", "is no county's own office", "osielsko", "c@osielsko.example", "analyst"},
		{"no e-mail address", "is no e-mail address", "osielsko", "c", "employee"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			refused(t, with, exitRefused, tt.want, "user", "add", "--tenant="+tt.tenant, "--email="+tt.email, "--role="+tt.role, "--name=C")
		})
	}
	refused(t, with, exitRefused, "nobody at osielsko logs in as x@osielsko.example", "user", "reset", "--tenant=osielsko", "--email=x@osielsko.example", "--reason=test")
	refused(t, with, exitRefused, "--reason must not be empty", "user", "reset", "--tenant=osielsko", "--email=x@osielsko.example", "--reason= ")
}

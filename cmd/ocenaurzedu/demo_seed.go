package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/config"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/tenants"
)

// demoPassword opens every account of the demo, together with its one-time code.
const demoPassword = "siedem-zielonych-rowerow"

// demoCounty is the county whose offices the demo shows, and demoOffice the one with an account of every role.
const (
	demoCounty = "powiat-bydgoski"
	demoOffice = "osielsko"
)

// demoYears is how long the offices of the demo have been there.
const demoYears = 3

// demoAccount is who can log in. Secret makes the one-time codes; Code is filled in when it is printed.
type demoAccount struct {
	Tenant   string     `json:"tenant"`
	Address  string     `json:"address"` // of the office, without a path
	Role     store.Role `json:"role"`
	Login    string     `json:"login"`
	Password string     `json:"password"`
	Secret   string     `json:"totp_secret"`
	Code     string     `json:"code,omitempty"`
}

// demoState is what the demo keeps beside its database, for demo codes and for the next start.
type demoState struct {
	ClockOffset time.Duration `json:"clock_offset"` // of APP_FAKE_NOW, ns
	Accounts    []demoAccount `json:"accounts"`
}

const demoStateFile = "demo.json"

// readDemoState reads what an earlier start kept; nothing kept is an empty state.
func readDemoState(dir string) (*demoState, error) {
	var state demoState
	data, err := os.ReadFile(filepath.Join(dir, demoStateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return &state, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &state)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, demoStateFile), err)
	}
	return &state, nil
}

// write keeps the state. It appears whole or not at all, and only its owner reads it.
func (s *demoState) write(dir string) error {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(dir, demoStateFile)
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// logins returns the accounts with their codes of this moment.
func (s *demoState) logins() ([]demoAccount, error) {
	now := time.Now().Add(s.ClockOffset)
	logins := make([]demoAccount, len(s.Accounts))
	for i, a := range s.Accounts {
		code, err := auth.TOTPCode(a.Secret, now)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.Login, err)
		}
		a.Code = code
		logins[i] = a
	}
	return logins, nil
}

func (s *demoState) secret(tenant, login string) string {
	for _, a := range s.Accounts {
		if a.Tenant == tenant && a.Login == login {
			return a.Secret
		}
	}
	return ""
}

// demoOptions say what to seed.
type demoOptions struct {
	dir     string
	answers bool
	fresh   bool
}

// seedDemo adds what is missing: the county, its offices, accounts, answers. What is there stays.
func seedDemo(p *program, cfg *config.Config, options demoOptions) (*demoState, error) {
	s, err := store.Open(store.Options{URL: string(cfg.DatabaseURL), Statement: time.Minute})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	o := &console{ctx, s, siteOf(cfg), cfg.Clock()}
	offices, err := o.addDemoOffices()
	if err != nil {
		return nil, err
	}
	kept := &demoState{}
	if !options.fresh {
		if kept, err = readDemoState(options.dir); err != nil {
			return nil, err
		}
	}
	state, err := o.addDemoAccounts(offices, kept)
	if err != nil {
		return nil, err
	}
	if options.answers {
		if err := o.addDemoAnswers(offices, p); err != nil {
			return nil, err
		}
	}
	state.ClockOffset = time.Until(o.now()).Round(time.Second)
	return state, state.write(options.dir)
}

// addDemoOffices adds the shipped county and offices as they were before the first answer, and returns them.
// Offices that somebody added to the demo are not among them.
func (o *console) addDemoOffices() ([]survey.Tenant, error) {
	seeds, err := readSeeds(tenants.Files)
	if err != nil {
		return nil, err
	}
	d, err := o.store.Directory(o.ctx)
	if err != nil {
		return nil, err
	}
	past := *o
	past.now = func() time.Time { return o.now().AddDate(-demoYears, 0, -7) }
	for _, difference := range past.compare(seeds, d) {
		if difference.Kind == changeOffice {
			continue // somebody tried the panel
		}
		if err := difference.apply(); err != nil {
			return nil, fmt.Errorf("%s %s: %w", difference.Kind, difference.Slug, err)
		}
	}
	if d, err = o.store.Directory(o.ctx); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(d.Tenants, func(t survey.Tenant) bool { return !seeds.has(t.Slug) }), nil
}

// demoPeople lists who can log in at an office.
func demoPeople(slug string) []demoAccount {
	people := []demoAccount{{Role: store.RoleAdministrator, Login: "administrator@" + slug + ".example"}}
	switch slug {
	case demoOffice:
		people = append(people, demoAccount{Role: store.RoleEmployee, Login: "pracownik@" + slug + ".example"},
			demoAccount{Role: store.RoleSupervisor, Login: "sekretarz@" + slug + ".example"})
	case demoCounty:
		people = append(people, demoAccount{Role: store.RoleAnalyst, Login: "analityk@" + slug + ".example"})
	}
	return people
}

// demoName is how the panel shows a person of the demo.
func demoName(role store.Role) string {
	return map[store.Role]string{
		store.RoleAdministrator: "Administrator (przykład)", store.RoleEmployee: "Pracownik (przykład)",
		store.RoleSupervisor: "Sekretarz (przykład)", store.RoleAnalyst: "Analityk powiatu (przykład)",
	}[role]
}

// addDemoAccounts makes sure that everybody can log in with the fixed password and the secret that is kept: the
// office with an account of every role comes first, the county last.
func (o *console) addDemoAccounts(all []survey.Tenant, kept *demoState) (*demoState, error) {
	hasher, state := auth.NewHasher(1), &demoState{}
	for _, rank := range []func(slug string) bool{
		func(slug string) bool { return slug == demoOffice },
		func(slug string) bool { return slug != demoOffice && slug != demoCounty },
		func(slug string) bool { return slug == demoCounty },
	} {
		for _, t := range all {
			if !rank(t.Slug) {
				continue
			}
			for _, person := range demoPeople(t.Slug) {
				person.Tenant, person.Address, person.Password = t.Slug, o.site.Address(t.Slug), demoPassword
				person.Secret = kept.secret(t.Slug, person.Login)
				if err := o.admitDemoAccount(hasher, t, &person); err != nil {
					return nil, fmt.Errorf("%s: %w", person.Login, err)
				}
				state.Accounts = append(state.Accounts, person)
			}
		}
	}
	return state, nil
}

// admitDemoAccount invites a person and accepts for them, as they would, unless their log-in is as it is kept.
func (o *console) admitDemoAccount(hasher *auth.Hasher, t survey.Tenant, person *demoAccount) error {
	scope := o.store.Scope(t.ID)
	account, err := scope.AccountByLogin(o.ctx, person.Login)
	if err != nil && !errors.Is(err, survey.ErrNotFound) {
		return err
	}
	if err == nil && person.Secret != "" && account.TOTPSecret == person.Secret {
		if same, err := hasher.Verify(o.ctx, account.PasswordHash, demoPassword); same || err != nil {
			return err
		}
	}
	token, hash := auth.NewToken()
	now := o.now()
	err = o.store.Invite(o.ctx, t.ID, store.Invitation{Login: person.Login, Name: demoName(person.Role), Role: person.Role, Token: hash,
		At: now, Expires: now.Add(time.Hour), Reason: "demo"})
	if err != nil {
		return err
	}
	credentials, err := demoCredentials(o.ctx, hasher, person, now)
	if err != nil {
		return err
	}
	_, err = scope.AcceptInvitation(o.ctx, auth.HashToken(token), credentials, now)
	return err
}

// demoCredentials makes what an invited person sets up. The secret is proved with a code of a minute ago, so that
// the one that is printed has not been used.
func demoCredentials(ctx context.Context, hasher *auth.Hasher, person *demoAccount, now time.Time) (c store.Credentials, err error) {
	if c.PasswordHash, err = hasher.Hash(ctx, demoPassword); err != nil {
		return c, err
	}
	if c.TOTPSecret, _, err = auth.NewTOTP("Oceń Urząd "+person.Tenant, person.Login); err != nil {
		return c, err
	}
	earlier := now.Add(-time.Minute)
	code, err := auth.TOTPCode(c.TOTPSecret, earlier)
	if err != nil {
		return c, err
	}
	c.TOTPStep, _ = auth.CheckTOTP(c.TOTPSecret, code, earlier)
	_, c.RecoveryCodes = auth.NewRecoveryCodes()
	person.Secret = c.TOTPSecret
	return c, nil
}

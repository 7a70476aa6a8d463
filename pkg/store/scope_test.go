package store_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// secret stands in every text of the tenant that another one tries to read.
const secret = "tajne"

// ids name the records of a tenant with secrets, or records that nobody has.
type ids struct {
	account, department, point, version, batch, report, serial, action int64
	publication, export, theme                                         int64
	device                                                             int64
	deviceSeed, deviceToken                                            []byte
	reportNumber                                                       int
	draft                                                              store.Draft
	login                                                              string
	pending, session, invitation                                       []byte
	sheet                                                              *survey.Submission
	remark                                                             *store.Remark
	mail                                                               store.Mail
	layout                                                             *survey.Layout
	scans                                                              scanIDs
}

// secretTenant makes a tenant with a record of every kind.
func secretTenant(t testing.TB, s *store.Store, name string) (*store.Scope, ids) {
	t.Helper()
	scope := plainTenant(t, s, secret+"-"+name)
	draft, err := scope.Draft(ctx)
	must(t, "draft", err)
	draft.Questionnaire.Title = survey.PL("tajne pytania")
	draft.UpdatedBy, draft.UpdatedAt = secret, admin.At
	draft.Revision, err = scope.SaveDraft(ctx, *draft, store.Edit{})
	must(t, "save draft", err)
	_, err = scope.Publish(ctx, store.NewVersion{Draft: *draft, Sheet: []byte(`{"tajne": true}`), Sheets: store.Sheets{"B": []byte(`{"tajne": true}`)}, By: store.Actor{Login: secret, At: admin.At}}, report(t, scope, -1))
	must(t, "publish", err)
	version, err := scope.PublishedVersion(ctx)
	must(t, "published version", err)
	draft, err = scope.Draft(ctx) // publishing raised its revision
	must(t, "draft", err)
	id := ids{version: version.ID, layout: &version.Layout, draft: *draft}
	addPeople(t, s, scope, &id)
	addPaper(t, s, scope, &id)
	archived := report(t, scope, -1)
	archived.GeneratedBy = secret
	must(t, "archive report", scope.ArchiveReport(ctx, archived))
	id.report, id.reportNumber = archived.ID, archived.Number
	export := store.Export{Format: store.ExportCSV, Filter: year, CreatedAt: admin.At, CreatedBy: secret}
	must(t, "start export", scope.StartExport(ctx, &export))
	id.export = export.ID
	addPublication(t, scope, &id)
	must(t, "save crest", scope.SaveCrest(ctx, crest(secret), store.Actor{Login: secret, At: admin.At}, nil))
	addDuty(t, scope, &id)
	addActions(t, scope, &id)
	addDevices(t, scope, &id)
	addScans(t, scope, &id)
	points, err := scope.ServicePoints(ctx)
	must(t, "service points", err)
	departments, err := scope.Departments(ctx)
	must(t, "departments", err)
	id.point, id.department = points[0].ID, departments[0].ID
	return scope, id
}

// crest looks like a PNG to the database.
func crest(words string) []byte { return []byte("\x89PNG\r\n\x1a\n" + words) }

func addPeople(t testing.TB, s *store.Store, scope *store.Scope, id *ids) {
	t.Helper()
	id.login = fmt.Sprintf("tajne@%d.example", scope.Tenant())
	a := account(t, s, scope, id.login)
	id.account, id.pending, id.session, id.invitation = a.ID, key("pending", id.login), key("full", id.login), key("invitation", "2"+id.login)
	must(t, "start session", scope.StartSession(ctx, key("first", id.login), a.ID, admin.At))
	must(t, "finish session", scope.FinishSession(ctx, key("first", id.login), id.session, a.ID, store.SecondFactor{Step: 101}, admin.At))
	must(t, "start session", scope.StartSession(ctx, id.pending, a.ID, admin.At))
	must(t, "invite", s.Invite(ctx, scope.Tenant(), invitation("2"+id.login)))
}

func addPaper(t testing.TB, s *store.Store, scope *store.Scope, id *ids) {
	t.Helper()
	printed, err := scope.RecordPrint(ctx, id.version, 10, store.Actor{Login: secret, At: admin.At})
	must(t, "print", err)
	b := openBatch(t, scope)
	typed := sheet(t, scope, b, 1, printed.FirstSerial, survey.Values{"overall": {"1"}, "remarks": {"tajne uwagi"}})
	web := entry(t, scope, "web", survey.Values{"overall": {"3"}, "remarks": {"tajne uwagi"}}, survey.NewDay(2026, 3, 10))
	must(t, "add submissions", s.AddSubmissions(ctx, []store.Entry{typed, web}))
	must(t, "draw sheets", scope.DrawSheets(ctx, b.ID, 100, store.Actor{Login: secret, At: admin.At}))
	must(t, "count days", scope.CountDays(ctx))
	id.batch, id.serial, id.sheet = b.ID, printed.FirstSerial, typed.Submission
	list, err := scope.Remarks(ctx, everyRemark)
	must(t, "remarks", err)
	id.remark = &list.Remarks[0]
	addTheme(t, scope, id)
}

// plainTenant makes a tenant of which all texts hold the slug.
func plainTenant(t testing.TB, s *store.Store, slug string) *store.Scope {
	t.Helper()
	id, err := s.CreateTenant(ctx, store.NewTenant{
		Slug: slug, Office: survey.Office{Name: slug}, Questionnaire: pgtest.Questionnaire(), Sheet: []byte(`{}`), At: admin.At, Reason: slug,
		Departments: []survey.SeedDepartment{{Name: slug, Short: "RO"}}, ServicePoints: []survey.SeedServicePoint{{Code: "bok", Name: slug, Department: "RO"}},
	})
	must(t, "create tenant", err)
	return s.Scope(id)
}

// nobodys are ids of the same form that no tenant has.
func nobodys(of ids) ids {
	id := ids{account: math.MaxInt32, department: math.MaxInt32, point: math.MaxInt32, version: math.MaxInt32, batch: math.MaxInt32, report: math.MaxInt32, action: math.MaxInt32, reportNumber: math.MaxInt32, publication: math.MaxInt32,
		serial: math.MaxInt32, export: math.MaxInt32, theme: math.MaxInt32, draft: of.draft, login: "nikt@nigdzie.example", pending: key("n1"), session: key("n2"), invitation: key("n3"), layout: of.layout}
	id.draft.ID, id.device, id.deviceSeed, id.deviceToken = math.MaxInt32, math.MaxInt32, seed("nobody's"), key("n4")
	id.scans = nobodysScans()
	remark := *of.remark
	remark.ID = uuid.NewString()
	id.remark = &remark
	id.mail.ID = math.MaxInt32
	sub := *of.sheet
	sub.ID, sub.VersionID = uuid.NewString(), math.MaxInt32
	id.sheet = &sub
	return id
}

// scopeCase calls one method of a Scope with another tenant's ids. foreign is what that must end with; nil: it
// succeeds, and tells or changes only what is the caller's. hides: not even the tenant's own answer holds the secret.
type scopeCase struct {
	foreign error
	hides   bool
	call    func(s *store.Scope, id ids) (any, error)
}

// alone makes the call of a method that returns nothing but an error.
func alone(f func(s *store.Scope, id ids) error) func(*store.Scope, ids) (any, error) {
	return func(s *store.Scope, id ids) (any, error) { return nil, f(s, id) }
}

// scopeCases has a case for every exported method of a Scope.
func scopeCases() map[string]scopeCase {
	cases := map[string]scopeCase{
		"Tenant": {hides: true, call: func(s *store.Scope, _ ids) (any, error) { return s.Tenant() > 0, nil }},
		"Record": {hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.Record(ctx, store.Event{At: admin.At, Actor: "x", Action: "x", Subject: fmt.Sprint(id.report)})
		})},
		"RecordOnce": {hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.RecordOnce(ctx, store.Event{At: admin.At, Actor: "x", Action: "y", Subject: fmt.Sprint(id.report)})
		})},
		"Events":             {call: func(s *store.Scope, _ ids) (any, error) { return s.Events(ctx, 100) }},
		"Accounts":           {call: func(s *store.Scope, _ ids) (any, error) { return s.Accounts(ctx) }},
		"Batches":            {hides: true, call: func(s *store.Scope, _ ids) (any, error) { return s.Batches(ctx, 100) }},
		"Departments":        {call: func(s *store.Scope, _ ids) (any, error) { return s.Departments(ctx) }},
		"Draft":              {call: func(s *store.Scope, _ ids) (any, error) { return s.Draft(ctx) }},
		"CountDays":          {hides: true, call: alone(func(s *store.Scope, _ ids) error { return s.CountDays(ctx) })},
		"FirstDay":           {hides: true, call: func(s *store.Scope, _ ids) (any, error) { return s.FirstDay(ctx) }},
		"Gate":               {call: func(s *store.Scope, _ ids) (any, error) { return s.Gate(ctx) }},
		"NextReportNumber":   {hides: true, call: func(s *store.Scope, _ ids) (any, error) { return s.NextReportNumber(ctx) }},
		"Office":             {call: func(s *store.Scope, _ ids) (any, error) { return s.Office(ctx) }},
		"PublishedID":        {hides: true, call: func(s *store.Scope, _ ids) (any, error) { return s.PublishedID(ctx) }},
		"PublishedVersion":   {call: func(s *store.Scope, _ ids) (any, error) { return s.PublishedVersion(ctx) }},
		"NestedReports":      {call: func(s *store.Scope, _ ids) (any, error) { return s.NestedReports(ctx, year) }},
		"Reports":            {call: func(s *store.Scope, _ ids) (any, error) { return s.Reports(ctx) }},
		"ServicePoints":      {call: func(s *store.Scope, _ ids) (any, error) { return s.ServicePoints(ctx) }},
		"Versions":           {call: func(s *store.Scope, _ ids) (any, error) { return s.Versions(ctx) }},
		"Columns":            {call: func(s *store.Scope, _ ids) (any, error) { return s.Columns(ctx, year) }},
		"ResultsWithColumns": {call: func(s *store.Scope, _ ids) (any, error) { return s.ResultsWithColumns(ctx, year) }},
		"Results":            {call: func(s *store.Scope, _ ids) (any, error) { return s.Results(ctx, year) }},
		"Verify": {hides: true, call: func(s *store.Scope, _ ids) (any, error) {
			var wrong []store.Difference
			n, err := s.Verify(ctx, year.To, func(string) bool { return true }, func(d store.Difference) { wrong = append(wrong, d) })
			if len(wrong) > 0 {
				err = fmt.Errorf("%+v", wrong) // of the other tenant: nothing is wrong with its own
			}
			return n, err
		}},
	}
	for _, more := range []map[string]scopeCase{accountCases(), paperCases(), officeCases(), remarkCases(), publicationCases(), dutyCases(), actionCases(), exportCases(), themeCases(), scanCases(), deviceCases()} {
		for name, c := range more {
			cases[name] = c
		}
	}
	return cases
}

func accountCases() map[string]scopeCase {
	return map[string]scopeCase{
		"AccountByLogin": {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) { return s.AccountByLogin(ctx, id.login) }},
		"InvitedAccount": {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) { return s.InvitedAccount(ctx, id.invitation, admin.At) }},
		"AcceptInvitation": {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) {
			return s.AcceptInvitation(ctx, id.invitation, store.Credentials{PasswordHash: "mine"}, admin.At)
		}},
		"StartSession": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.StartSession(ctx, key("new"), id.account, admin.At)
		})},
		"FinishSession": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			recovery := store.SecondFactor{Recovery: key("recovery 1", id.login)}
			if err := s.FinishSession(ctx, id.pending, key("new"), id.account, recovery, admin.At); err != nil {
				return err
			}
			if err := s.StartSession(ctx, id.pending, id.account, admin.At); err != nil {
				return err
			}
			return s.FinishSession(ctx, id.pending, key("newer"), id.account, store.SecondFactor{Step: 200}, admin.At)
		})},
		// Five minutes later, so that the session would be noted as seen.
		"Session":    {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) { return s.Session(ctx, id.session, admin.At.Add(5*60e9)) }},
		"EndSession": {hides: true, call: alone(func(s *store.Scope, id ids) error { return s.EndSession(ctx, id.session) })},
	}
}

func paperCases() map[string]scopeCase {
	return map[string]scopeCase{
		"OpenBatch": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.OpenBatch(ctx, &store.Batch{VersionID: id.version, ServicePoint: id.point, Day: survey.NewDay(2026, 3, 9), OpenedBy: "x", OpenedAt: admin.At})
		})},
		"Batch":       {foreign: survey.ErrNotFound, hides: true, call: func(s *store.Scope, id ids) (any, error) { return s.Batch(ctx, id.batch) }},
		"CloseBatch":  {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error { return s.CloseBatch(ctx, id.batch, admin) })},
		"TypedSheets": {call: func(s *store.Scope, id ids) (any, error) { return s.TypedSheets(ctx, id.batch) }},
		"CorrectSheet": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			sub := *id.sheet
			sub.Remarks = []survey.Remark{{Question: "remarks", Text: "changed", State: survey.RemarkNew}}
			return s.CorrectSheet(ctx, correction(&sub, id.layout, 1))
		})},
		"SheetOfSerial": {foreign: survey.ErrNotFound, hides: true, call: func(s *store.Scope, id ids) (any, error) { return s.SheetOfSerial(ctx, id.serial) }},
		"NumberOfSheet": {foreign: survey.ErrNotFound, hides: true, call: func(s *store.Scope, id ids) (any, error) {
			return s.NumberOfSheet(ctx, id.batch, id.sheet.ID, "nikt")
		}},
		"DrawSheets":    {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error { return s.DrawSheets(ctx, id.batch, 10, admin) })},
		"RekeyedSheets": {call: func(s *store.Scope, id ids) (any, error) { return s.RekeyedSheets(ctx, id.batch) }},
		"RekeySheet": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.RekeySheet(ctx, id.batch, id.sheet, &survey.Version{ID: id.sheet.VersionID, Questionnaire: *pgtest.Questionnaire(), Layout: *id.layout}, store.Actor{Login: "y", At: admin.At})
		})},
		"SettleSheet": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			second := *id.sheet
			second.Codes = append([]int16{survey.CodeFirst + 1}, second.Codes[1:]...)
			version := survey.Version{ID: id.sheet.VersionID, Questionnaire: *pgtest.Questionnaire(), Layout: *id.layout}
			_ = s.RekeySheet(ctx, id.batch, &second, &version, store.Actor{Login: "y", At: admin.At}) // so that there is something to settle
			return s.SettleSheet(ctx, correction(id.sheet, id.layout, 1))
		})},
		"RecordPrint":     {foreign: survey.ErrNotFound, hides: true, call: func(s *store.Scope, id ids) (any, error) { return s.RecordPrint(ctx, id.version, 5, admin) }},
		"VersionOfSerial": {foreign: survey.ErrNotFound, hides: true, call: func(s *store.Scope, id ids) (any, error) { return s.VersionOfSerial(ctx, id.serial) }},
	}
}

func officeCases() map[string]scopeCase {
	return map[string]scopeCase{
		// The other tenant's complete report does not open this one's gate.
		"SaveOffice": {foreign: survey.ErrReportRequired, hides: true, call: alone(func(s *store.Scope, _ ids) error {
			return s.SaveOffice(ctx, store.OfficeRecord{Office: survey.Office{Name: "x"}, Threshold: 5, Revision: 1, UpdatedAt: admin.At, UpdatedBy: "x"}, nil)
		})},
		"Crest": {foreign: survey.ErrNotFound, call: func(s *store.Scope, _ ids) (any, error) {
			crest, err := s.Crest(ctx)
			return string(crest), err
		}},
		"SaveCrest": {foreign: survey.ErrReportRequired, hides: true, call: alone(func(s *store.Scope, _ ids) error { return s.SaveCrest(ctx, crest("x"), admin, nil) })},
		"SaveServicePoint": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.SaveServicePoint(ctx, store.ServicePoint{ID: id.point, Code: "bok", Name: "x"}, admin, nil)
		})},
		"ArchiveReport": {hides: true, call: alone(func(s *store.Scope, id ids) error {
			number, err := s.NextReportNumber(ctx)
			if err != nil {
				return err
			}
			r := &store.Report{ReportInfo: store.ReportInfo{ID: id.report, Number: number, GeneratedAt: admin.At, GeneratedBy: "x"}, Filter: year, Summary: []byte(`{}`),
				PDF: []byte("%PDF-x"), XLSX: []byte("PKx")}
			return s.ArchiveReport(ctx, r)
		})},
		"Report": {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) { return s.Report(ctx, id.report) }},
		// ErrConflict: as with a questionnaire that nobody has.
		"SaveDraft":  {foreign: survey.ErrConflict, hides: true, call: func(s *store.Scope, id ids) (any, error) { return s.SaveDraft(ctx, id.draft, store.Edit{}) }},
		"DraftEdits": {call: func(s *store.Scope, _ ids) (any, error) { return s.DraftEdits(ctx, 0) }},
		"LastEdit": {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) {
			return s.LastEdit(ctx, id.draft.UpdatedBy, admin.At.Add(-time.Hour))
		}},
		"VersionContents": {call: func(s *store.Scope, _ ids) (any, error) { return s.VersionContents(ctx) }},
		"Publish": {foreign: survey.ErrConflict, call: func(s *store.Scope, id ids) (any, error) {
			return s.Publish(ctx, store.NewVersion{Draft: id.draft, Sheet: []byte(`{}`), By: admin}, nil)
		}},
		"Version":      {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) { return s.Version(ctx, id.version) }},
		"SheetLayout":  {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) { return s.SheetLayout(ctx, id.version, "B") }},
		"SheetLayouts": {call: func(s *store.Scope, _ ids) (any, error) { return s.SheetLayouts(ctx) }},
		"FreezeSheet": {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) {
			return s.FreezeSheet(ctx, id.version, "B", []byte(`{}`))
		}},
	}
}

func TestScopeCasesAreComplete(t *testing.T) {
	var methods []string
	for scope, i := reflect.TypeFor[*store.Scope](), 0; i < scope.NumMethod(); i++ {
		methods = append(methods, scope.Method(i).Name)
	}
	var cases []string
	for name := range scopeCases() {
		cases = append(cases, name)
	}
	slices.Sort(cases)
	if diff := cmp.Diff(methods, cases); diff != "" {
		t.Errorf("every method of a Scope needs a case in scopeCases that tries it as another tenant (-methods +cases):\n%s", diff)
	}
}

// TestScopeSeesOneTenant tries every method as another tenant: once as it runs, and once without row-level
// security, as its statements alone must keep tenants apart.
func TestScopeSeesOneTenant(t *testing.T) {
	for _, belt := range []struct{ name, prepare string }{
		{"with row-level security", ``},
		{"by its statements alone", `
			DO $$
			DECLARE t text;
			BEGIN
				FOR t IN SELECT relname FROM pg_class WHERE relrowsecurity LOOP
					EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', t);
				END LOOP;
			END
			$$`},
	} {
		t.Run(belt.name, func(t *testing.T) {
			s, owner, _ := open(t)
			_, err := owner.Exec(belt.prepare)
			must(t, "prepare", err)
			for name, c := range scopeCases() {
				t.Run(name, func(t *testing.T) { c.try(t, s, owner, strings.ToLower(name)) })
			}
		})
	}
}

var digits = regexp.MustCompile(`[0-9a-f-]{36}|\d+`)

func (c scopeCase) try(t *testing.T, s *store.Store, owner *sql.DB, name string) {
	victim, id := secretTenant(t, s, name)
	other := plainTenant(t, s, "jawne-"+name)
	before := dump(t, owner, victim.Tenant())
	got, err := c.call(other, id)
	if !errors.Is(err, c.foreign) {
		t.Errorf("as another tenant: %v; want %v", err, c.foreign)
	}
	if c.foreign == nil && strings.Contains(text(t, got), secret) {
		t.Errorf("as another tenant it tells %s", text(t, got))
	}
	if diff := cmp.Diff(before, dump(t, owner, victim.Tenant())); diff != "" {
		t.Errorf("as another tenant it changes rows (-before +after):\n%s", diff)
	}
	_, missing := c.call(other, nobodys(id))
	if a, b := digits.ReplaceAllString(fmt.Sprint(err), "N"), digits.ReplaceAllString(fmt.Sprint(missing), "N"); a != b {
		t.Errorf("error for another tenant's record %q; for one that nobody has %q", a, b)
	}
	own, err := c.call(victim, id) // shows that the ids were alive all the time
	if err != nil {
		t.Errorf("as the tenant itself: %v", err)
	}
	if !c.hides && !strings.Contains(text(t, own), secret) {
		t.Errorf("as the tenant itself it tells %s; the case does not look for what is secret", text(t, own))
	}
}

func text(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	must(t, "encode", err)
	return string(data)
}

// dump returns all rows of a tenant, whatever the table.
func dump(t testing.TB, owner *sql.DB, tenant int64) []string {
	t.Helper()
	tables := lines(t, owner, ours+` SELECT relname FROM tenant_tables ORDER BY 1`)
	var rows []string
	for _, table := range tables {
		rows = append(rows, lines(t, owner, `SELECT '`+table+`: ' || x::text FROM `+table+` x WHERE tenant_id = $1 ORDER BY 1`, tenant)...)
	}
	return append(rows, lines(t, owner, `SELECT x::text FROM tenants x WHERE id = $1`, tenant)...)
}

func TestIntakeRefusesWhatRefersToAnotherTenant(t *testing.T) {
	s, owner, _ := open(t)
	victim, id := secretTenant(t, s, "victim")
	other := plainTenant(t, s, "other")
	before := dump(t, owner, victim.Tenant())
	tests := []struct {
		name   string
		change func(*store.Entry)
		want   error
	}{
		{"version", func(e *store.Entry) { e.Submission.VersionID = id.version }, survey.ErrNotFound},
		{"service point", func(e *store.Entry) { e.Submission.ServicePoint = id.point }, survey.ErrNotFound},
		{"batch", func(e *store.Entry) { e.Sheet = &store.SheetRef{Batch: id.batch, Number: 2} }, survey.ErrClosed},
		{"nobody's batch", func(e *store.Entry) { e.Sheet = &store.SheetRef{Batch: math.MaxInt32, Number: 2} }, survey.ErrClosed},
		{"tenant that is not there", func(e *store.Entry) { e.Tenant = math.MaxInt32 }, survey.ErrNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := entry(t, other, tt.name, survey.Values{"overall": {"1"}}, survey.NewDay(2026, 3, 10))
			tt.change(&e)
			if err := s.AddSubmissions(ctx, []store.Entry{e}); !errors.Is(err, tt.want) {
				t.Errorf("add = %v; want %v", err, tt.want)
			}
		})
	}
	if diff := cmp.Diff(before, dump(t, owner, victim.Tenant())); diff != "" {
		t.Errorf("the other tenant's rows changed:\n%s", diff)
	}
	if n := total(t, other, year); n != 0 {
		t.Errorf("%d submissions were stored; want none", n)
	}
}

// countyCases has a case for every exported method of a County: the tenants whose counts it tells.
func countyCases() map[string]func(c *store.County) ([]int64, error) {
	return map[string]func(c *store.County) ([]int64, error){
		"Tallies": func(c *store.County) ([]int64, error) {
			tallies, err := c.Tallies(ctx, year.From, year.To)
			var tenants []int64
			for _, tally := range tallies {
				tenants = append(tenants, tally.Tenant)
			}
			return tenants, err
		},
	}
}

func TestCountySeesItsOwnOffices(t *testing.T) {
	s, _, _ := open(t)
	cases := countyCases()
	counties := map[string]int64{"none": math.MaxInt32}
	tenants := map[string][]int64{}
	for _, county := range []string{"bydgoski", "torunski"} {
		var err error
		counties[county], err = s.CreateCounty(ctx, survey.County{Slug: "powiat-" + county, Name: county, TERYT: "0403"})
		must(t, "county", err)
		for _, office := range []string{"a", "b"} {
			id, err := s.CreateTenant(ctx, store.NewTenant{Slug: office + "-" + county, County: "powiat-" + county, Questionnaire: pgtest.Questionnaire(), Sheet: []byte(`{}`), At: admin.At})
			must(t, "tenant", err)
			must(t, "add", s.AddSubmissions(ctx, []store.Entry{entry(t, s.Scope(id), county, survey.Values{"overall": {"1"}}, survey.NewDay(2026, 3, 10))}))
			tenants[county] = append(tenants[county], id)
		}
	}
	countyless := plainTenant(t, s, "countyless")
	must(t, "add", s.AddSubmissions(ctx, []store.Entry{entry(t, countyless, "c", survey.Values{"overall": {"1"}}, survey.NewDay(2026, 3, 10))}))
	for county, i := reflect.TypeFor[*store.County](), 0; i < county.NumMethod(); i++ {
		name := county.Method(i).Name
		if cases[name] == nil {
			t.Errorf("County.%s has no case in countyCases", name)
			continue
		}
		for slug, id := range counties {
			got, err := cases[name](s.County(id))
			if err != nil || !slices.Equal(got, tenants[slug]) {
				t.Errorf("%s of county %q tells of tenants %v, %v; want %v", name, slug, got, err, tenants[slug])
			}
		}
	}
}

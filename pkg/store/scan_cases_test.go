package store_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// scanIDs name what is scanned: an open stack with a file that is read and one that is sent, and one whose sheets are being
// stored.
type scanIDs struct {
	open, sending, page, lost, sheet, question int64
	reading                                    store.ScanFile
	approving                                  store.ScanBatch
	approved                                   int64 // a sheet of approving
	submission                                 string
}

func nobodysScans() scanIDs {
	const n = math.MaxInt32
	return scanIDs{n, n, n, n, n, n, store.ScanFile{ID: n, Batch: n, Lease: uuid.NewString()}, store.ScanBatch{ID: n, Lease: uuid.NewString()}, n, uuid.NewString()}
}

// scanned sends a file to a stack and takes it to be read.
func scanned(t testing.TB, scope *store.Scope, batch int64, content string) *store.ScanFile {
	t.Helper()
	f := store.ScanFile{Batch: batch, Name: secret + ".pdf", Size: int64(len(content)), SentBy: secret, SentAt: admin.At}
	must(t, "start file", scope.StartScanFile(ctx, &f))
	must(t, "add part", scope.AddScanPart(ctx, batch, f.ID, 0, []byte(content)))
	twin, err := scope.FinishScanFile(ctx, batch, f.ID, store.Actor{Login: secret, At: admin.At})
	must(t, "finish file", err)
	if twin != 0 {
		t.Fatalf("%q was sent before, to stack %d", content, twin)
	}
	claimed, err := scope.ClaimScanFile(ctx, admin.At, admin.At.Add(time.Minute))
	must(t, "claim file", err)
	return claimed
}

// located is a page that was read, with one question.
func located(number int, version, serial int64, flagged bool) *store.ScanPage {
	state := store.PageRead
	if flagged {
		state = store.PageNeedsCheck
	}
	return &store.ScanPage{Number: number, State: state, Algorithm: 1, VersionID: version, SheetPages: 1, SheetPage: 1, Serial: serial, Reading: []byte(`{"tajne": true}`),
		Picture: []byte(secret), Kind: "image/png", Questions: []store.ScanQuestion{{Field: "overall", Kind: store.AskOne, Proposal: []string{"1"}, Flagged: flagged, Reason: "tajne"}}}
}

func openScan(t testing.TB, scope *store.Scope) int64 {
	t.Helper()
	b := store.ScanBatch{Day: survey.NewDay(2026, 3, 9), OpenedBy: secret, OpenedAt: admin.At}
	must(t, "open scans", scope.OpenScan(ctx, &b))
	return b.ID
}

func addScans(t testing.TB, scope *store.Scope, id *ids) {
	t.Helper()
	later := admin.At.Add(time.Minute)
	must(t, "retention", scope.SaveScanRetention(ctx, 9, store.Actor{Login: secret, At: admin.At}))
	first := openScan(t, scope)
	f := scanned(t, scope, first, "first")
	f.Pages = 1
	page := located(1, id.version, 7, false)
	must(t, "add page", scope.AddScanPage(ctx, f, page, later))
	f.State = store.FileRead
	must(t, "end file", scope.EndScanFile(ctx, f))
	by := store.Actor{Login: secret, At: admin.At}
	must(t, "decide", scope.CorrectScanSheet(ctx, first, page.Sheet, survey.Values{"overall": {"2"}}, by))
	must(t, "approve", scope.ApproveScan(ctx, first, false, by))
	approving, err := scope.ClaimScanApproval(ctx, admin.At, later)
	must(t, "claim approval", err)
	sheets, err := scope.ScanSheets(ctx, first)
	must(t, "sheets", err)

	id.scans = scanIDs{approving: *approving, approved: sheets[0].ID, submission: sheets[0].SubmissionID, open: openScan(t, scope)}
	id.scans.reading = *scanned(t, scope, id.scans.open, "second")
	id.scans.reading.Pages = 2
	page = located(1, id.version, 8, true)
	must(t, "add page", scope.AddScanPage(ctx, &id.scans.reading, page, later))
	lost := &store.ScanPage{Number: 2, State: store.PageNotLocated, Reason: secret, Algorithm: 1, Picture: []byte(secret), Kind: "image/png"}
	must(t, "add page", scope.AddScanPage(ctx, &id.scans.reading, lost, later))
	questions, err := scope.NextScanQuestions(ctx, id.scans.open, 1, nil, store.Actor{Login: secret, At: admin.At}, admin.At)
	must(t, "questions", err)
	id.scans.page, id.scans.lost, id.scans.sheet, id.scans.question = page.ID, lost.ID, page.Sheet, questions[0].ID
	sending := store.ScanFile{Batch: id.scans.open, Name: secret, Size: 3, SentBy: secret, SentAt: admin.At}
	must(t, "start file", scope.StartScanFile(ctx, &sending))
	must(t, "add part", scope.AddScanPart(ctx, id.scans.open, sending.ID, 0, []byte("3rd")))
	id.scans.sending = sending.ID
}

// soon is a minute later than the fixture, when its leases have run out.
var soon = admin.At.Add(2 * time.Minute)

func scanCases() map[string]scopeCase {
	cases := map[string]scopeCase{
		"OpenScan": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.OpenScan(ctx, &store.ScanBatch{ServicePoint: id.point, Day: survey.NewDay(2026, 3, 9), OpenedBy: "x", OpenedAt: admin.At})
		})},
		"Scan":              {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) { return s.Scan(ctx, id.scans.open) }},
		"Scans":             {call: func(s *store.Scope, _ ids) (any, error) { return s.Scans(ctx, 100) }},
		"ScanCounts":        {hides: true, call: func(s *store.Scope, id ids) (any, error) { return s.ScanCounts(ctx, id.scans.open) }},
		"ScanRetention":     {hides: true, call: func(s *store.Scope, _ ids) (any, error) { return s.ScanRetention(ctx) }},
		"SaveScanRetention": {hides: true, call: alone(func(s *store.Scope, _ ids) error { return s.SaveScanRetention(ctx, 9, admin) })},
		"EraseScans":        {hides: true, call: func(s *store.Scope, _ ids) (any, error) { return s.EraseScans(ctx, admin.At.AddDate(1, 0, 0)) }},
		"ScanSheets":        {hides: true, call: func(s *store.Scope, id ids) (any, error) { return s.ScanSheets(ctx, id.scans.open) }},
		"ScanSheet":         {foreign: survey.ErrNotFound, hides: true, call: func(s *store.Scope, id ids) (any, error) { return s.ScanSheet(ctx, id.scans.open, id.scans.sheet) }},
		"ScanValues":        {hides: true, call: func(s *store.Scope, id ids) (any, error) { return s.ScanValues(ctx, id.scans.sheet) }},
		"SettleScanSheet": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.SettleScanSheet(ctx, id.scans.open, id.scans.sheet, store.SheetRejected, admin)
		})},
		"TypeScanSheet": {foreign: survey.ErrNotFound, hides: true, call: func(s *store.Scope, id ids) (any, error) {
			return s.TypeScanSheet(ctx, store.TypedScan{Batch: id.scans.open, Page: id.scans.lost, VersionID: id.version, Pages: 1, Values: survey.Values{"overall": {"2"}}}, admin)
		}},
		"CorrectScanSheet": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.CorrectScanSheet(ctx, id.scans.open, id.scans.sheet, survey.Values{"overall": {"2"}}, admin)
		})},
	}
	for _, more := range []map[string]scopeCase{scanFileCases(), scanPageCases(), scanQuestionCases(), scanApprovalCases()} {
		for name, c := range more {
			cases[name] = c
		}
	}
	return cases
}

func scanFileCases() map[string]scopeCase {
	return map[string]scopeCase{
		"StartScanFile": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.StartScanFile(ctx, &store.ScanFile{Batch: id.scans.open, Name: "x", Size: 1, SentBy: "x", SentAt: admin.At})
		})},
		"AddScanPart": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.AddScanPart(ctx, id.scans.open, id.scans.sending, 1, []byte("x"))
		})},
		"ScanPartOf": {foreign: survey.ErrNotFound, hides: true, call: func(s *store.Scope, id ids) (any, error) { return s.ScanPartOf(ctx, id.scans.reading.ID, 0) }},
		"FinishScanFile": {foreign: survey.ErrNotFound, hides: true, call: func(s *store.Scope, id ids) (any, error) {
			return s.FinishScanFile(ctx, id.scans.open, id.scans.sending, admin)
		}},
		"CancelScanFile": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.CancelScanFile(ctx, id.scans.open, id.scans.reading.ID, admin)
		})},
		"ScanFiles":     {call: func(s *store.Scope, id ids) (any, error) { return s.ScanFiles(ctx, id.scans.open) }},
		"ClaimScanFile": {foreign: survey.ErrNotFound, call: func(s *store.Scope, _ ids) (any, error) { return s.ClaimScanFile(ctx, soon, soon) }},
		"ReleaseScanFile": {hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.ReleaseScanFile(ctx, &id.scans.reading)
		})},
		"EndScanFile": {foreign: survey.ErrConflict, hides: true, call: alone(func(s *store.Scope, id ids) error {
			f := id.scans.reading
			f.State = store.FileRead
			return s.EndScanFile(ctx, &f)
		})},
		"ReadScansAgain": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error { return s.ReadScansAgain(ctx, id.scans.open, 2, admin) })},
	}
}

func scanPageCases() map[string]scopeCase {
	return map[string]scopeCase{
		"AddScanPage": {foreign: survey.ErrConflict, hides: true, call: alone(func(s *store.Scope, id ids) error {
			f := id.scans.reading
			return s.AddScanPage(ctx, &f, located(3, id.version, 9, true), soon)
		})},
		"RereadScanPage": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			p := located(2, id.version, 10, true)
			p.ID, p.Batch = id.scans.lost, id.scans.open
			return s.RereadScanPage(ctx, p, admin)
		})},
		"ScanPages":      {call: func(s *store.Scope, id ids) (any, error) { return s.ScanPages(ctx, id.scans.open) }},
		"ScanPage":       {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) { return s.ScanPage(ctx, id.scans.open, id.scans.page) }},
		"ScanSheetPages": {call: func(s *store.Scope, id ids) (any, error) { return s.ScanSheetPages(ctx, id.scans.open, id.scans.sheet) }},
		"ScanPicture": {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) {
			picture, _, err := s.ScanPicture(ctx, id.scans.open, id.scans.page)
			return string(picture), err
		}},
		"SettleScanPage": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.SettleScanPage(ctx, id.scans.open, id.scans.lost, store.SettledRejected, admin)
		})},
		"PrintedVersion": {hides: true, call: func(s *store.Scope, id ids) (any, error) {
			version, err := s.PrintedVersion(ctx, id.serial)
			if err == nil && version != 0 && version != id.version {
				err = errors.New("of another version")
			}
			return version, err
		}},
		"CountScanPages": {hides: true, call: func(s *store.Scope, id ids) (any, error) { return s.CountScanPages(ctx, id.scans.reading.ID, 1) }},
	}
}

func scanQuestionCases() map[string]scopeCase {
	return map[string]scopeCase{
		"NextScanQuestions": {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) {
			return s.NextScanQuestions(ctx, id.scans.open, 5, nil, store.Actor{Login: "x", At: soon}, soon)
		}},
		"ScanQuestion": {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) {
			return s.ScanQuestion(ctx, id.scans.open, id.scans.question)
		}},
		"DecideScan": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.DecideScan(ctx, id.scans.open, []store.ScanDecision{{Question: id.scans.question, Value: []string{"2"}}}, store.Actor{Login: "x", At: soon})
		})},
		"UndoScan": {foreign: survey.ErrNotFound, hides: true, call: func(s *store.Scope, id ids) (any, error) {
			by := store.Actor{Login: "x", At: soon}
			decided := s.DecideScan(ctx, id.scans.open, []store.ScanDecision{{Question: id.scans.question}}, by)
			q, err := s.UndoScan(ctx, id.scans.open, by, soon)
			if err == nil {
				err = decided
			}
			return q, err
		}},
		"AuditScan": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.AuditScan(ctx, id.scans.open, 5, store.ScanReasons{Marked: "x", Blank: "x"})
		})},
	}
}

func scanApprovalCases() map[string]scopeCase {
	return map[string]scopeCase{
		"ApproveScan": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			f := id.scans.reading
			f.State = store.FileRead
			ended := errors.Join(s.EndScanFile(ctx, &f), s.CancelScanFile(ctx, id.scans.open, id.scans.sending, admin))
			err := s.ApproveScan(ctx, id.scans.open, true, admin)
			if err == nil {
				err = ended
			}
			return err
		})},
		"FaultScanSheet": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.FaultScanSheet(ctx, id.scans.open, id.scans.sheet, "overall")
		})},
		"ClaimScanApproval": {foreign: survey.ErrNotFound, call: func(s *store.Scope, _ ids) (any, error) { return s.ClaimScanApproval(ctx, soon, soon) }},
		"SheetStored":       {hides: true, call: func(s *store.Scope, id ids) (any, error) { return s.SheetStored(ctx, id.scans.submission) }},
		"EndScanSheet": {foreign: survey.ErrConflict, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.EndScanSheet(ctx, &id.scans.approving, id.scans.approved, store.SheetApproved, soon)
		})},
		"EndScanApproval": {foreign: survey.ErrConflict, hides: true, call: alone(func(s *store.Scope, id ids) error {
			b := id.scans.approving
			_ = s.EndScanSheet(ctx, &b, id.scans.approved, store.SheetBlank, soon) // what comes of it is EndScanApproval's to tell
			return s.EndScanApproval(ctx, &b, soon)
		})},
	}
}

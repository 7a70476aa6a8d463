package scan

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/intake"
	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// world is an office with a stack, and a queue whose reader gives what a test says.
type world struct {
	t       *testing.T
	store   *store.Store
	scope   *store.Scope
	version *survey.Version
	layout  *sheet.Layout
	batch   *store.ScanBatch
	pages   []Page // of the next file
	failAt  int    // page at which the reader breaks down; 0: never
	read    []int  // numbers of pages that were read, in order
	now     time.Time
	runner  *Runner
}

var clerk = store.Actor{Login: "clerk", At: pgtest.Now()}

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx := context.Background()
	w := &world{t: t, store: pgtest.Store(t), now: pgtest.Now()}
	q := pgtest.Questionnaire()
	layout, err := sheet.NewLayout(q)
	w.must("layout", err)
	raw, err := json.Marshal(layout)
	w.must("layout", err)
	id, err := w.store.CreateTenant(ctx, store.NewTenant{Slug: "osielsko", Office: survey.Office{Name: "Urząd"}, Questionnaire: q, Sheet: raw, At: w.now, Reason: "test"})
	w.must("tenant", err)
	w.layout, w.scope = layout, w.store.Scope(id)
	w.version, err = w.scope.PublishedVersion(ctx)
	w.must("version", err)
	w.batch = &store.ScanBatch{Day: survey.NewDay(2026, 3, 9), OpenedBy: clerk.Login, OpenedAt: w.now}
	w.must("open", w.scope.OpenScan(ctx, w.batch))
	in := intake.New(w.store)
	t.Cleanup(func() { _ = in.Close(ctx) })
	w.runner = New(Options{Store: w.store, Intake: in, Secret: func() []byte { return []byte("secret") }, Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler), Read: w.reader})
	return w
}

var errBroken = errors.New("broken down")

func (w *world) reader(_ context.Context, job Job, take func(Page) error) error {
	for n := job.First; n <= len(w.pages); n++ {
		if n == w.failAt {
			return errBroken
		}
		w.read = append(w.read, n)
		p := w.pages[n-1]
		p.Number, p.Of = n, len(w.pages)
		if err := take(p); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) must(what string, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%s: %v", what, err)
	}
}

// page is a page of a sheet on which the overall rating is what was marked.
func (w *world) page(serial uint32, marked string, flagged bool) Page {
	p := omr.Page{State: omr.Done, Algorithm: omr.Algorithm, Code: sheet.Code{Tenant: w.scope.Tenant(), Version: w.version.ID, Page: 1, Serial: serial}}
	for _, b := range w.layout.Pages[0].Boxes {
		if i := slices.IndexFunc(p.Questions, func(q omr.Question) bool {
			return q.Question == b.Question && q.Row == b.Row && q.Area == b.Area && q.Aspect == b.Aspect
		}); i < 0 {
			p.Questions = append(p.Questions, omr.Question{Question: b.Question, Row: b.Row, Area: b.Area, Aspect: b.Aspect, Values: []string{}})
		}
	}
	for i := range p.Questions {
		if q := &p.Questions[i]; q.Question == "overall" {
			q.Values, q.Flagged = []string{marked}, flagged
		}
	}
	for _, a := range w.layout.Pages[0].Texts {
		p.Texts = append(p.Texts, omr.Text{Area: a})
	}
	if flagged {
		p.State = omr.NeedsCheck
	}
	return Page{Page: p}
}

// send puts a file of pages into the queue.
func (w *world) send(name string, pages ...Page) *store.ScanFile {
	w.t.Helper()
	ctx := context.Background()
	w.pages = pages
	f := &store.ScanFile{Batch: w.batch.ID, Name: name, Size: int64(len(name)), SentBy: clerk.Login, SentAt: w.now}
	w.must("start file", w.scope.StartScanFile(ctx, f))
	w.must("add part", w.scope.AddScanPart(ctx, w.batch.ID, f.ID, 0, []byte(name)))
	_, err := w.scope.FinishScanFile(ctx, w.batch.ID, f.ID, clerk)
	w.must("finish file", err)
	return f
}

// step does all that waits, and returns the last error.
func (w *world) step() (last error) {
	w.t.Helper()
	for {
		did, err := w.runner.Step(context.Background())
		if err != nil {
			last = err
		}
		if !did || err != nil {
			return last
		}
	}
}

// states lists the states of the stack's pages.
func (w *world) states() []string {
	w.t.Helper()
	pages, err := w.scope.ScanPages(context.Background(), w.batch.ID)
	w.must("pages", err)
	var states []string
	for _, p := range pages {
		states = append(states, p.State+p.Settled)
	}
	return states
}

func (w *world) wantStates(want ...string) {
	w.t.Helper()
	if got := w.states(); !slices.Equal(got, want) {
		w.t.Errorf("states of pages %v, want %v", got, want)
	}
}

func (w *world) submissions() int {
	w.t.Helper()
	results, err := w.scope.Results(context.Background(), survey.Filter{From: survey.NewDay(2026, 3, 1), To: survey.NewDay(2026, 3, 31)})
	w.must("results", err)
	n := 0
	for _, tally := range results.Tallies {
		for _, part := range tally.Parts {
			if part.Channel != survey.ChannelPaperScanned {
				w.t.Errorf("an answer of the channel %s", part.Channel)
			}
			n += part.N
		}
	}
	return n
}

// TestReadingGoesOnWhereItEnded breaks the reader down in the middle: the next one begins with the page that is not there.
func TestReadingGoesOnWhereItEnded(t *testing.T) {
	w := newWorld(t)
	w.failAt = 3
	w.send("a", w.page(1, "1", false), w.page(2, "2", false), w.page(3, "3", false), w.page(4, "1", false))
	if err := w.step(); !errors.Is(err, errBroken) {
		t.Fatalf("step = %v, want the reader's error", err)
	}
	w.wantStates("read", "read")
	if err := w.step(); err != nil {
		t.Fatalf("the file is held by the process that is gone, and yet: %v", err)
	}
	w.failAt, w.now = 0, w.now.Add(2*hold)
	w.must("step", w.step())
	w.wantStates("read", "read", "read", "read")
	if want := []int{1, 2, 3, 4}; !slices.Equal(w.read, want) {
		t.Errorf("pages were read in the order %v, want %v", w.read, want)
	}
}

// TestPageThatEndsItsReaderIsGivenUp goes on without a page that no reader survives.
func TestPageThatEndsItsReaderIsGivenUp(t *testing.T) {
	w := newWorld(t)
	w.send("a", w.page(1, "1", false), w.page(2, "2", false), w.page(3, "3", false))
	w.failAt = 2
	for range 5 {
		_ = w.step() // it breaks down each time
		w.now = w.now.Add(2 * hold)
	}
	w.must("step", w.step())
	w.wantStates("read", "unsupported", "read")
}

// TestServiceThatEndsGivesTheFileBack cancels in the middle: nobody has to wait until the lease runs out.
func TestServiceThatEndsGivesTheFileBack(t *testing.T) {
	w := newWorld(t)
	w.send("a", w.page(1, "1", false), w.page(2, "2", false))
	ctx, stop := context.WithCancel(context.Background())
	w.runner.Read = func(_ context.Context, job Job, take func(Page) error) error {
		p := w.pages[0]
		p.Number, p.Of = 1, 2
		w.must("take", take(p))
		stop()
		return ctx.Err()
	}
	_, _ = w.runner.Step(ctx)
	w.runner.Read = w.reader
	w.must("step", w.step())
	w.wantStates("read", "read")
	if want := []int{2}; !slices.Equal(w.read, want) {
		t.Errorf("the next process read pages %v, want %v", w.read, want)
	}
}

// TestPagesFindTheirState sends what a stack may hold.
func TestPagesFindTheirState(t *testing.T) {
	w := newWorld(t)
	other := w.page(9, "1", false)
	other.Page = omr.Page{State: omr.Foreign, Reason: omr.OtherOffice, Algorithm: omr.Algorithm, Code: sheet.Code{Tenant: 77, Version: 1, Page: 1, Serial: 5}}
	lost := Page{Page: omr.Page{State: omr.NotLocated, Reason: omr.NoFiducials, Algorithm: omr.Algorithm}}
	w.send("a", w.page(1, "1", false), w.page(1, "2", false), other, lost, w.page(2, "3", true))
	w.must("step", w.step())
	w.wantStates("read", "duplicate", "foreign", "not_located", "needs_check")
	second := &store.ScanBatch{Day: survey.NewDay(2026, 3, 9), OpenedBy: clerk.Login, OpenedAt: w.now}
	w.must("open", w.scope.OpenScan(context.Background(), second))
	w.batch = second
	w.send("b", w.page(2, "3", false))
	w.must("step", w.step())
	w.wantStates("duplicate")
	pages, err := w.scope.ScanPages(context.Background(), second.ID)
	w.must("pages", err)
	reading, err := w.scope.ScanPage(context.Background(), second.ID, pages[0].ID)
	if err != nil || reading.Reason != store.DuplicatePage {
		t.Errorf("page of a sheet in another stack: %+v, %v", reading, err)
	}
}

// TestForeignSheetLeavesNoTrace keeps nothing of whose a foreign sheet is.
func TestForeignSheetLeavesNoTrace(t *testing.T) {
	w := newWorld(t)
	w.send("a", Page{Page: omr.Page{State: omr.Foreign, Reason: omr.OtherOffice, Algorithm: omr.Algorithm, Code: sheet.Code{Tenant: 7654321, Version: 7654321, Page: 1, Serial: 7654321}}})
	w.must("step", w.step())
	pages, err := w.scope.ScanPages(context.Background(), w.batch.ID)
	w.must("pages", err)
	page, err := w.scope.ScanPage(context.Background(), w.batch.ID, pages[0].ID)
	w.must("page", err)
	data, err := json.Marshal(page)
	w.must("encode", err)
	if text := string(data); len(text) == 0 || slices.Contains([]bool{page.Serial != 0, page.Sheet != 0}, true) || containsNumber(text, 7654321) {
		t.Errorf("a foreign page tells %s", text)
	}
}

func containsNumber(text string, n int) bool {
	for i := range text {
		if s := fmt.Sprint(n); len(text)-i >= len(s) && text[i:i+len(s)] == s {
			return true
		}
	}
	return false
}

// TestReadingAgainKeepsDecisions reads a stack with a newer algorithm: what a person decided stays.
func TestReadingAgainKeepsDecisions(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	old := w.page(1, "1", true)
	old.Algorithm = omr.Algorithm - 1
	w.send("a", old)
	w.must("step", w.step())
	questions, err := w.scope.NextScanQuestions(ctx, w.batch.ID, 1, nil, clerk, w.now.Add(time.Minute))
	if err != nil || len(questions) != 1 || questions[0].Field != "overall" {
		t.Fatalf("questions = %+v, %v; want the overall rating", questions, err)
	}
	w.must("decide", w.scope.DecideScan(ctx, w.batch.ID, []store.ScanDecision{{Question: questions[0].ID, Value: []string{"3"}}}, clerk))
	w.must("again", w.scope.ReadScansAgain(ctx, w.batch.ID, omr.Algorithm, clerk))
	w.pages = []Page{w.page(1, "2", false)}
	w.must("step", w.step())
	q, err := w.scope.ScanQuestion(ctx, w.batch.ID, questions[0].ID)
	if err != nil || !slices.Equal(q.Proposal, []string{"2"}) || !slices.Equal(q.Value, []string{"3"}) {
		t.Errorf("question after the second reading = %+v, %v; want the proposal 2 and the decision 3", q, err)
	}
	values, err := w.scope.ScanValues(ctx, q.Sheet)
	if err != nil || !slices.Equal(values["overall"], []string{"3"}) {
		t.Errorf("values = %v, %v; want the person's", values, err)
	}
}

// settle answers everything that is asked by accepting it.
func (w *world) settle() {
	w.t.Helper()
	ctx := context.Background()
	for {
		questions, err := w.scope.NextScanQuestions(ctx, w.batch.ID, 50, nil, clerk, w.now.Add(time.Minute))
		w.must("questions", err)
		if len(questions) == 0 {
			return
		}
		for _, q := range questions {
			w.must("decide", w.scope.DecideScan(ctx, w.batch.ID, []store.ScanDecision{{Question: q.ID, Value: q.Proposal}}, clerk))
		}
	}
}

// TestApprovalStoresEachSheetOnce ends the service after a sheet is stored and before that is noted.
func TestApprovalStoresEachSheetOnce(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.send("a", w.page(1, "1", false), w.page(2, "2", true), w.page(3, "3", false))
	w.must("step", w.step())
	if err := w.scope.ApproveScan(ctx, w.batch.ID, false, clerk); !errors.Is(err, survey.ErrConflict) {
		t.Errorf("approve with a question left = %v, want ErrConflict", err)
	}
	w.settle()
	w.must("approve", w.scope.ApproveScan(ctx, w.batch.ID, false, clerk))
	claimed, err := w.scope.ClaimScanApproval(ctx, w.now, w.now.Add(hold))
	w.must("claim", err)
	sheets, err := w.scope.ScanSheets(ctx, w.batch.ID)
	w.must("sheets", err)
	state, err := w.runner.submit(ctx, w.scope, w.version, claimed, &sheets[0])
	if err != nil || state != store.SheetApproved {
		t.Fatalf("submit = %s, %v", state, err)
	}
	w.now = w.now.Add(72 * time.Hour) // even the idempotency keys are gone
	if _, err := w.store.DropKeys(ctx, survey.NewDay(2030, 1, 1)); err != nil {
		t.Fatal(err)
	}
	w.must("step", w.step())
	if n := w.submissions(); n != 3 {
		t.Errorf("%d submissions, want 3", n)
	}
	done, err := w.scope.Scan(ctx, w.batch.ID)
	if err != nil || done.State != store.ScanApproved {
		t.Errorf("stack = %+v, %v; want it approved", done, err)
	}
	if err := w.scope.EndScanSheet(ctx, claimed, sheets[1].ID, store.SheetRejected, w.now); !errors.Is(err, survey.ErrConflict) {
		t.Errorf("the process that was gone still writes: %v", err)
	}
}

// TestSheetTypedMeanwhileIsADuplicate types a sheet after it was scanned.
func TestSheetTypedMeanwhileIsADuplicate(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.send("a", w.page(1, "1", false), w.page(2, "2", false))
	w.must("step", w.step())
	w.settle()
	typed := store.Batch{VersionID: w.version.ID, Day: survey.NewDay(2026, 3, 9), OpenedBy: "typist", OpenedAt: w.now}
	w.must("open batch", w.scope.OpenBatch(ctx, &typed))
	sub, err := w.version.Fill(survey.Values{"overall": {"2"}}, survey.ChannelPaperScanned, typed.Day) // the channel is of no interest here
	w.must("fill", err)
	sub.ID = "11111111-1111-4111-8111-111111111111"
	w.must("type", w.store.AddSubmissions(ctx, []store.Entry{{Tenant: w.scope.Tenant(), Key: make([]byte, 32), Submission: sub, Layout: &w.version.Layout,
		Sheet: &store.SheetRef{Batch: typed.ID, Number: 1, Serial: 2}}}))
	w.must("approve", w.scope.ApproveScan(ctx, w.batch.ID, false, clerk))
	w.must("step", w.step())
	sheets, err := w.scope.ScanSheets(ctx, w.batch.ID)
	w.must("sheets", err)
	if sheets[0].State != store.SheetApproved || sheets[1].State != store.SheetDuplicate || w.submissions() != 2 {
		t.Errorf("sheets %s and %s, %d submissions; want approved, duplicate, 2", sheets[0].State, sheets[1].State, w.submissions())
	}
}

// TestScansAreErased erases what is over, and says so.
func TestScansAreErased(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	page := w.page(1, "1", false)
	page.Picture, page.Kind = []byte("picture"), "image/png"
	f := w.send("a", page)
	w.must("step", w.step())
	w.settle()
	w.must("approve", w.scope.ApproveScan(ctx, w.batch.ID, false, clerk))
	w.must("step", w.step())
	w.must("retention", w.scope.SaveScanRetention(ctx, 10, clerk))
	forgotten := &store.ScanBatch{Day: survey.NewDay(2026, 3, 9), OpenedBy: clerk.Login, OpenedAt: w.now}
	w.must("open", w.scope.OpenScan(ctx, forgotten))
	pages, err := w.scope.ScanPages(ctx, w.batch.ID)
	w.must("pages", err)

	w.now = w.now.AddDate(0, 0, 9)
	w.must("erase", w.runner.Erase(ctx))
	if _, _, err := w.scope.ScanPicture(ctx, w.batch.ID, pages[0].ID); err != nil {
		t.Errorf("after nine days the picture is gone: %v", err)
	}
	w.now = w.now.AddDate(0, 0, 1).Add(time.Hour)
	w.must("erase", w.runner.Erase(ctx))
	if _, _, err := w.scope.ScanPicture(ctx, w.batch.ID, pages[0].ID); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("after ten days the picture = %v, want ErrNotFound", err)
	}
	if _, err := w.scope.ScanPartOf(ctx, f.ID, 0); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("after ten days the file = %v, want ErrNotFound", err)
	}
	left, err := w.scope.Scan(ctx, forgotten.ID)
	if err != nil || left.ErasedAt != nil {
		t.Errorf("a stack of ten days that nobody approved = %+v, %v; want it kept for %d", left, err, store.ScanDays)
	}
	w.now = w.now.AddDate(0, 0, 21)
	w.must("erase", w.runner.Erase(ctx))
	if left, err = w.scope.Scan(ctx, forgotten.ID); err != nil || left.State != store.ScanAbandoned {
		t.Errorf("a stack of 31 days = %+v, %v; want it abandoned", left, err)
	}
	events, err := w.scope.Events(ctx, 50)
	w.must("events", err)
	if n := len(slices.DeleteFunc(events, func(e store.LoggedEvent) bool { return e.Action != "scan.erase" })); n != 2 {
		t.Errorf("%d erasures in the log, want 2", n)
	}
	if w.submissions() != 1 {
		t.Error("an answer went with its scan")
	}
}

// TestTwoClerksShareTheQuestions gives each question to one person until their time is over.
func TestTwoClerksShareTheQuestions(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.send("a", w.page(1, "1", true), w.page(2, "2", true))
	w.must("step", w.step())
	other := store.Actor{Login: "other", At: w.now}
	mine, err := w.scope.NextScanQuestions(ctx, w.batch.ID, 1, nil, clerk, w.now.Add(time.Minute))
	w.must("mine", err)
	theirs, err := w.scope.NextScanQuestions(ctx, w.batch.ID, 50, nil, other, w.now.Add(time.Minute))
	w.must("theirs", err)
	if len(mine) != 1 || len(theirs) == 0 || slices.ContainsFunc(theirs, func(q store.ScanQuestion) bool { return q.ID == mine[0].ID }) {
		t.Fatalf("the same question is given out twice: %+v, %+v", mine, theirs)
	}
	decision := []store.ScanDecision{{Question: mine[0].ID, Value: []string{"3"}}}
	if err := w.scope.DecideScan(ctx, w.batch.ID, decision, other); !errors.Is(err, survey.ErrConflict) {
		t.Errorf("another one decides what is before me: %v, want ErrConflict", err)
	}
	later := store.Actor{Login: "other", At: w.now.Add(2 * time.Minute)}
	w.must("decide later", w.scope.DecideScan(ctx, w.batch.ID, decision, later))
	if err := w.scope.DecideScan(ctx, w.batch.ID, []store.ScanDecision{{Question: mine[0].ID, Value: []string{"1"}}}, clerk); !errors.Is(err, survey.ErrConflict) {
		t.Errorf("my answer comes over theirs: %v, want ErrConflict", err)
	}
	undone, err := w.scope.UndoScan(ctx, w.batch.ID, later, later.At.Add(time.Minute))
	if err != nil || undone.ID != mine[0].ID {
		t.Errorf("undo = %+v, %v; want the question back", undone, err)
	}
}

// TestAuditIsBlind asks some of what the reading was sure of, measures it, and a whole sheet that is typed leaves it open.
func TestAuditIsBlind(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.send("a", w.page(1, "1", false), w.page(2, "2", false))
	w.must("step", w.step())
	questions, err := w.scope.NextScanQuestions(ctx, w.batch.ID, 50, nil, clerk, w.now.Add(time.Minute))
	w.must("questions", err)
	if len(questions) == 0 {
		t.Fatal("nothing of what was sure is asked")
	}
	for _, q := range questions {
		if q.Flagged || !q.Audit || q.Reason != string(omr.DoubtfulMark) && q.Reason != string(omr.BlankBilevel) {
			t.Errorf("question %+v; want one of the audit with a reason like any other's", q)
		}
	}
	first := questions[0]
	values, err := w.scope.ScanValues(ctx, first.Sheet)
	w.must("values", err)
	w.must("correct", w.scope.CorrectScanSheet(ctx, w.batch.ID, first.Sheet, values, clerk))
	if q, err := w.scope.ScanQuestion(ctx, w.batch.ID, first.ID); err != nil || q.Decided {
		t.Errorf("a sheet saved as it was read settles the audit: %+v, %v", q, err)
	}
	w.must("decide", w.scope.DecideScan(ctx, w.batch.ID, []store.ScanDecision{{Question: first.ID, Value: append([]string{survey.ValueUnreadable}, first.Proposal...)}}, clerk))
	w.settle()
	done, err := w.scope.Scan(ctx, w.batch.ID)
	if err != nil || done.Audited != len(questions) || done.AuditedWrong != 1 {
		t.Errorf("audit = %d of %d wrong, %v; want 1 of %d", done.AuditedWrong, done.Audited, err, len(questions))
	}
}

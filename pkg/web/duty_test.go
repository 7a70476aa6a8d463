package web

import (
	"context"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/embedded"
	"ocenaurzedu.eu/pkg/mail"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// postOffice is a mail server whose replies a test may change.
type postOffice struct {
	*embedded.SMTP
	mu    sync.Mutex
	reply map[string]string // by command
}

func (o *postOffice) answer(command, reply string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.reply = map[string]string{command: reply}
}

func startPostOffice(t *testing.T) *postOffice {
	t.Helper()
	o := &postOffice{}
	server, err := embedded.StartSMTP(func(command string) string {
		o.mu.Lock()
		defer o.mu.Unlock()
		return o.reply[command]
	})
	if err != nil {
		t.Fatal(err)
	}
	o.SMTP = server
	t.Cleanup(func() { _ = server.Close() })
	return o
}

func (o *postOffice) sender(t *testing.T) *mail.Sender {
	t.Helper()
	sender, err := mail.New(o.URL(), "Oceń Urząd", "nie-odpowiadaj@ocenaurzedu.example")
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

// letter is a mail as its reader sees it.
func letter(t *testing.T, m embedded.Taken) (subject, text string) {
	t.Helper()
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Message.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(m.Body)))
	if err != nil {
		t.Fatal(err)
	}
	return subject, words(string(body))
}

// round does what serve does each minute, as so many replicas at once.
func (h *harness) round(replicas int) {
	h.t.Helper()
	var wg sync.WaitGroup
	for range replicas {
		wg.Go(func() {
			if err := h.web.KeepDuties(context.Background()); err != nil {
				h.t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := h.web.SendMail(context.Background()); err != nil {
		h.t.Error(err)
	}
}

// at moves the clock to a day's noon.
func (h *harness) at(day survey.Day) {
	h.t.Helper()
	now := h.web.Now()
	h.advance(time.Date(day.Year(), day.Time().Month(), day.Time().Day(), 12, 0, 0, 0, now.Location()).Sub(now))
}

// An office is written to 60, 30 and 7 days before its report is due, once each, however many replicas look.
func TestRemindersOfTheYearlyReport(t *testing.T) {
	post := startPostOffice(t)
	h := start(t, func(o *Options) { o.Mail = post.sender(t) })
	h.answer("osielsko", given{n: 8})
	admin, supervisor := h.logIn("osielsko", store.RoleAdministrator), h.logIn("osielsko", store.RoleSupervisor)
	h.logIn("osielsko", store.RoleEmployee) // gets none
	admin.generate(thisYear())
	due := survey.DayOf(h.web.Now()).AddMonths(12)
	to := func() map[string]int {
		got := map[string]int{}
		for _, m := range post.Taken() {
			if strings.Contains(m.Message.Header.Get("Message-Id"), "osielsko") {
				got[m.To]++
			}
		}
		return got
	}
	steps := []struct {
		left, letters int
		words         string
	}{{61, 0, ""}, {60, 1, "za 60 dni"}, {59, 1, ""}, {31, 1, ""}, {30, 2, "za 30 dni"}, {8, 2, ""}, {7, 3, "za 7 dni"}, {0, 3, ""}, {-20, 3, ""}}
	for _, step := range steps {
		h.at(due.Add(-step.left))
		h.round(3)
		h.round(1)
		got := to()
		if len(got) > 2 || got[admin.login] != step.letters || got[supervisor.login] != step.letters {
			t.Fatalf("%d days before %s: letters %v; want %d to administrator and supervisor each", step.left, due, got, step.letters)
		}
		if step.words != "" {
			taken := post.Taken()
			subject, text := letter(t, taken[len(taken)-1])
			hold(t, "letter", subject+" "+text, "termin 10 marca 2027", step.words, "Urząd Gminy Osielsko", "Ostatni raport: nr 1 z 10 marca 2026", h.address("osielsko", "/panel/raporty/projekt"))
		}
	}
	seen := map[string]bool{}
	for _, m := range post.Taken() {
		id := m.Message.Header.Get("Message-Id")
		if seen[id] {
			t.Errorf("two letters have the Message-ID %s", id)
		}
		seen[id] = true
	}
	h.expect("log", h.logIn("osielsko", store.RoleAdministrator).get("/panel/dziennik"), 200, "wiadomość do wysłania")
}

// A service that was away sends one letter, not all that it missed.
func TestMissedRemindersAreOneLetter(t *testing.T) {
	post := startPostOffice(t)
	h := start(t, func(o *Options) { o.Mail = post.sender(t) })
	admin := h.logIn("osielsko", store.RoleAdministrator)
	admin.generate(thisYear())
	h.at(survey.DayOf(h.web.Now()).AddMonths(12).Add(5))
	h.round(2)
	got := 0
	for _, m := range post.Taken() {
		if m.To == admin.login {
			got++
			_, text := letter(t, m)
			hold(t, "letter", text, "termin minął 5 dni temu")
		}
	}
	if got != 1 {
		t.Errorf("%d letters; want 1", got)
	}
}

// Without a mail server the panel tells what would have gone; later it is too old to go.
func TestMailWithoutServer(t *testing.T) {
	h := start(t)
	admin := h.logIn("osielsko", store.RoleAdministrator)
	admin.generate(thisYear())
	h.at(survey.DayOf(h.web.Now()).AddMonths(12).Add(-7))
	h.round(1)
	admin = h.logIn("osielsko", store.RoleAdministrator) // a year later
	h.expect("dates", admin.get("/panel/raporty/terminy"), 200, "poczta nie jest skonfigurowana", "termin 10 marca 2027")
	post := startPostOffice(t)
	h.advance(mailExpires)
	h.web.Mail = post.sender(t)
	if err := h.web.SendMail(context.Background()); err != nil || len(post.Taken()) != 0 {
		t.Errorf("three days later %d letters go, %v; want none", len(post.Taken()), err)
	}
	h.expect("dates", h.logIn("osielsko", store.RoleAdministrator).get("/panel/raporty/terminy"), 200, "nie udało się wysłać przez trzy dni")
}

// What the server can't take now is tried again with the same Message-ID; what it refuses is not.
func TestMailIsTriedAgain(t *testing.T) {
	post := startPostOffice(t)
	h := start(t, func(o *Options) { o.Mail = post.sender(t) })
	scope := h.scope("osielsko")
	letters := func(n int) {
		t.Helper()
		m := h.web.letters(h.web.directory.Load().tenant("osielsko"), []string{"kto@osielsko.example"}, fmt.Sprint("proba-", n), "Próba", "Treść\n")
		if _, err := scope.Remind(context.Background(), store.DutyMail{Due: survey.NewDay(2030+n, 1, 1), Days: 60, At: h.web.Now()}, m); err != nil {
			t.Fatal(err)
		}
	}
	send := func(want int) {
		t.Helper()
		if err := h.web.SendMail(context.Background()); err != nil || len(post.Taken()) != want {
			t.Errorf("%d letters taken, %v; want %d", len(post.Taken()), err, want)
		}
	}
	letters(1)
	post.answer("RCPT", "451 come again")
	send(0)
	post.answer("", "")
	send(0) // not at once
	h.advance(time.Minute)
	post.answer("DATA", "drop") // the server has it, and the client never hears so
	send(1)
	post.answer("", "")
	h.advance(5 * time.Minute)
	send(2)
	h.advance(mailExpires)
	send(2)
	taken := post.Taken()
	if a, b := taken[0].Message.Header.Get("Message-Id"), taken[1].Message.Header.Get("Message-Id"); a != b || !strings.HasPrefix(a, "<proba-1-") {
		t.Errorf("the same letter has the Message-IDs %s and %s", a, b)
	}
	letters(2)
	post.answer("RCPT", "550 no such user")
	send(2)
	post.answer("", "")
	h.advance(time.Hour)
	send(2)
	mails, err := scope.Mails(context.Background(), 10)
	if err != nil || len(mails) != 2 || mails[0].SentAt.Valid || mails[0].NextAt.Valid || !strings.Contains(mails[0].Problem, "no such user") || !mails[1].SentAt.Valid || mails[1].Tries != 3 {
		t.Errorf("outbox %+v, %v", mails, err)
	}
}

// A schedule makes each period's report once, all that were missed, and tells the office.
func TestSchedule(t *testing.T) {
	post := startPostOffice(t)
	h := start(t, func(o *Options) { o.Mail = post.sender(t) })
	h.answer("osielsko", given{n: 8, day: survey.NewDay(2026, 3, 5)})
	admin := h.logIn("osielsko", store.RoleAdministrator)
	if got := admin.post("/panel/raporty/terminy", map[string][]string{"every": {"month", "quarter"}}); got.StatusCode != 303 {
		t.Fatalf("schedule = %d", got.StatusCode)
	}
	periods := func() []string {
		t.Helper()
		reports, err := h.scope("osielsko").Reports(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range reports {
			got = append([]string{r.From.String() + "/" + r.To.String() + " " + r.GeneratedBy}, got...)
		}
		return got
	}
	h.round(2)
	if got := periods(); got != nil {
		t.Errorf("before the first month is over there are %q", got)
	}
	h.at(survey.NewDay(2026, 4, 1))
	h.round(3)
	if got := periods(); len(got) != 2 {
		t.Errorf("on 1 April there are %q; want March and the quarter", got)
	}
	h.at(survey.NewDay(2026, 7, 20)) // the service was away
	h.round(3)
	got := strings.Join(periods(), "; ")
	for _, want := range []string{"2026-03-01/2026-03-31 harmonogram", "2026-01-01/2026-03-31 harmonogram", "2026-04-01/2026-04-30", "2026-05-01/2026-05-31", "2026-06-01/2026-06-30", "2026-04-01/2026-06-30"} {
		if strings.Count(got, want) != 1 {
			t.Errorf("by July the archive has %s; want %s once", got, want)
		}
	}
	if n := strings.Count(got, ";") + 1; n != 6 {
		t.Errorf("%d reports; want 6", n)
	}
	taken := slices.DeleteFunc(post.Taken(), func(m embedded.Taken) bool { return !strings.HasPrefix(m.Message.Header.Get("Message-Id"), "<raport-") })
	if len(taken) != 6 || taken[0].To != admin.login {
		t.Fatalf("%d letters; want 6", len(taken))
	}
	subject, text := letter(t, taken[0])
	hold(t, "letter", subject+" "+text, "Raport nr 1 jest gotowy", "Wypełnione ankiety: 8", h.address("osielsko", "/panel/raporty/"))
	admin = h.logIn("osielsko", store.RoleAdministrator)
	admin.post("/panel/raporty/terminy", nil)
	h.at(survey.NewDay(2026, 9, 1))
	h.round(1)
	if n := len(periods()); n != 6 {
		t.Errorf("without a schedule there are %d reports; want 6", n)
	}
}

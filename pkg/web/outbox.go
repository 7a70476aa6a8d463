package web

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"ocenaurzedu.eu/pkg/mail"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// mailClaim is how long a mail that is being sent is held back from other replicas; mailExpires how long one is tried:
// news of last week helps nobody.
const (
	mailClaim   = 5 * time.Minute
	mailExpires = 3 * 24 * time.Hour
)

// mailPause is the wait after an attempt; the longest one goes on until the mail expires.
func mailPause(tries int) time.Duration {
	pauses := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour}
	return pauses[min(tries, len(pauses))-1]
}

// SendMail sends all mail that is due. A mail is claimed before it is sent and settled after it: who dies in between leaves it
// to another, so that it goes at least once, always with the same Message-ID. Without a mail server nothing is sent. One that
// is away, or hangs, costs one attempt a round: the reports of schedules wait behind it.
func (s *Server) SendMail(ctx context.Context) error {
	if s.Mail == nil {
		return nil
	}
	tenants, err := s.Store.MailWaits(ctx, s.Now())
	if err != nil {
		return err
	}
	var errs []error
	for _, tenant := range tenants {
		scope := s.Store.Scope(tenant)
		for ctx.Err() == nil {
			m, err := scope.ClaimMail(ctx, s.Now(), s.Now().Add(mailClaim))
			if errors.Is(err, survey.ErrNotFound) {
				break
			}
			if err == nil {
				err = guarded(func() error { return s.sendOne(ctx, scope, m) })
			}
			if errors.Is(err, mail.ErrAway) {
				return errors.Join(errs...)
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("mail of office %d: %w", tenant, err))
				break
			}
		}
	}
	return errors.Join(errs...)
}

// sendOne makes one attempt and keeps how it ended. Only what could not be kept is an error, and mail.ErrAway: no other mail
// would go either.
func (s *Server) sendOne(ctx context.Context, scope *store.Scope, m *store.Mail) error {
	err := mail.ErrRefused
	m.Problem = "nie udało się wysłać przez trzy dni"
	if s.Now().Sub(m.CreatedAt) < mailExpires {
		err = s.Mail.Send(ctx, mail.Message{ID: m.MessageID, To: m.Recipient, Subject: m.Subject, Text: m.Body, At: m.CreatedAt})
		m.Problem = ""
	}
	switch {
	case err == nil:
		m.SentAt, m.NextAt = sql.NullTime{Time: s.Now(), Valid: true}, sql.NullTime{}
	case errors.Is(err, mail.ErrRefused):
		m.NextAt = sql.NullTime{}
	default:
		m.NextAt = sql.NullTime{Time: s.Now().Add(mailPause(m.Tries)), Valid: true}
	}
	if err != nil && m.Problem == "" {
		m.Problem = cutProblem(err.Error())
		s.Log.Warn("mail not sent", "office", scope.Tenant(), "tries", m.Tries, "refused", !m.NextAt.Valid) // whom it goes to is not for the log
	}
	settled := scope.SettleMail(context.WithoutCancel(ctx), *m)
	if settled != nil && !errors.Is(settled, survey.ErrConflict) { // that: it took so long that another one sends it too
		return settled
	}
	if errors.Is(err, mail.ErrAway) {
		return mail.ErrAway
	}
	return nil
}

// longestProblem is how many characters of a mail server's words are kept.
const longestProblem = 300

func cutProblem(words string) string {
	if utf8.RuneCountInString(words) <= longestProblem {
		return words
	}
	return string([]rune(words)[:longestProblem-1]) + "…"
}

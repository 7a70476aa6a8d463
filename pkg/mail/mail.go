// Package mail sends plain-text messages over SMTP.
package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// ErrRefused reports that the server will not take a message however often it is sent: its recipient, its sender or its
// content is refused for good (a reply of 5xx). Any other error is worth another attempt.
var ErrRefused = errors.New("refused for good")

// ErrAway reports that no message can go now, whomever it is to: the server can't be reached, does not answer, or does not
// let this sender in.
var ErrAway = errors.New("mail server away")

// timeout is how long a connection, and each answer of the server, may take.
const timeout = 20 * time.Second

// Message is a message to one address.
type Message struct {
	ID      string // Message-ID without its brackets; the same at each attempt, so that readers show one that came twice once
	To      string
	Subject string
	Text    string // lines end with \n
	At      time.Time
}

// Sender sends messages of one sender.
type Sender struct {
	client *gomail.Client
	name   string
	from   string
}

// New makes a sender of an address such as smtp://login:password@host:port: with TLS as soon as the server offers it, and
// always before a password is told to a host that is not this one; smtps:// has TLS from the start. The query ?from= sets
// the sender's address; without it that is fallback. It does not connect yet.
func New(address, name, fallback string) (*Sender, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("want smtp://login:password@host:port or smtps://…") // the error would show the password
	}
	options := []gomail.Option{gomail.WithTimeout(timeout), gomail.WithTLSPolicy(gomail.TLSOpportunistic)}
	switch port := u.Port(); {
	case port != "":
		n, err := strconv.Atoi(port)
		if err != nil {
			return nil, fmt.Errorf("port %q: %w", port, err)
		}
		options = append(options, gomail.WithPort(n))
	case u.Scheme == "smtps":
		options = append(options, gomail.WithPort(gomail.DefaultPortSSL))
	default:
		options = append(options, gomail.WithPort(gomail.DefaultPortTLS))
	}
	if u.Scheme == "smtps" {
		options = append(options, gomail.WithSSL())
	}
	if login := u.User.Username(); login != "" {
		password, _ := u.User.Password()
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(login), gomail.WithPassword(password))
		if u.Scheme == "smtp" && !isLoopback(u.Hostname()) {
			options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
		}
	}
	s := &Sender{name: name, from: fallback}
	if from := u.Query().Get("from"); from != "" {
		s.from = from
	}
	if err := gomail.NewMsg().FromFormat(s.name, s.from); err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	s.client, err = gomail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	return s, nil
}

func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// Send sends one message. It returns nil once the server has taken it, even if the connection breaks right after that.
func (s *Sender) Send(ctx context.Context, m Message) error {
	msg := gomail.NewMsg()
	if err := msg.FromFormat(s.name, s.from); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if err := msg.To(m.To); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	msg.Subject(oneLine(m.Subject))
	msg.SetMessageIDWithValue(m.ID)
	msg.SetDateWithValue(m.At)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no answer by a machine, please
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	ctx, cancel := context.WithTimeout(ctx, 3*timeout)
	defer cancel()
	connection, err := s.client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	defer func() { _ = s.client.CloseWithSMTPClient(connection) }()
	if err := s.client.SendWithSMTPClient(connection, msg); err != nil && !msg.IsDelivered() {
		var refused *gomail.SendError
		switch {
		case !errors.As(err, &refused):
			return err
		case refused.ErrorCode() >= 500:
			return fmt.Errorf("%w: %w", ErrRefused, err)
		case refused.ErrorCode() == 0: // no reply at all
			return fmt.Errorf("%w: %w", ErrAway, err)
		}
		return err
	}
	return nil
}

// oneLine keeps a subject from beginning another header.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

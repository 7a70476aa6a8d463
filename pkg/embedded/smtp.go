package embedded

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"sync"
)

// SMTP is a mail server in the process that keeps what it takes. It speaks as much of RFC 5321 as a client needs: no TLS,
// no log-in, one message after the other.
type SMTP struct {
	listener net.Listener
	mu       sync.Mutex
	taken    []Taken
	answer   func(command string) string
}

// Taken is a message that an SMTP server took.
type Taken struct {
	From, To string
	Message  *mail.Message
	Body     string // as it came: still encoded
}

// StartSMTP starts a server on a port of the system's choice. Before each command, and as DATA after a whole message,
// answer may give the reply itself ("451 later"), or "" for what is usual; nil: always that. A reply of "drop" cuts the
// connection without one.
func StartSMTP(answer func(command string) string) (*SMTP, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	if answer == nil {
		answer = func(string) string { return "" }
	}
	s := &SMTP{listener: listener, answer: answer}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // closed
			}
			go func() {
				defer func() { _ = conn.Close() }()
				_ = s.talk(textproto.NewConn(conn)) // whoever broke off is gone
			}()
		}
	}()
	return s, nil
}

// URL is the server's address.
func (s *SMTP) URL() string { return "smtp://" + s.listener.Addr().String() }

// Close takes no more connections.
func (s *SMTP) Close() error { return s.listener.Close() }

// Taken returns the messages taken so far, oldest first.
func (s *SMTP) Taken() []Taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Taken(nil), s.taken...)
}

var errDrop = errors.New("dropped")

// reply answers a command: as told, or with what is usual.
func (s *SMTP) reply(c *textproto.Conn, command, usual string) (string, error) {
	told := s.answer(command)
	switch told {
	case "drop":
		return told, errDrop
	case "":
		told = usual
	}
	return told, c.PrintfLine("%s", told)
}

func (s *SMTP) talk(c *textproto.Conn) error {
	if _, err := s.reply(c, "CONNECT", "220 localhost ESMTP"); err != nil {
		return err
	}
	var m Taken
	for {
		line, err := c.ReadLine()
		if err != nil {
			return err
		}
		verb, rest, _ := strings.Cut(line, " ")
		verb, usual := strings.ToUpper(verb), "250 OK"
		switch verb {
		case "EHLO":
			usual = "250-localhost\r\n250-8BITMIME\r\n250 SMTPUTF8"
		case "MAIL":
			m = Taken{From: address(rest)}
		case "RCPT":
			m.To = address(rest)
		case "DATA":
			if err := s.data(c, &m); err != nil {
				return err
			}
			continue
		case "QUIT":
			_, err := s.reply(c, verb, "221 bye")
			return err
		case "HELO", "RSET", "NOOP":
		default:
			usual = "502 what?"
		}
		if _, err := s.reply(c, verb, usual); err != nil {
			return err
		}
	}
}

// data takes a message; it is kept if the reply says so, even where that never arrives.
func (s *SMTP) data(c *textproto.Conn, m *Taken) error {
	if err := c.PrintfLine("354 go on"); err != nil {
		return err
	}
	lines := c.DotReader()
	message, err := mail.ReadMessage(bufio.NewReader(lines))
	if err != nil {
		return fmt.Errorf("message: %w", err)
	}
	body, err := io.ReadAll(message.Body)
	if err != nil {
		return err
	}
	m.Message, m.Body = message, string(body)
	told, err := s.reply(c, "DATA", "250 taken")
	if strings.HasPrefix(told, "250") || errors.Is(err, errDrop) {
		s.mu.Lock()
		s.taken = append(s.taken, *m)
		s.mu.Unlock()
	}
	return err
}

// address reads FROM:<a@b> and TO:<a@b>.
func address(rest string) string {
	_, from, _ := strings.Cut(rest, "<")
	inner, _, _ := strings.Cut(from, ">")
	return inner
}

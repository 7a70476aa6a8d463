package mail_test

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"strings"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/embedded"
	"ocenaurzedu.eu/pkg/mail"
)

func server(t *testing.T, answer func(string) string) *embedded.SMTP {
	t.Helper()
	s, err := embedded.StartSMTP(answer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func sender(t *testing.T, address string) *mail.Sender {
	t.Helper()
	s, err := mail.New(address, "Oceń Urząd", "nie-odpowiadaj@ocenaurzedu.example")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func message() mail.Message {
	return mail.Message{ID: "termin-2027-03-10-60@ocenaurzedu.example", To: "urzad@osielsko.example", Subject: "Termin raportu:\r\nBcc: kto@inny.example „zażółć”",
		Text: "Zażółć gęślą jaźń – tak.\n.\n.kropka na początku\nhttps://osielsko.ocenaurzedu.example/panel/raporty/terminy\n", At: time.Date(2027, 1, 9, 7, 30, 0, 0, time.UTC)}
}

func TestSend(t *testing.T) {
	s := server(t, nil)
	if err := sender(t, s.URL()+"?from=raporty@urzad.example").Send(context.Background(), message()); err != nil {
		t.Fatal(err)
	}
	taken := s.Taken()
	if len(taken) != 1 || taken[0].From != "raporty@urzad.example" || taken[0].To != "urzad@osielsko.example" {
		t.Fatalf("taken %+v", taken)
	}
	h := taken[0].Message.Header
	subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	if err != nil || subject != "Termin raportu: Bcc: kto@inny.example „zażółć”" || h.Get("Bcc") != "" {
		t.Errorf("subject %q, %v, Bcc %q", subject, err, h.Get("Bcc"))
	}
	from, err := h.AddressList("From")
	if err != nil || from[0].Name != "Oceń Urząd" || from[0].Address != "raporty@urzad.example" {
		t.Errorf("from %v, %v", from, err)
	}
	at, err := h.Date()
	if err != nil || !at.Equal(message().At) || h.Get("Message-ID") != "<"+message().ID+">" || h.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("date %s, %v, Message-ID %q, Auto-Submitted %q", at, err, h.Get("Message-ID"), h.Get("Auto-Submitted"))
	}
	text, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(taken[0].Body)))
	if got := strings.ReplaceAll(string(text), "\r\n", "\n"); err != nil || strings.TrimSpace(got) != strings.TrimSpace(message().Text) {
		t.Errorf("text %q, %v; want %q", got, err, message().Text)
	}
}

func TestSendFails(t *testing.T) {
	tests := []struct {
		name, command, reply string
		refused, ok          bool
		taken                int
	}{
		{"the recipient is not there", "RCPT", "550 no such user", true, false, 0},
		{"the sender is refused", "MAIL", "553 not you", true, false, 0},
		{"the message is refused", "DATA", "554 spam", true, false, 0},
		{"grey-listed", "RCPT", "451 come again", false, false, 0},
		{"the disk is full", "DATA", "452 later", false, false, 0},
		{"the server is going", "CONNECT", "421 going", false, false, 0},
		{"cut off before the message", "MAIL", "drop", false, false, 0},
		{"cut off after the message: it may come twice", "DATA", "drop", false, false, 1},
		{"cut off after the reply", "QUIT", "drop", false, true, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := server(t, func(command string) string {
				if command == tt.command {
					return tt.reply
				}
				return ""
			})
			err := sender(t, s.URL()).Send(context.Background(), message())
			if (err == nil) != tt.ok || errors.Is(err, mail.ErrRefused) != tt.refused || len(s.Taken()) != tt.taken {
				t.Errorf("Send = %v with %d taken; want refused for good: %t, sent: %t, %d taken", err, len(s.Taken()), tt.refused, tt.ok, tt.taken)
			}
		})
	}
	s := server(t, nil)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := sender(t, s.URL()).Send(context.Background(), message()); err == nil || errors.Is(err, mail.ErrRefused) {
		t.Errorf("no server: %v; want an error worth another attempt", err)
	}
	bad := message()
	bad.To = "nobody"
	if err := sender(t, server(t, nil).URL()).Send(context.Background(), bad); !errors.Is(err, mail.ErrRefused) {
		t.Errorf("no address: %v; want ErrRefused", err)
	}
}

// A password goes to nobody in the clear: the server offers no TLS, and is not this machine.
func TestPasswordNeedsTLS(t *testing.T) {
	for _, address := range []string{"http://host", "smtp://", "smtp://host:x", "smtp://host?from=nobody"} {
		if _, err := mail.New(address, "x", "x@example.com"); err == nil {
			t.Errorf("New(%q) takes it", address)
		}
	}
	_, err := mail.New("smtp://me:tajne@ho st", "x", "x@example.com")
	if err == nil || strings.Contains(err.Error(), "tajne") {
		t.Errorf("the error shows the password: %v", err)
	}
	commands := make(chan string, 100)
	s := server(t, func(command string) string { commands <- command; return "" })
	address := strings.Replace(s.URL(), "smtp://127.0.0.1", "smtp://me:tajne@0.0.0.0", 1)
	err = sender(t, address).Send(context.Background(), message())
	heard := ""
	for len(commands) > 0 {
		heard += <-commands + " "
	}
	if err == nil || !strings.Contains(heard, "EHLO") || strings.Contains(heard, "AUTH") {
		t.Errorf("a log-in without TLS: %v; the server heard %s", err, heard)
	}
}

package auth

import (
	"bytes"
	"context"
	"encoding/base32"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestHashAndVerify(t *testing.T) {
	ctx, h := context.Background(), NewHasher(2)
	const password = "zażółć gęślą jaźń"
	encoded, err := h.Hash(ctx, password)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(encoded, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("Hash = %q, want argon2id with 19 MiB, t=2, p=1", encoded)
	}
	if again, _ := h.Hash(ctx, password); again == encoded {
		t.Error("two hashes of one password are equal: the salt is not random")
	}
	tests := []struct {
		name, encoded, password string
		want                    bool
	}{
		{"right", encoded, password, true},
		{"right, letters composed otherwise", encoded, "zaz\u0307o\u0301ł\u0107 ge\u0328\u015bla\u0328 jaz\u0301\u0144", true},
		{"wrong", encoded, password + " ", false},
		{"empty password", encoded, "", false},
		{"unknown login", "", password, false},
		{"unknown login, empty password", "", "", false},
		// made with the reference implementation's command: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32
		{"reference vector", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := h.Verify(ctx, tt.encoded, tt.password)
			if err != nil || got != tt.want {
				t.Errorf("Verify(%q, %q) = %t, %v; want %t", tt.encoded, tt.password, got, err, tt.want)
			}
		})
	}
}

func TestVerifyRefusesBadHashes(t *testing.T) {
	h := NewHasher(1)
	for _, encoded := range []string{
		"x", "$argon2id$", "plain password",
		"$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=16$m=19456,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=4000000000,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=19456,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=19456,t=2,p=0$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$",
		"$argon2id$v=19$m=19456,t=2,p=1x$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$!!",
	} {
		if got, err := h.Verify(context.Background(), encoded, "password"); got || !errors.Is(err, ErrBadHash) {
			t.Errorf("Verify(%q) = %t, %v; want ErrBadHash", encoded, got, err)
		}
	}
}

func TestHasherWaitsForASlot(t *testing.T) {
	h := NewHasher(1)
	h.slots <- struct{}{} // as a hash that is being computed
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if _, err := h.Hash(ctx, "a long password"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Hash without a free slot: %v, want the context's error", err)
	}
	// An unknown login needs the slot too, as it is computed like any other.
	if got, err := h.Verify(ctx, "", "a long password"); got || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Verify without a free slot = %t, %v; want the context's error", got, err)
	}
	<-h.slots
	if _, err := h.Hash(context.Background(), "a long password"); err != nil {
		t.Errorf("Hash with a free slot: %v", err)
	}
	if len(h.slots) != 0 {
		t.Error("Hash kept its slot")
	}
}

func TestPasswordProblem(t *testing.T) {
	const login = "ala.wrona@osielsko.example.pl"
	tests := []struct {
		name, password string
		want           Problem
	}{
		{"good", "szary kot na płocie", ""},
		{"twelve characters", "Kb7-zx9!Qm2w", ""},
		{"good with the name in it", "ala.wrona lubi długie spacery", ""},
		{"long enough in bytes only", "ąąęęłłóóśś", ProblemTooShort},
		{"empty", "", ProblemTooShort},
		{"200 characters", strings.Repeat("długie hasło", 16) + "12345678", ""},
		{"201 characters", strings.Repeat("długie hasło", 16) + "123456789", ProblemTooLong},
		{"the login", login, ProblemLogin},
		{"the login in capitals", strings.ToUpper(login), ProblemLogin},
		{"the name and a year", "ala.wrona2024", ProblemLogin},
		{"the domain", "osielsko.example.pl1", ProblemLogin},
		{"common", "123456789012", ProblemCommon},
		{"common with digits and signs", "Administrator2024!", ProblemCommon},
		{"common twice", "hasłohasłohasło", ProblemCommon},
		{"one character", "aaaaaaaaaaaaaaa", ProblemCommon},
		{"few characters", "abababababab", ProblemCommon},
		{"month and year", "Październik2024!", ProblemCommon},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := PasswordProblem(tt.password, login); got != tt.want {
				t.Errorf("PasswordProblem(%q) = %q, want %q", tt.password, got, tt.want)
			}
		})
	}
	if got := PasswordProblem("szary kot na płocie", ""); got != "" {
		t.Errorf("PasswordProblem without a login = %q", got)
	}
}

// TestTOTPVectors holds the vectors of RFC 6238, appendix B, for SHA-1: their last six of eight digits, as
// both lengths are the same number modulo a power of ten (RFC 4226, 5.3).
func TestTOTPVectors(t *testing.T) {
	secret := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	tests := []struct {
		at   int64
		code string
		step int64
	}{
		{59, "287082", 0x1},
		{1111111109, "081804", 0x23523EC},
		{1111111111, "050471", 0x23523ED},
		{1234567890, "005924", 0x273EF07},
		{2000000000, "279037", 0x3F940AA},
		{20000000000, "353130", 0x27BC86AA},
	}
	for _, tt := range tests {
		at := time.Unix(tt.at, 0)
		if code, err := TOTPCode(secret, at); err != nil || code != tt.code {
			t.Errorf("TOTPCode(%d) = %q, %v; want %q", tt.at, code, err, tt.code)
		}
		for late, want := range map[int64]bool{-2: false, -1: true, 0: true, 1: true, 2: false} {
			step, ok := CheckTOTP(secret, tt.code, at.Add(time.Duration(late)*30*time.Second))
			if ok != want || ok && step != tt.step {
				t.Errorf("CheckTOTP(%q) %d steps late at %d = %d, %t; want %d, %t", tt.code, late, tt.at, step, ok, tt.step, want)
			}
		}
	}
}

func TestCheckTOTPRefuses(t *testing.T) {
	secret, _, err := NewTOTP("Urząd Gminy", "ala@example.pl")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1_700_000_000, 0)
	code, err := TOTPCode(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	other := string(rune('0'+(code[0]-'0'+1)%10)) + code[1:]
	tests := []struct {
		name, secret, code string
		want               bool
	}{
		{"right", secret, code, true},
		{"right, in groups", secret, " " + code[:3] + " " + code[3:] + " ", true},
		{"empty", secret, "", false},
		{"five digits", secret, code[:5], false},
		{"seven digits", secret, code + "0", false},
		{"letters", secret, "abcdef", false},
		{"bad secret", "not base32!", code, false},
		{"no secret", "", code, false},
	}
	for _, tt := range tests {
		if _, ok := CheckTOTP(tt.secret, tt.code, at); ok != tt.want {
			t.Errorf("%s: CheckTOTP = %t, want %t", tt.name, ok, tt.want)
		}
	}
	if step, ok := CheckTOTP(secret, other, at); ok && step == at.Unix()/30 {
		t.Error("a code with another first digit is right for the same step")
	}
	if _, err := TOTPCode("", at); err == nil {
		t.Error("TOTPCode without a secret gives a code")
	}
	if _, ok := CheckTOTP(secret, "000000", time.Unix(-100, 0)); ok {
		t.Error("a code was right before 1970")
	}
}

func TestNewTOTP(t *testing.T) {
	secret, uri, err := NewTOTP("Oceń Urząd: nie", "ala")
	if !errors.Is(err, ErrLabel) || secret != "" || uri != "" {
		t.Errorf("NewTOTP with a colon = %q, %q, %v; want ErrLabel", secret, uri, err)
	}
	if _, _, err := NewTOTP("", "ala"); !errors.Is(err, ErrLabel) {
		t.Errorf("NewTOTP without an issuer: %v", err)
	}
	secret, uri, err = NewTOTP("Oceń Urząd", "ala@example.pl")
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := base32.StdEncoding.DecodeString(secret); err != nil || len(raw) != 20 {
		t.Errorf("secret %q: %d bytes, %v; want 20", secret, len(raw), err)
	}
	u, err := url.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Oceń Urząd:ala@example.pl" ||
		q.Get("secret") != secret || q.Get("issuer") != "Oceń Urząd" || q.Get("period") != "30" || q.Get("digits") != "6" {
		t.Errorf("address %q", uri)
	}
}

func TestRecoveryCodes(t *testing.T) {
	codes, hashes := NewRecoveryCodes()
	if len(codes) != 10 || len(hashes) != 10 {
		t.Fatalf("%d codes, %d hashes; want 10 of each", len(codes), len(hashes))
	}
	form := regexp.MustCompile(`^([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$`)
	seen := make(map[string]bool)
	for i, code := range codes {
		if !form.MatchString(code) || seen[code] {
			t.Errorf("code %q is a double or of another form", code)
		}
		seen[code] = true
		for _, typed := range []string{code, strings.ToUpper(code), strings.ReplaceAll(code, "-", " "), strings.ReplaceAll(code, "-", ""),
			strings.ReplaceAll(code, "0", "O"), strings.ReplaceAll(code, "1", "l")} {
			if !bytes.Equal(HashRecoveryCode(typed), hashes[i]) {
				t.Errorf("HashRecoveryCode(%q) is not that of %q", typed, code)
			}
		}
	}
	if bytes.Equal(HashRecoveryCode(codes[0]), HashRecoveryCode(codes[1])) {
		t.Error("two codes have one hash")
	}
}

func TestToken(t *testing.T) {
	token, hash := NewToken()
	other, _ := NewToken()
	if len(token) != 43 || token == other || url.QueryEscape(token) != token {
		t.Errorf("tokens %q, %q: want two different ones of 43 characters for an address", token, other)
	}
	if len(hash) != 32 || !bytes.Equal(hash, HashToken(token)) || bytes.Equal(hash, HashToken(other)) {
		t.Error("the hash is not that of the token alone")
	}
}

func TestCSRF(t *testing.T) {
	_, secret := NewToken()
	_, other := NewToken()
	token := CSRFToken(secret)
	if token == CSRFToken(secret) {
		t.Error("two tokens are equal")
	}
	flipped := []byte(token)
	flipped[30] ^= 1
	tests := []struct {
		name   string
		secret []byte
		token  string
		want   bool
	}{
		{"own", secret, token, true},
		{"another session's", other, token, false},
		{"changed", secret, string(flipped), false},
		{"empty", secret, "", false},
		{"cut", secret, token[:40], false},
		{"longer", secret, token + "AAAA", false},
		{"not base64", secret, "!" + token[1:], false},
		{"no secret", nil, token, false},
		{"no secret, no token", nil, CSRFToken(nil), false},
	}
	for _, tt := range tests {
		if got := CheckCSRF(tt.secret, tt.token); got != tt.want {
			t.Errorf("%s: CheckCSRF = %t, want %t", tt.name, got, tt.want)
		}
	}
}

func TestDeviceToken(t *testing.T) {
	secret, now := []byte("secret"), time.Unix(1_800_000_000, 0)
	token := NewDeviceToken(secret, 7, "a@b.pl", now.Add(time.Hour))
	device, ok := CheckDeviceToken(secret, 7, "a@b.pl", token, now)
	if !ok || device == "" {
		t.Fatalf("a fresh token: %q, %t", device, ok)
	}
	if other, _ := CheckDeviceToken(secret, 7, "a@b.pl", NewDeviceToken(secret, 7, "a@b.pl", now.Add(time.Hour)), now); other == device {
		t.Error("two browsers have one name")
	}
	tests := []struct {
		name, secret string
		tenant       int64
		login, token string
		after        time.Duration
	}{
		{"expired", "secret", 7, "a@b.pl", token, time.Hour},
		{"another account", "secret", 7, "b@b.pl", token, 0},
		{"another tenant", "secret", 8, "a@b.pl", token, 0},
		{"another secret", "other", 7, "a@b.pl", token, 0},
		{"cut", "secret", 7, "a@b.pl", token[:len(token)-4], 0},
		{"longer", "secret", 7, "a@b.pl", token + "AAAA", 0},
		{"made to last", "secret", 7, "a@b.pl", token[:22] + "f" + token[23:], 0},
		{"none", "secret", 7, "a@b.pl", "", 0},
		{"no base64", "secret", 7, "a@b.pl", "=", 0},
	}
	for _, tt := range tests {
		if _, ok := CheckDeviceToken([]byte(tt.secret), tt.tenant, tt.login, tt.token, now.Add(tt.after)); ok {
			t.Errorf("%s: taken", tt.name)
		}
	}
}

func TestIdempotencyHash(t *testing.T) {
	secret := []byte("a secret of the service")
	base := IdempotencyHash(secret, 1, "key")
	if len(base) != 32 || !bytes.Equal(base, IdempotencyHash(secret, 1, "key")) {
		t.Error("IdempotencyHash is not a steady 256-bit value")
	}
	for name, other := range map[string][]byte{
		"another tenant": IdempotencyHash(secret, 2, "key"),
		"another key":    IdempotencyHash(secret, 1, "kez"),
		"another secret": IdempotencyHash([]byte("another"), 1, "key"),
		"no key":         IdempotencyHash(secret, 1, ""),
	} {
		if bytes.Equal(base, other) {
			t.Errorf("%s has the same hash", name)
		}
	}
}

func TestTOTPAddressIsThatOfNewTOTP(t *testing.T) {
	secret, want, err := NewTOTP("Urząd", "anna@osielsko.example")
	if err != nil {
		t.Fatalf("NewTOTP: %v", err)
	}
	if got, err := TOTPAddress("Urząd", "anna@osielsko.example", secret); err != nil || got != want {
		t.Errorf("TOTPAddress = %q, %v; want %q", got, err, want)
	}
	if _, err := TOTPAddress("Urząd", "anna@osielsko.example", "nie base32!"); err == nil {
		t.Error("TOTPAddress of a secret that is no base32 gave no error")
	}
}

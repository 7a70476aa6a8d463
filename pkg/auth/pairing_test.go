package auth

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

func TestPairingCode(t *testing.T) {
	secret, seed := []byte("secret"), NewPairingSeed()
	code := PairingCode(secret, 7, seed)
	if !regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`).MatchString(code) {
		t.Errorf("PairingCode = %q: not eight characters that can't be misread", code)
	}
	if again := PairingCode(secret, 7, seed); again != code {
		t.Errorf("the same seed gives %q and %q", code, again)
	}
	if bytes.Equal(seed, NewPairingSeed()) {
		t.Error("two seeds are the same")
	}
	for name, other := range map[string]string{
		"tenant": PairingCode(secret, 8, seed), "secret": PairingCode([]byte("other"), 7, seed), "seed": PairingCode(secret, 7, NewPairingSeed()),
	} {
		if IsPairingCode(other, code) {
			t.Errorf("the code of another %s is the same", name)
		}
	}
	const shown = "10K3-M0QX"
	for _, typed := range []string{shown, "10k3m0qx", " lok3 moqx ", "IOK3–MOQX"} {
		if !IsPairingCode(typed, shown) {
			t.Errorf("IsPairingCode(%q, %q) = false", typed, shown)
		}
	}
	for _, typed := range []string{"", "10K3-M0Q", "10K3-M0QXX", strings.Repeat("1", 8)} {
		if IsPairingCode(typed, shown) {
			t.Errorf("IsPairingCode(%q, %q) = true", typed, shown)
		}
	}
}

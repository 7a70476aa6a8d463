package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"
)

// Sizes in bytes.
const (
	tokenBytes    = 32 // OWASP asks for 8 at least
	nonceBytes    = 16
	recoveryCodes = 10
	recoveryBytes = 10 // 80 bits, so that a plain SHA-256 of a code can't be searched
)

// NewToken makes a random token of 256 bits in base64url (43 characters) for a session, an invitation or
// a kiosk, and the hash to store: whoever reads the database can't use what is stored there.
func NewToken() (token string, hash []byte) {
	token = base64.RawURLEncoding.EncodeToString(random(tokenBytes))
	return token, HashToken(token)
}

// HashToken returns the SHA-256 under which a token is stored and found.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// recoveryAlphabet is Crockford's base32: no letter that reads as a digit.
const recoveryAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// NewRecoveryCodes makes ten codes that each replace a one-time code once, such as 7k3m-q9xa-0vbe-5thn, and
// the hashes to store, in the same order. The codes are shown once.
func NewRecoveryCodes() (codes []string, hashes [][]byte) {
	for range recoveryCodes {
		code := recoveryCode()
		codes, hashes = append(codes, code), append(hashes, HashRecoveryCode(code))
	}
	return codes, hashes
}

func recoveryCode() string {
	var code strings.Builder
	bits, have := uint(0), 0
	for _, b := range random(recoveryBytes) {
		bits, have = bits<<8|uint(b), have+8
		for ; have >= 5; have -= 5 {
			if n := code.Len(); n%5 == 4 {
				code.WriteByte('-')
			}
			code.WriteByte(recoveryAlphabet[bits>>(have-5)&31])
		}
	}
	return code.String()
}

// misread puts right what people read wrong in a recovery code, and drops what parts its groups.
var misread = strings.NewReplacer("o", "0", "i", "1", "l", "1", "-", "", "–", "", " ", "", "\u00a0", "", "\t", "")

// HashRecoveryCode returns the SHA-256 under which a recovery code is stored and found. Case, blanks,
// hyphens and letters mistaken for digits don't matter.
func HashRecoveryCode(code string) []byte { return HashToken(misread.Replace(strings.ToLower(code))) }

// CSRFToken makes a token for the forms of one session, bound to it by an HMAC (OWASP CSRF Prevention
// Cheat Sheet, signed token). The secret is the session token's hash, or another secret that only the
// session has. Each call gives another token, so that the length of compressed pages doesn't give it
// away (BREACH). Without a secret there is no token: "".
func CSRFToken(secret []byte) string {
	if len(secret) == 0 {
		return ""
	}
	nonce := random(nonceBytes)
	return base64.RawURLEncoding.EncodeToString(append(nonce, csrfMAC(secret, nonce)...))
}

// CheckCSRF reports whether CSRFToken made the token with the secret.
func CheckCSRF(secret []byte, token string) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(secret) == 0 || len(raw) != nonceBytes+sha256.Size {
		return false
	}
	return hmac.Equal(raw[nonceBytes:], csrfMAC(secret, raw[:nonceBytes]))
}

func csrfMAC(secret, nonce []byte) []byte { return mac(secret, []byte("csrf"), nonce) }

// NewDeviceToken makes a token for a browser in which an account of a tenant has logged in: who guesses passwords can't make
// one (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). It lets nobody in.
func NewDeviceToken(secret []byte, tenant int64, login string, expires time.Time) string {
	head := binary.BigEndian.AppendUint64(random(nonceBytes), uint64(expires.Unix()))
	return base64.RawURLEncoding.EncodeToString(append(head, deviceMAC(secret, tenant, head, login)...))
}

// CheckDeviceToken returns the name of the browser that a token was made for, if it is the account's and has not expired.
func CheckDeviceToken(secret []byte, tenant int64, login, token string, now time.Time) (device string, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	const headBytes = nonceBytes + 8
	if err != nil || len(raw) != headBytes+sha256.Size || !hmac.Equal(raw[headBytes:], deviceMAC(secret, tenant, raw[:headBytes], login)) {
		return "", false
	}
	expires := time.Unix(int64(binary.BigEndian.Uint64(raw[nonceBytes:])), 0)
	return base64.RawURLEncoding.EncodeToString(raw[:nonceBytes]), now.Before(expires)
}

func deviceMAC(secret []byte, tenant int64, head []byte, login string) []byte {
	return mac(secret, []byte("device"), binary.BigEndian.AppendUint64(nil, uint64(tenant)), head, []byte(login))
}

// IdempotencyHash returns the HMAC-SHA256 under which the key of a submission is kept for 48 h. It tells
// neither the key nor, without the secret, whether two offices got the same one.
func IdempotencyHash(secret []byte, tenant int64, key string) []byte {
	return mac(secret, []byte("idempotency"), binary.BigEndian.AppendUint64(nil, uint64(tenant)), []byte(key))
}

// mac is HMAC-SHA256 over a purpose, which keeps the uses of one secret apart, and parts. All parts but the
// last have a fixed length for their purpose, so that no two lists of parts run together.
func mac(secret, purpose []byte, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write(append(purpose, 0))
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}

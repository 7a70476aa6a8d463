package auth

import (
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
)

// Parameters of one-time codes (RFC 6238) that every authenticator app knows: SHA-1, 30 s, 6 digits. One step
// early or late is let pass for slow typing and clocks that differ (RFC 6238, 5.2).
const (
	totpPeriod = 30 // s
	totpSkew   = 1  // steps
	totpDigits = otp.DigitsSix
	totpSecret = 20 // bytes, as RFC 4226 (R6) recommends
)

// ErrLabel reports an issuer or account that can't stand in an otpauth address.
var ErrLabel = errors.New("issuer and account must be given, without a colon")

// NewTOTP makes a secret for an account: the secret in base32, to store and to type, and the otpauth
// address for a QR code. Error: ErrLabel.
func NewTOTP(issuer, account string) (secret, uri string, err error) {
	if issuer == "" || account == "" || strings.Contains(issuer+account, ":") {
		return "", "", fmt.Errorf("one-time codes for %q at %q: %w", account, issuer, ErrLabel)
	}
	key, err := totp.Generate(totp.GenerateOpts{
		Issuer: issuer, AccountName: account,
		Period: totpPeriod, SecretSize: totpSecret, Digits: totpDigits, Algorithm: otp.AlgorithmSHA1,
	})
	if err != nil {
		return "", "", fmt.Errorf("one-time codes for %q: %w", account, err)
	}
	return key.Secret(), key.URL(), nil
}

// TOTPAddress returns the otpauth address of a secret that NewTOTP made, for drawing its QR code again.
// Errors: ErrLabel, or that the secret is no base32.
func TOTPAddress(issuer, account, secret string) (string, error) {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return "", fmt.Errorf("secret: %w", err)
	}
	if issuer == "" || account == "" || strings.Contains(issuer+account, ":") {
		return "", fmt.Errorf("one-time codes for %q at %q: %w", account, issuer, ErrLabel)
	}
	key, err := totp.Generate(totp.GenerateOpts{
		Issuer: issuer, AccountName: account, Secret: raw,
		Period: totpPeriod, SecretSize: uint(len(raw)), Digits: totpDigits, Algorithm: otp.AlgorithmSHA1,
	})
	if err != nil {
		return "", fmt.Errorf("one-time codes for %q: %w", account, err)
	}
	return key.URL(), nil
}

// CheckTOTP reports whether the code is right at the time, and for which time step (30 s since 1970). A
// code counts once (RFC 6238, 5.2): the caller accepts it only by setting the account's last step
// from a lower one to this one, in one statement. Blanks in the code don't matter. A secret that isn't
// base32 has no right code.
func CheckTOTP(secret, code string, at time.Time) (step int64, ok bool) {
	code = strings.Join(strings.Fields(code), "")
	now := timeStep(at)
	// Each step is compared, whether or not one matched, so that the time taken tells nothing.
	for _, candidate := range [...]int64{now - totpSkew, now + totpSkew, now} {
		want, err := codeOf(secret, candidate)
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = candidate, true
		}
	}
	return step, ok
}

// TOTPCode returns the code of the time, as an authenticator app shows it: for the demo and for tests.
func TOTPCode(secret string, at time.Time) (string, error) {
	code, err := codeOf(secret, timeStep(at))
	if err != nil {
		return "", fmt.Errorf("one-time code: %w", err)
	}
	return code, nil
}

// timeStep counts periods since 1970; it is negative before, far from any step that has a code.
func timeStep(at time.Time) int64 {
	if at.Unix() < 0 {
		return -2 * totpSkew
	}
	return at.Unix() / totpPeriod
}

// codeOf returns the code of a time step; there is none before 1970.
func codeOf(secret string, step int64) (string, error) {
	if step < 0 || secret == "" {
		return "", errors.New("no code without a secret or before 1970")
	}
	return hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: totpDigits, Algorithm: otp.AlgorithmSHA1})
}

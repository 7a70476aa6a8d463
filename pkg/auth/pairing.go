package auth

import (
	"crypto/subtle"
	"encoding/binary"
	"strings"
)

// pairingCharacters is the length of a pairing code: 40 bits, for the ten minutes that it is good and under a limit of tries.
const pairingCharacters = 8

// NewPairingSeed makes what a pairing code is made of.
func NewPairingSeed() []byte { return random(nonceBytes) }

// PairingCode makes the code that pairs a device of a tenant, such as 7K3M-Q9XA. It is not stored: the seed is, which tells
// nothing without the secret.
func PairingCode(secret []byte, tenant int64, seed []byte) string {
	sum := mac(secret, []byte("pairing"), binary.BigEndian.AppendUint64(nil, uint64(tenant)), seed)
	var code strings.Builder
	for i, b := range sum[:pairingCharacters] {
		if i == pairingCharacters/2 {
			code.WriteByte('-')
		}
		code.WriteByte(recoveryAlphabet[b&31])
	}
	return strings.ToUpper(code.String())
}

// IsPairingCode reports whether somebody typed the code. Case, blanks, hyphens and letters mistaken for digits don't matter.
func IsPairingCode(typed, code string) bool {
	plain := func(s string) string { return misread.Replace(strings.ToLower(s)) }
	return subtle.ConstantTimeCompare([]byte(plain(typed)), []byte(plain(code))) == 1
}

package sheet

import (
	"errors"
	"fmt"
	"hash/crc32"
	"math/big"
	"strings"
)

// Code names one page of one sheet. It is what the QR on the page holds. The serial tells sheets of a
// version apart; it is kept with no person.
type Code struct {
	Tenant  int64  // 1 to 2^31-1
	Version int64  // 1 to 2^40-1
	Page    int    // 1 to 31
	Serial  uint32 //
	Format  string // of the Layout; "" is that of Polish in normal print
}

// ErrBadCode reports a code that no sheet of ours carries: wrong length, letter or check.
var ErrBadCode = errors.New("not the code of a sheet")

// A code is 30 characters, the most that a QR version 3 at level Q is sure to hold with room to spare: the
// format's letter and 29 characters of base32, most significant bit first:
//
//	version, low 24 bits | page, 5 | serial, low 26 | check, 5     the first 13 characters: the short code
//	tenant, 31 | version, high 16 | serial, high 6 | CRC-32, 32    the other 17
//
// The CRC (IEEE) covers the letter and the 113 bits before it, packed into bytes from the left. The check
// character makes a short code with one wrong or two swapped characters invalid.
const (
	alphabet    = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford's: no I, L, O, U
	codeLength  = 30
	shortLength = 13

	lowVersionBits, pageBits, lowSerialBits          = 24, 5, 26
	tenantBits, highVersionBits, highSerialBits      = 31, 16, 6
	maxTenant, maxVersion, maxPageInCode             = 1<<tenantBits - 1, 1<<40 - 1, 1<<pageBits - 1
	crcBits, charBits                                = 32, 5
	coveredBits                                      = lowVersionBits + pageBits + lowSerialBits + charBits + tenantBits + highVersionBits + highSerialBits
	coveredBytes                                     = (coveredBits + 7) / 8
	checkAt                                          = shortLength - 1
	checkGenerator                              byte = 2    // a primitive element of GF(32)
	checkPolynomial                             byte = 0x25 // x^5 + x^2 + 1
)

// Check says whether a code's numbers fit into its characters.
func (c Code) Check() error {
	if _, err := FormOf(c.letter()); err != nil {
		return fmt.Errorf("format %q: %w", c.Format, ErrBadCode)
	}
	if c.Tenant < 1 || c.Tenant > maxTenant || c.Version < 1 || c.Version > maxVersion || c.Page < 1 || c.Page > maxPageInCode {
		return fmt.Errorf("tenant %d, version %d, page %d: %w", c.Tenant, c.Version, c.Page, ErrBadCode)
	}
	return nil
}

// Encode returns the code's 30 characters, or "" for numbers that Check refuses.
func (c Code) Encode() string {
	if c.Check() != nil {
		return ""
	}
	var b bits
	b.push(uint64(c.Version), lowVersionBits)
	b.push(uint64(c.Page), pageBits)
	b.push(uint64(c.Serial), lowSerialBits)
	b.push(uint64(strings.IndexByte(alphabet, checkChar(c.letter()+b.text()))), charBits)
	b.push(uint64(c.Tenant), tenantBits)
	b.push(uint64(c.Version>>lowVersionBits), highVersionBits)
	b.push(uint64(c.Serial>>lowSerialBits), highSerialBits)
	b.push(uint64(b.crc(c.letter())), crcBits)
	return c.letter() + b.text()
}

func (c Code) letter() string {
	if c.Format == "" {
		return formatPolish
	}
	return c.Format
}

// hasFormat reports whether a code begins with the letter of a format.
func hasFormat(code string) bool {
	_, err := FormOf(code[:1])
	return err == nil
}

// Short returns the code's first 13 characters, which are printed beneath the QR to be typed.
func (c Code) Short() string {
	full := c.Encode()
	return full[:min(shortLength, len(full))]
}

// ParseCode reads what a QR holds. Any change of one character gives ErrBadCode.
func ParseCode(s string) (Code, error) {
	if len(s) != codeLength || !hasFormat(s) {
		return Code{}, fmt.Errorf("code %q: %w", s, ErrBadCode)
	}
	b, err := parseBits(s[1:])
	if err != nil {
		return Code{}, err
	}
	crc := uint32(b.pop(crcBits))
	if crc != b.crc(s[:1]) {
		return Code{}, fmt.Errorf("code %q, check sum: %w", s, ErrBadCode)
	}
	highSerial, highVersion := b.pop(highSerialBits), b.pop(highVersionBits)
	c := Code{Tenant: int64(b.pop(tenantBits)), Format: s[:1]}
	b.pop(charBits)
	c.Serial = uint32(highSerial<<lowSerialBits | b.pop(lowSerialBits))
	c.Page = int(b.pop(pageBits))
	c.Version = int64(highVersion<<lowVersionBits | b.pop(lowVersionBits))
	if c.Encode() != s {
		return Code{}, fmt.Errorf("code %q: %w", s, ErrBadCode)
	}
	return c, nil
}

// ParseShort reads the 13 characters beneath a QR as a person types them: in any case, with spaces or
// hyphens, O for 0, I or L for 1. The Code has no tenant (the typist's own is meant), the version modulo
// 2^24 and the serial modulo 2^26. One wrong or two swapped characters give ErrBadCode.
func ParseShort(typed string) (Code, error) {
	s := strings.NewReplacer(" ", "", "-", "", "\u00a0", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	if len(s) != shortLength || !hasFormat(s) {
		return Code{}, fmt.Errorf("short code %q: %w", typed, ErrBadCode)
	}
	b, err := parseBits(s[1:])
	if err != nil {
		return Code{}, err
	}
	b.pop(charBits)
	c := Code{Format: s[:1], Serial: uint32(b.pop(lowSerialBits)), Page: int(b.pop(pageBits)), Version: int64(b.pop(lowVersionBits))}
	if checkChar(s[:checkAt]) != s[checkAt] || c.Page == 0 {
		return Code{}, fmt.Errorf("short code %q, check: %w", typed, ErrBadCode)
	}
	return c, nil
}

// checkChar returns the character that makes Σ xᵢ·2ⁱ zero in GF(32), over the characters of s with the check
// as the 0th. The powers of a primitive element are all different up to 31 characters, so that no single
// change and no swap of neighbours goes unseen. The format's letter is in Crockford's alphabet too.
func checkChar(s string) byte {
	sum := byte(0)
	for i := range len(s) {
		sum = timesGenerator(sum ^ byte(strings.IndexByte(alphabet, s[i])))
	}
	return alphabet[sum]
}

func timesGenerator(x byte) byte {
	if x *= checkGenerator; x > 31 {
		x ^= checkPolynomial
	}
	return x
}

// bits is a string of bits, at most a code's; the last pushed is the lowest of n.
type bits struct {
	n     big.Int
	count int
}

func (b *bits) push(v uint64, width int) {
	v &= 1<<width - 1
	b.n.Or(b.n.Lsh(&b.n, uint(width)), new(big.Int).SetUint64(v))
	b.count += width
}

// pop takes the last width bits off.
func (b *bits) pop(width int) uint64 {
	v := new(big.Int).And(&b.n, new(big.Int).SetUint64(1<<width-1)).Uint64()
	b.n.Rsh(&b.n, uint(width))
	b.count -= width
	return v
}

// text writes whole groups of five bits as characters.
func (b *bits) text() string {
	chars := make([]byte, b.count/charBits)
	rest := new(big.Int).Set(&b.n)
	for i := len(chars) - 1; i >= 0; i-- {
		chars[i] = alphabet[new(big.Int).And(rest, big.NewInt(31)).Int64()]
		rest.Rsh(rest, charBits)
	}
	return string(chars)
}

// crc sums the format's letter and the covered bits.
func (b *bits) crc(format string) uint32 {
	shifted := new(big.Int).Lsh(&b.n, coveredBytes*8-coveredBits)
	return crc32.ChecksumIEEE(append([]byte(format), shifted.FillBytes(make([]byte, coveredBytes))...))
}

func parseBits(s string) (*bits, error) {
	var b bits
	for i := range len(s) {
		v := strings.IndexByte(alphabet, s[i])
		if v < 0 {
			return nil, fmt.Errorf("code %q, character %d: %w", s, i+2, ErrBadCode)
		}
		b.push(uint64(v), charBits)
	}
	return &b, nil
}

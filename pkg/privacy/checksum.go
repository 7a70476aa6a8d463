package privacy

import "time"

// weighted returns the sum of the digits, each times its weight.
func weighted(digits []digit, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += w * int(digits[i].value)
	}
	return sum
}

// same reports whether all digits are equal: a filler that some checksums let pass.
func same(digits []digit) bool {
	for _, d := range digits {
		if d.value != digits[0].value {
			return false
		}
	}
	return true
}

// validPESEL checks the 11 digits of a PESEL: check digit, and a birth date of 1800–2299 whose century is
// told by what is added to the month (act on population registration of 24 September 2010, art. 15).
func validPESEL(d []digit) bool { return validPESELCheck(d) && validBirthDate(d) }

func validPESELCheck(d []digit) bool {
	return len(d) == 11 && (weighted(d, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3)+int(d[10].value))%10 == 0
}

func validBirthDate(d []digit) bool {
	if len(d) != 11 {
		return false
	}
	pair := func(i int) int { return weighted(d[i:], 10, 1) }
	year, month, day := pair(0), pair(2), pair(4)
	centuries := [5]int{1900, 2000, 2100, 2200, 1800} // month +0, +20, +40, +60, +80
	year, month = year+centuries[month/20], month%20
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return month >= 1 && month <= 12 && day >= 1 && date.Day() == day
}

// validNIP checks the 10 digits of a tax number; no tax office has a number that begins with 0.
func validNIP(d []digit) bool {
	return len(d) == 10 && d[0].value != 0 && !same(d) &&
		weighted(d, 6, 5, 7, 2, 3, 4, 5, 6, 7)%11 == int(d[9].value)
}

// validREGON checks the 9 digits of a business register number, or the 14 of a local unit, whose
// first 9 are the REGON of the whole.
func validREGON(d []digit) bool {
	switch len(d) {
	case 9:
		return !same(d) && weighted(d, 8, 9, 2, 3, 4, 5, 6, 7)%11%10 == int(d[8].value)
	case 14:
		return validREGON(d[:9]) &&
			weighted(d, 2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8)%11%10 == int(d[13].value)
	}
	return false
}

// validIBAN checks an account number (ISO 13616, mod 97-10 of ISO 7064), without separators and in
// capitals. Its first four characters are country and check digits.
func validIBAN(iban string) bool {
	if len(iban) < 5 {
		return false
	}
	rest := 0
	for _, c := range iban[4:] + iban[:4] {
		switch {
		case '0' <= c && c <= '9':
			rest = (10*rest + int(c-'0')) % 97
		case 'A' <= c && c <= 'Z':
			rest = (100*rest + int(c-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}

// validIdentityCard checks three capital letters and six digits; the first digit is the check digit.
func validIdentityCard(letters string, d []digit) bool {
	if len(letters) != 3 || len(d) != 6 {
		return false
	}
	sum := 0
	for i, weight := range [3]int{7, 3, 1} {
		sum += weight * (int(letters[i]-'A') + 10)
	}
	return (sum+weighted(d, 9, 7, 3, 1, 7, 3))%10 == 0
}

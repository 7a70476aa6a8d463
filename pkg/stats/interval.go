package stats

import "math"

// z95 is the 0.975 quantile of the standard normal distribution.
const z95 = 1.959963984540054

// wilson returns the 95 % interval of a proportion p of n by Wilson's score, within 0 to 1 (E. B. Wilson,
// JASA 22, 1927). n must be above 0.
func wilson(p float64, n int) (low, high float64) {
	size := float64(n)
	over := z95 * z95 / size
	middle := (p + over/2) / (1 + over)
	half := z95 / (1 + over) * math.Sqrt(p*(1-p)/size+over/(4*size))
	return max(0, middle-half), min(1, middle+half)
}

// ShareOf returns count of n with its interval, not OK where n is 0.
func ShareOf(count, n int) Share {
	if n == 0 {
		return Share{}
	}
	p := float64(count) / float64(n)
	low, high := wilson(p, n)
	return Share{OK: true, Count: count, N: n, Value: p, Low: low, High: high}
}

// estimate returns a mean with its 95 % interval x̄ ± t·s/√n, not OK where n is below 2. The interval is not
// cut off at the ends of the scale.
func estimate(mean, sd float64, n int) Figure {
	if n < 2 {
		return Figure{}
	}
	half := tQuantile(float64(n-1)) * sd / math.Sqrt(float64(n))
	return Figure{OK: true, N: n, Value: mean, Low: mean - half, High: mean + half}
}

// standardError returns s/√n of an estimate, which its interval carries: x̄ ± t·s/√n. 0 where there is none. So that two
// figures can be compared by Welch a Figure need not carry the deviation too.
func (f Figure) standardError() float64 {
	if !f.OK || f.N < 2 {
		return 0
	}
	return (f.High - f.Low) / 2 / tQuantile(float64(f.N-1))
}

// percentOfRange puts an estimate on the scale of PercentOfRange.
func (f Figure) percentOfRange(lowest, highest float64) Figure {
	f.Value, f.Low, f.High = PercentOfRange(f.Value, lowest, highest), PercentOfRange(f.Low, lowest, highest), PercentOfRange(f.High, lowest, highest)
	return f
}

// promoters returns NPS = %(9–10) − %(0–6) of the answers counted by value from 0 to 10, with the interval
// of its standard error √((p₊+p₋−(p₊−p₋)²)/n), within ±100.
func promoters(counts []int) Figure {
	n, plus, minus := 0, 0, 0
	for value, count := range counts {
		n += count
		switch {
		case value >= 9:
			plus += count
		case value <= 6:
			minus += count
		}
	}
	if n == 0 {
		return Figure{}
	}
	p, m := float64(plus)/float64(n), float64(minus)/float64(n)
	half := z95 * math.Sqrt((p+m-(p-m)*(p-m))/float64(n))
	return Figure{OK: true, N: n, Value: 100 * (p - m), Low: max(-100, 100*(p-m-half)), High: min(100, 100*(p-m+half))}
}

// PercentOfRange returns where a mean lies between the lowest and the highest score that its scale offers,
// 0 to 100, so that scales of different length compare. It is 0 for a scale without a range.
func PercentOfRange(mean, lowest, highest float64) float64 {
	if highest <= lowest {
		return 0
	}
	return (mean - lowest) / (highest - lowest) * 100
}

// manyFreedoms is where Student's t is the normal distribution to the fifth digit.
const manyFreedoms = 1_000_000

// tQuantile returns the 0.975 quantile of Student's t with df ≥ 1 degrees of freedom, whole or not.
func tQuantile(df float64) float64 {
	if df >= manyFreedoms {
		return z95
	}
	low, high := z95, 13.0 // 12.706 at df = 1, falling to z95
	for high-low > 1e-12 {
		middle := (low + high) / 2
		if tTails(middle, df) > 0.05 {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// tTails returns P(|T| > t) = I_x(df/2, 1/2) with x = df/(df+t²) (Abramowitz and Stegun 26.5.27).
func tTails(t, df float64) float64 {
	a, b := df/2, 0.5
	x, rest := df/(df+t*t), t*t/(df+t*t)
	gammas := logGamma(a+b) - logGamma(a) - logGamma(b)
	front := math.Exp(gammas + a*math.Log(x) + b*math.Log(rest))
	if x < (a+1)/(a+b+2) { // where the fraction converges fast
		return front * betaFraction(x, a, b) / a
	}
	return 1 - front*betaFraction(rest, b, a)/b
}

func logGamma(x float64) float64 {
	value, _ := math.Lgamma(x)
	return value
}

// betaFraction is 1/(1 + d₁/(1 + d₂/(1 + …))) of the incomplete beta function (DLMF 8.17.22), evaluated from
// the front by Lentz's method.
func betaFraction(x, a, b float64) float64 {
	f, c, d := 1.0, 1.0, 0.0
	for j := 1; j < 20_000; j++ {
		m := float64(j / 2)
		term := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		if j%2 == 1 {
			term = -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		}
		d = 1 / (1 + term*d)
		c = 1 + term/c
		f *= c * d
		if math.Abs(c*d-1) < 1e-15 {
			break
		}
	}
	return 1 / f
}

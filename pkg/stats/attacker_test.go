package stats

import (
	"math"
	"slices"
)

// system is what an attacker writes down: equations over unknown counts, each at least 0.
type system struct {
	unknowns int
	left     [][]float64
	right    []float64
}

func (s *system) equation(terms map[int]float64, right float64) {
	row := make([]float64, s.unknowns)
	for i, x := range terms {
		row[i] += x
	}
	s.left, s.right = append(s.left, row), append(s.right, right)
}

// bounds returns the lowest and highest value that a sum of unknowns can have, by the simplex method: two phases, Bland's
// rule, which never goes in a circle. It is a program of its own, that shares nothing with what protects.
func (s *system) bounds(of map[int]float64) (low, high float64) {
	t := s.feasible()
	goal := make([]float64, s.unknowns)
	for i, x := range of {
		goal[i] = x
	}
	high = t.maximize(goal)
	for i := range goal {
		goal[i] = -goal[i]
	}
	return -t.maximize(goal), high
}

// determined reports whether the equations alone say what a sum of unknowns is: exactly, in a field of integers.
func (s *system) determined(of map[int]float64) bool {
	rows := make([][]int64, 0, len(s.left))
	for _, row := range s.left {
		ints := make([]int64, s.unknowns)
		for i, x := range row {
			ints[i] = (int64(x) + prime) % prime
		}
		rows = append(rows, ints)
	}
	goal := make([]int64, s.unknowns)
	for i, x := range of {
		goal[i] = int64(x)
	}
	return rankOf(rows) == rankOf(append(rows, goal))
}

func rankOf(matrix [][]int64) int {
	rows := make([][]int64, len(matrix))
	for i := range matrix {
		rows[i] = slices.Clone(matrix[i])
	}
	r := 0
	for column := 0; len(rows) > 0 && column < len(rows[0]) && r < len(rows); column++ {
		at := slices.IndexFunc(rows[r:], func(row []int64) bool { return row[column] != 0 })
		if at < 0 {
			continue
		}
		rows[r], rows[r+at] = rows[r+at], rows[r]
		inverse := power(rows[r][column], prime-2)
		for i := r + 1; i < len(rows); i++ {
			factor := rows[i][column] * inverse % prime
			for j := range rows[i] {
				rows[i][j] = (rows[i][j] + (prime-factor)*rows[r][j]) % prime
			}
		}
		r++
	}
	return r
}

// tableau is a system solved for a basis: row i says what unknown basis[i] is.
type tableau struct {
	rows  [][]float64 // the last column is the right side
	basis []int
	n     int
}

const tiny = 1e-7

// feasible finds a solution, of which there is one: the truth.
func (s *system) feasible() *tableau {
	m := len(s.left)
	t := &tableau{n: s.unknowns + m}
	goal := make([]float64, t.n)
	for i, left := range s.left {
		row := make([]float64, t.n+1)
		sign := 1.0
		if s.right[i] < 0 {
			sign = -1
		}
		for j, x := range left {
			row[j] = sign * x
		}
		row[s.unknowns+i], row[t.n] = 1, sign*s.right[i]
		goal[s.unknowns+i] = -1
		t.rows, t.basis = append(t.rows, row), append(t.basis, s.unknowns+i)
	}
	if t.maximize(goal) < -tiny {
		panic("the truth is no solution")
	}
	for i := 0; i < len(t.rows); i++ { // what is left of the first phase leaves the basis, or says nothing
		if t.basis[i] < s.unknowns {
			continue
		}
		j := slices.IndexFunc(t.rows[i][:s.unknowns], func(x float64) bool { return math.Abs(x) > tiny })
		if j >= 0 {
			t.pivot(i, j)
			continue
		}
		t.rows, t.basis = slices.Delete(t.rows, i, i+1), slices.Delete(t.basis, i, i+1)
		i--
	}
	for i := range t.rows {
		t.rows[i] = append(t.rows[i][:s.unknowns], t.rows[i][t.n])
	}
	t.n = s.unknowns
	return t
}

// maximize goes from solution to solution, and returns the highest value of the goal.
func (t *tableau) maximize(goal []float64) float64 {
	for {
		enters := -1
		for j := range t.n {
			gain := goal[j]
			for i, b := range t.basis {
				gain -= goal[b] * t.rows[i][j]
			}
			if gain > tiny {
				enters = j
				break
			}
		}
		if enters < 0 {
			break
		}
		leaves := -1
		for i, row := range t.rows {
			if row[enters] <= tiny {
				continue
			}
			if leaves < 0 {
				leaves = i
				continue
			}
			a, b := row[t.n]/row[enters], t.rows[leaves][t.n]/t.rows[leaves][enters]
			if a < b-tiny || a < b+tiny && t.basis[i] < t.basis[leaves] {
				leaves = i
			}
		}
		if leaves < 0 {
			return math.Inf(1)
		}
		t.pivot(leaves, enters)
	}
	value := 0.0
	for i, b := range t.basis {
		value += goal[b] * t.rows[i][t.n]
	}
	return value
}

func (t *tableau) pivot(row, column int) {
	by := t.rows[row][column]
	for j := range t.rows[row] {
		t.rows[row][j] /= by
	}
	for i := range t.rows {
		if i == row || t.rows[i][column] == 0 {
			continue
		}
		factor := t.rows[i][column]
		for j := range t.rows[i] {
			t.rows[i][j] -= factor * t.rows[row][j]
		}
	}
	t.basis[row] = column
}

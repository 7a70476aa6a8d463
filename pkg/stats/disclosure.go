package stats

// # Cross-tabs
//
// A cell with fewer people than the threshold is suppressed, and with it as many others as it takes that a reader who knows
// every cell and total told, and the distributions that the Summary tells, can neither work out a suppressed cell nor
// narrow it to fewer than threshold values (threshold − 1 between the lowest and the highest). Where the totals alone
// narrow it to fewer – two people gave the answer, so a cell holds none, one or two –, it is narrowed no further. Zeros are
// told unless they are needed to protect another. Who answered only one of two crossed questions is in the Summary and not in
// the table: a row's total less what the Summary tells is a cell too, of the value by "no answer to the other". So a table of
// two questions has one more row and column, whose totals are the Summary's, and a total of its own is told only where that
// cell is (table.frame). Of a table by channel, service point or month this is how many left the question out there, which is
// told: it says nothing of what anybody answered.
//
// What is known of a table with told totals is a flow through a network of rows and columns in which each suppressed cell is
// an arc, so that the bounds of a cell are two flows, exact in whole numbers (L. Cox, Network models for complementary cell
// suppression, JASA 90, 1995). Complementary cells are chosen as corners of rectangles (S. Giessing, D. Repsilber, GHMITER,
// 2002), those first that lose fewest cells and lowest counts for the width that they bring, and then checked by the flows.

// grid is a two-way table with told totals.
type grid struct {
	cells  [][]int
	hidden [][]bool
	rows   []int
	cols   []int
	n      int
	width  int                     // that a hidden cell must have between its lowest and highest possible value
	tied   func(i, j int) [][2]int // cells that tell the same as the cell: hidden with it; nil: none
	told   map[[2]int]bool         // cells that are told whatever it takes
	queue  [][2]int                // hidden, but not yet seen to be wide enough
	exact  bool                    // the cells are known, so that what totals and told cells leave can be worked out
	free   map[[2]int]int          // what possible found so
}

func newGrid(cells [][]int, threshold int) *grid {
	g := &grid{cells: cells, width: threshold - 1, rows: make([]int, len(cells))}
	for i, row := range cells {
		g.hidden = append(g.hidden, make([]bool, len(row)))
		if g.cols == nil {
			g.cols = make([]int, len(row))
		}
		for j, c := range row {
			g.rows[i] += c
			g.cols[j] += c
			g.n += c
		}
	}
	return g
}

// hide suppresses a cell and what is tied to it.
func (g *grid) hide(i, j int) {
	if g.hidden[i][j] {
		return
	}
	g.hidden[i][j] = true
	g.queue = append(g.queue, [2]int{i, j})
	if g.tied != nil {
		for _, other := range g.tied(i, j) {
			g.hide(other[0], other[1])
		}
	}
}

// possible is the width that the totals alone leave to a cell (the bounds of Fréchet); beside cells that are told whatever it
// takes, what the totals and these leave, at most the width that a hidden cell must have.
func (g *grid) possible(i, j int) int {
	most := min(g.rows[i], g.cols[j]) - max(0, g.rows[i]+g.cols[j]-g.n)
	if !g.exact || most <= 0 {
		return most
	}
	if width, known := g.free[[2]int{i, j}]; known {
		return width
	}
	open := *g
	open.hidden = nil
	for a, row := range g.cells {
		open.hidden = append(open.hidden, make([]bool, len(row)))
		for b := range row {
			open.hidden[a][b] = !g.told[[2]int{a, b}]
		}
	}
	if g.free == nil {
		g.free = map[[2]int]int{}
	}
	g.free[[2]int{i, j}] = open.between(i, j, min(most, g.width))
	return g.free[[2]int{i, j}]
}

// needs is the width that the cell must have.
func (g *grid) needs(i, j int) int { return min(g.width, g.possible(i, j)) }

// protect hides the cells of few people and what protects them. It reports false if nothing protects such a cell, as the
// totals alone tell it. Hiding one more cell never narrows another, so that each is looked at once.
func (g *grid) protect(threshold int) bool {
	for i, row := range g.cells {
		for j, c := range row {
			if few(c, threshold) {
				g.hide(i, j)
			}
		}
	}
	for len(g.queue) > 0 {
		i, j := g.queue[0][0], g.queue[0][1]
		g.queue = g.queue[1:]
		if g.possible(i, j) == 0 {
			return false
		}
		for g.span(i, j) < g.needs(i, j) && g.hideRectangle(i, j) {
		}
		if g.span(i, j) < g.needs(i, j) {
			g.hideAll()
		}
		if g.span(i, j) < g.needs(i, j) {
			return false
		}
	}
	return true
}

// hideAll hides every cell that the totals do not tell: then each is as wide as the totals leave it.
func (g *grid) hideAll() {
	for i, row := range g.cells {
		for j := range row {
			if g.possible(i, j) > 0 && !g.told[[2]int{i, j}] {
				g.hide(i, j)
			}
		}
	}
}

// hideRectangle hides the three other corners of the rectangle that widens the cell most for what is lost. It reports
// false if none does.
func (g *grid) hideRectangle(i, j int) bool {
	best, bestA, bestB := 0.0, -1, -1
	for a := range g.cells {
		for b := range g.cols {
			if a == i || b == j || g.told[[2]int{i, b}] || g.told[[2]int{a, j}] || g.told[[2]int{a, b}] {
				continue
			}
			lost := g.loss(i, b) + g.loss(a, j) + g.loss(a, b)
			width := min(g.cells[i][b], g.cells[a][j]) + min(g.cells[i][j], g.cells[a][b])
			if value := float64(min(width, g.needs(i, j))) / lost; lost > 0 && value > best {
				best, bestA, bestB = value, a, b
			}
		}
	}
	if bestA < 0 {
		return false
	}
	g.hide(i, bestB)
	g.hide(bestA, j)
	g.hide(bestA, bestB)
	return true
}

// loss is what hiding the cell takes from readers: above all a cell, and more the more people are in it.
func (g *grid) loss(i, j int) float64 {
	if g.hidden[i][j] {
		return 0
	}
	return 1 + float64(g.cells[i][j])/float64(g.n)
}

// span returns how far apart the lowest and the highest value are that a hidden cell can have with all that is told; at
// most what it needs.
func (g *grid) span(i, j int) int { return g.between(i, j, g.needs(i, j)) }

// between is span up to a given width.
func (g *grid) between(i, j, most int) int {
	up := g.flow(len(g.rows)+j, i, [2]int{i, j}, most)
	if up == most {
		return most
	}
	return min(most, up+g.flow(i, len(g.rows)+j, [2]int{i, j}, min(most-up, g.cells[i][j])))
}

// flow returns how much can flow between two nodes, at most most, over the other hidden cells than the one given. Nodes are
// rows, then columns. From a row to a column a cell grows, without bound; the other way it shrinks, down to 0.
func (g *grid) flow(from, to int, without [2]int, most int) int {
	changed := map[[2]int]int{}
	total := 0
	for total < most {
		before := g.path(from, to, without, changed)
		if before == nil {
			return total
		}
		push := most - total
		for node := to; node != from; node = before[node] {
			if cell, shrinks := g.arc(before[node], node); shrinks {
				push = min(push, g.cells[cell[0]][cell[1]]+changed[cell])
			}
		}
		for node := to; node != from; node = before[node] {
			cell, shrinks := g.arc(before[node], node)
			if shrinks {
				changed[cell] -= push
			} else {
				changed[cell] += push
			}
		}
		total += push
	}
	return total
}

// arc returns the cell between two nodes, and whether it shrinks when something flows that way.
func (g *grid) arc(from, to int) (cell [2]int, shrinks bool) {
	if from >= len(g.rows) {
		return [2]int{to, from - len(g.rows)}, true
	}
	return [2]int{from, to - len(g.rows)}, false
}

// path finds a shortest way on which something can flow, as the node before each; nil: none.
func (g *grid) path(from, to int, without [2]int, changed map[[2]int]int) []int {
	nodes := len(g.rows) + len(g.cols)
	before := make([]int, nodes)
	for i := range before {
		before[i] = -1
	}
	before[from] = from
	for queue := []int{from}; len(queue) > 0; queue = queue[1:] {
		first, last := 0, len(g.rows) // columns lead to rows
		if queue[0] < len(g.rows) {
			first, last = len(g.rows), nodes
		}
		for next := first; next < last; next++ {
			cell, shrinks := g.arc(queue[0], next)
			if before[next] >= 0 || cell == without || !g.hidden[cell[0]][cell[1]] || shrinks && g.cells[cell[0]][cell[1]]+changed[cell] == 0 {
				continue
			}
			before[next] = queue[0]
			if next == to {
				return before
			}
			queue = append(queue, next)
		}
	}
	return nil
}

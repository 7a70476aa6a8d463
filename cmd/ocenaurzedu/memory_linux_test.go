package main

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// programKB returns how much of the program's code and constants is in memory.
func programKB(t *testing.T) int {
	t.Helper()
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	sum, ours := 0, false
	for line := range strings.Lines(string(maps)) {
		fields := strings.Fields(line)
		if len(fields) > 1 && strings.Contains(fields[0], "-") {
			ours = strings.HasSuffix(strings.TrimSpace(line), program) && !strings.Contains(fields[1], "w")
		}
		if ours && fields[0] == "Rss:" {
			kb, err := strconv.Atoi(fields[1])
			if err != nil {
				t.Fatal(err)
			}
			sum += kb
		}
	}
	return sum
}

func TestLeaveProgram(t *testing.T) {
	before := programKB(t)
	leaveProgram()
	if after := programKB(t); after >= max(before/2, 8<<10) { // run again, there is little to be left
		t.Errorf("%d kB of the program in memory before, %d after", before, after)
	}
}

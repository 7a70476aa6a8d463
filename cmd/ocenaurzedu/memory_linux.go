package main

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// leaveProgram tells the system that the program's own code and constants need not stay in this process's memory: most
// of what is there after the start was used by the start alone, and what is needed is mapped again from the file, page by
// page. It is a third of an idle service. An error changes nothing, so that none is told.
func leaveProgram() {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return
	}
	defer func() { _ = maps.Close() }()
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		// 00400000-01953000 r-xp 00000000 08:01 1234   /usr/bin/ocenaurzedu
		fields := strings.Fields(lines.Text())
		if len(fields) != 6 || fields[5] != program || fields[1] != "r-xp" && fields[1] != "r--p" { // a page that was written to would be lost
			continue
		}
		from, to, _ := strings.Cut(fields[0], "-")
		start, startErr := strconv.ParseUint(from, 16, 64)
		end, endErr := strconv.ParseUint(to, 16, 64)
		if startErr == nil && endErr == nil && start < end {
			_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, uintptr(start), uintptr(end-start), syscall.MADV_DONTNEED)
		}
	}
}

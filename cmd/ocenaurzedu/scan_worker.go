package main

import (
	"fmt"
	"os"
	"path/filepath"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/raster"
)

// scanWorkerCommand decodes files of strangers and reads sheets off them, for another process of this program that
// watches it. It has no settings, no database and no network.
type scanWorkerCommand struct {
	Cache string `help:"Directory of compiled code."`
}

// Run serves jobs on standard input and output until the input ends.
func (c *scanWorkerCommand) Run(p *program) error {
	worker := raster.Worker{Read: omr.Read, Cache: c.Cache}
	return worker.Work(os.Stdin, p.out, func() { os.Exit(0) })
}

// newScanReader returns a reader of scans whose workers are this program. They keep compiled code in a directory, by
// default the user's cache; without any, the first PDF of each worker waits some seconds longer.
func newScanReader(cache string, workers int) (*raster.Reader, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("the program's own file: %w", err)
	}
	command := []string{program, "scan-worker"}
	if cache == "" {
		if dir, err := os.UserCacheDir(); err == nil {
			cache = filepath.Join(dir, "ocenaurzedu")
		}
	}
	if cache != "" {
		command = append(command, "--cache="+cache)
	}
	return raster.NewReader(raster.Options{Command: command, Workers: workers}), nil
}

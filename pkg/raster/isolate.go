package raster

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// launch starts a worker with nothing of our environment and, where the kernel lets us, in a network of its own in
// which there is nobody: namespaces(7). Containers often forbid that; then what a worker has instead is that it knows
// no address and no password.
func launch(command []string, words io.Writer) (cmd *exec.Cmd, in io.WriteCloser, out io.Reader, err error) {
	for _, alone := range []bool{true, false} {
		cmd = exec.Command(command[0], command[1:]...)
		cmd.Env, cmd.Dir, cmd.Stderr, cmd.WaitDelay = []string{heapLimit}, os.TempDir(), words, endWithin
		if alone {
			cmd.SysProcAttr = withoutNetwork()
		}
		if in, err = cmd.StdinPipe(); err != nil {
			break
		}
		if out, err = cmd.StdoutPipe(); err != nil {
			break
		}
		if err = cmd.Start(); err == nil {
			return cmd, in, out, nil
		}
		if !alone || errors.Is(err, os.ErrNotExist) {
			break
		}
	}
	return nil, nil, nil, fmt.Errorf("starting a worker: %w", err)
}

// withoutNetwork makes a process the only one in its network, and keeps its user: files that it writes are ours.
func withoutNetwork() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}},
	}
}

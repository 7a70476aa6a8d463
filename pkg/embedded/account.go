package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// account is the user of the system that a server runs as.
type account struct {
	name     string
	uid, gid int
}

// serverAccount returns ourselves, or, since Postgres refuses to run as root and Redis should not, an unprivileged
// user: postgres, which Debian's package makes, else nobody.
func serverAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{"uid " + strconv.Itoa(os.Geteuid()), os.Geteuid(), os.Getegid()}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.Atoi(u.Uid)
		gid, errGID := strconv.Atoi(u.Gid)
		if err := errors.Join(errUID, errGID); err != nil {
			return account{}, fmt.Errorf("user %s: %w", name, err)
		}
		return account{name, uid, gid}, nil
	}
	return account{}, errors.New("run as root, but there is no user postgres or nobody to run servers as")
}

// attributes make a child run as the account. Only root can change, and need to.
func (a account) attributes() *syscall.SysProcAttr {
	if os.Geteuid() != 0 {
		return &syscall.SysProcAttr{}
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}}
}

// own gives the account a directory and all in it.
func (a account) own(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if int(info.Sys().(*syscall.Stat_t).Uid) == a.uid {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, a.uid, a.gid)
	})
}

// reach makes sure that the account can get into dir. A closed directory on the way is opened (for passing
// through, not for listing) only if it is a temporary one; we don't change the rights of anybody's home.
func (a account) reach(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	for at := dir; at != "/"; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return err
		}
		if a.passes(info) {
			continue
		}
		if !temporary(at) {
			return fmt.Errorf("user %s, which runs the server, can't get into %s; choose a directory elsewhere", a.name, at)
		}
		if err := os.Chmod(at, info.Mode().Perm()|0o011); err != nil {
			return err
		}
	}
	return nil
}

func (a account) passes(info fs.FileInfo) bool {
	owner := info.Sys().(*syscall.Stat_t)
	switch mode := info.Mode().Perm(); {
	case int(owner.Uid) == a.uid:
		return mode&0o100 != 0
	case int(owner.Gid) == a.gid:
		return mode&0o010 != 0
	default:
		return mode&0o001 != 0
	}
}

// temporary tells whether dir lies in the system's directory for temporary files.
func temporary(dir string) bool {
	root, err := filepath.EvalSymlinks(os.TempDir())
	return err == nil && strings.HasPrefix(dir, root+string(filepath.Separator))
}

// DataDir returns where a private cluster is kept unless somebody says otherwise: root's is not in root's home,
// because the unprivileged user that runs the server can't get in there.
func DataDir() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/lib/ocenaurzedu", nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "ocenaurzedu"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("data directory: %w", err)
	}
	return filepath.Join(home, ".local", "share", "ocenaurzedu"), nil
}

// cacheDir returns where fetched binaries are kept.
func cacheDir() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/cache/ocenaurzedu", nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("cache directory: %w", err)
	}
	return filepath.Join(dir, "ocenaurzedu"), nil
}

# shellcheck shell=bash
# What ops/demo and ops/test share: finding out what is missing and installing that, nothing else.

die() {
	printf '%s: %s\n' "$(basename "$0")" "$*" >&2
	exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Debian keeps the server's binaries out of PATH, a directory for each version.
have_postgres() { have postgres || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; }

# The archive of Go unpacks to /usr/local/go, which not every shell has in its PATH.
need_go() {
	have go || PATH=$PATH:/usr/local/go/bin
	have go || die "Go is missing: install it from https://go.dev/dl/ (the version is in go.mod)"
}

# as_root runs a command as root; it fails without a word where we can't be root.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif have sudo && sudo -n true 2>/dev/null; then
		sudo "$@"
	else
		return 1
	fi
}

# install_packages installs Debian's packages. It fails if there is no apt-get or we can't be root.
install_packages() {
	have apt-get && as_root true || return 1
	printf 'Installing %s\n' "$*" >&2
	as_root apt-get update -qq </dev/null >&2 || die "apt-get update failed"
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null >&2 ||
		die "could not install: $*"
}

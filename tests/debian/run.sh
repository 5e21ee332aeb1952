#!/usr/bin/env bash
# Runs commands of this repository on a bare Debian, as an ordinary user: tests/debian/run.sh RELEASE COMMAND...
#
# The root is made once by debootstrap (Python with venv, make and git, as the README says, and nothing else) and kept
# in RELAIS_DEBIAN_FOLDER. Each run clones HEAD anew into the home of its user, so that nothing uncommitted, and nothing
# of this machine's own Python, can help. Needs Debian's debootstrap and root, whom it never gives to the commands;
# exit code 77 says that this machine cannot do it.
set -euo pipefail

release=${1:?which release: bookworm, trixie, sid}
shift
repository=$(cd "$(dirname "$0")/../.." && pwd)
folder=${RELAIS_DEBIAN_FOLDER:-/var/tmp/relais-debian}
root=$folder/$release
user=relais
mirror=${RELAIS_DEBIAN_MIRROR:-http://deb.debian.org/debian}

if [ "$(id -u)" != 0 ]; then
  echo "A bare Debian is made by root: sudo make test-debian RELEASE=$release" >&2
  exit 77
fi
if ! command -v debootstrap >/dev/null; then
  echo "debootstrap is missing: apt-get install debootstrap" >&2
  exit 77
fi
if ! unshare --mount --pid --fork true; then
  echo "This machine allows no name spaces of one's own" >&2
  exit 77
fi

if [ ! -e "$root/.made" ]; then
  rm -rf "$root"
  mkdir -p "$root"
  echo "Making a bare Debian ($release) in $root ..."
  debootstrap --variant=minbase --include=python3,python3-venv,make,git,ca-certificates "$release" "$root" "$mirror" \
    >"$folder/$release.log" 2>&1 || { tail -n 20 "$folder/$release.log" >&2; exit 77; }
  chroot "$root" useradd --create-home --shell /bin/bash "$user"
  touch "$root/.made"
fi
# How this machine reaches the package indexes is how its bare Debian does: names, certificates.
cp /etc/resolv.conf /etc/hosts "$root/etc/"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"

home=$root/home/$user
rm -rf "$home/relais"
git clone --quiet --no-hardlinks "file://$repository" "$home/relais"
chroot "$root" chown -R "$user:$user" "/home/$user"

passed=()
for name in HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy PIP_INDEX_URL UV_INDEX_URL; do
  [ -z "${!name:-}" ] || passed+=("$name=${!name}")
done
certificates=/etc/ssl/certs/ca-certificates.crt

# A name space of its own for mounts and processes: what the commands leave running ends with them.
exec unshare --mount --pid --fork --kill-child bash -euc '
  root=$1; user=$2; shift 2
  mount --bind "$root" "$root"
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs -o mode=1777 tmp "$root/tmp"
  mkdir -p "$root/dev/shm"
  exec chroot --userspec="$user:$user" "$root" env -i "HOME=/home/$user" "USER=$user" PATH=/usr/bin:/bin LANG=C.UTF-8 "$@"
' bash "$root" "$user" "${passed[@]}" "SSL_CERT_FILE=$certificates" "REQUESTS_CA_BUNDLE=$certificates" \
  "PIP_CERT=$certificates" "PIP_DISABLE_PIP_VERSION_CHECK=1" \
  bash -euc 'cd ~/relais; for command in "$@"; do echo "\$ $command"; bash -euc "$command"; done' bash "$@"

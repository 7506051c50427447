#!/bin/bash
# Installs what the demo, the tests and the lab need, and only what is missing: Debian packages, npm packages, FRR images.
#
#   packaging/setup.sh          needs root and, where something is missing, a Debian mirror
#
# Everything that it makes lies in .cache/ and node_modules/. No service of an installed package is started.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."

fail() { echo "setup: $*" >&2; exit 1; }
say() { echo "setup: $*"; }

[ "$(id -u)" = 0 ] || fail "must run as root: the lab makes network namespaces and installs Debian packages"
command -v apt-get >/dev/null || fail "this is no Debian: install by hand what packages= in $0 lists, then run again"

packages=(docker.io wireguard-tools wireguard-go iproute2 iputils-ping nftables iptables busybox-static kmod
  protobuf-compiler mmdebstrap radvd rtr-tools bird2 prometheus tcpdump curl procps python3 ca-certificates)

# The same choice as test/lab/kernel.ts makes: QEMU only where neither the own kernel nor User-Mode Linux serves.
own_kernel_serves() {
  local kind
  for kind in "wireguard" "ip6gre local ::1 remote ::2" "dummy"; do
    # shellcheck disable=SC2086
    unshare --net ip link add probe0 type $kind 2>/dev/null || return 1
  done
}
needs_qemu() {
  [ "${MESHOVER_KERNEL:-}" = qemu ] && return 0
  [ -n "${MESHOVER_KERNEL:-}" ] && return 1
  [ -e "${MESHOVER_UML:-/none}" ] || [ -e .cache/linux.uml ] || [ -e ../shared/lab/linux.uml ] && return 1
  ! own_kernel_serves
}

missing_of() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

# Debian asks this program whether a service may start: 101 = no. The operator's own one is put back.
policy=/usr/sbin/policy-rc.d
keep_services_down() {
  # One that is kept already is the operator's: an earlier run was killed.
  [ ! -e $policy ] || [ -e $policy.before-meshover ] || mv $policy $policy.before-meshover
  printf '#!/bin/sh\nexit 101\n' >$policy
  chmod 755 $policy
}
restore_policy() {
  rm -f $policy
  [ ! -e $policy.before-meshover ] || mv $policy.before-meshover $policy
}

# Without a running start a unit would still come up at the next boot.
newly_disabled() {
  local unit
  command -v systemctl >/dev/null && [ -d /run/systemd/system ] || return 0
  for unit in docker.service docker.socket containerd.service prometheus.service prometheus-node-exporter.service radvd.service \
    bird.service bird6.service; do
    systemctl disable --quiet "$unit" 2>/dev/null || true
  done
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_of "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  trap restore_policy EXIT
  keep_services_down
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || fail "apt-get update failed: is there a network, and do the sources in /etc/apt answer?"
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >.cache/apt.log 2>&1 || {
    tail -20 .cache/apt.log >&2
    fail "apt-get install failed (whole log: .cache/apt.log): is there a network?"
  }
  newly_disabled
  restore_policy
  trap - EXIT
}

mkdir -p .cache
install_packages "${packages[@]}"
if needs_qemu; then install_packages qemu-system-x86 cpio; fi

if [ ! -e node_modules/.package-lock.json ]; then
  say "npm ci"
  npm ci --no-audit --no-fund >.cache/npm.log 2>&1 || {
    tail -20 .cache/npm.log >&2
    fail "npm ci failed (whole output: .cache/npm.log): is there a network, and does the npm registry answer?"
  }
fi

# FRR images, and a data-root of Docker that holds them, so that a host of the lab need not load them.
for suite in bookworm trixie; do
  image=.cache/frr-$suite.tar
  if [ ! -s "$image" ] || [ packaging/frr-image.sh -nt "$image" ]; then
    say "making the FRR image from Debian's $suite packages"
    packaging/frr-image.sh $suite "$image" || fail "the FRR image was not made: does the Debian mirror answer (DEBIAN_MIRROR)?"
    touch "$image"
  fi
done
# Docker's overlay cannot lie on another one: there the lab makes it in memory, at each start.
seed=.cache/docker-seed
if [ "$(stat -f -c %T .cache)" != overlayfs ] && { [ ! -e $seed/.meshover-docker-seed ] || [ .cache/frr-bookworm.tar -nt $seed/.meshover-docker-seed ] ||
  [ .cache/frr-trixie.tar -nt $seed/.meshover-docker-seed ]; }; then
  say "loading the FRR images into a Docker data-root"
  packaging/docker-seed.sh .cache/frr-bookworm.tar .cache/frr-trixie.tar $seed || fail "the Docker data-root was not made"
fi

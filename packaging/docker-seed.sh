#!/bin/bash
# Makes a data-root for dockerd that already holds images, so that many hosts start with a copy and load nothing.
#
#   packaging/docker-seed.sh IMAGE.tar... OUTDIR
#
# OUTDIR is replaced. A dockerd of its own does it, in a network namespace of its own, with nothing else running
# on it. Needs root, dockerd, iproute2 and curl. OUTDIR must not lie on an overlay (overlay2 refuses).
set -euo pipefail

[ $# -ge 2 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
images=("${@:1:$#-1}")
out=$(realpath -m "${!#}")
for program in dockerd ip nsenter curl; do
  command -v "$program" >/dev/null || {
    echo "docker-seed: $program is missing: apt-get install docker.io iproute2 util-linux curl" >&2
    exit 1
  }
done
if [ -e "$out" ] && [ ! -e "$out/.meshover-docker-seed" ] && [ -n "$(ls -A "$out")" ]; then
  echo "docker-seed: $out exists and was not made by this script: name another directory or remove it" >&2
  exit 1
fi

work=$(mktemp -d)
namespace=mo-seed-$$
daemon=
finish() {
  if [ -n "$daemon" ]; then kill "$daemon" 2>/dev/null || true; wait "$daemon" || true; fi
  ip netns del "$namespace" || true
  rm -rf "$work"
}
ip netns add "$namespace"
trap finish EXIT

rm -rf "$out"
mkdir -p "$out"
# nsenter and not `ip netns exec`: that one hides the cgroup mounts below /sys.
nsenter --net="/run/netns/$namespace" dockerd --data-root "$out" --exec-root "$work/exec" --pidfile "$work/pid" \
  --host "unix://$work/socket" --iptables=false --ip6tables=false --bridge=none --ip-forward=false \
  --storage-driver overlay2 --log-level error >"$work/log" 2>&1 &
daemon=$!
until curl -sf --unix-socket "$work/socket" http://docker/_ping >/dev/null; do
  kill -0 "$daemon" 2>/dev/null || { cat "$work/log" >&2; echo "docker-seed: dockerd ended" >&2; exit 1; }
  sleep 0.1
done
for image in "${images[@]}"; do
  answer=$(curl -sS --unix-socket "$work/socket" -T "$image" -X POST -H 'Content-Type: application/x-tar' \
    'http://docker/images/load?quiet=1')
  case $answer in
    *'Loaded image'*) ;;
    *) echo "docker-seed: $image was not loaded: $answer" >&2; exit 1 ;;
  esac
done
kill "$daemon"
wait "$daemon" || true
daemon=
# Each dockerd draws its own identity.
rm -f "$out/engine-id"
touch "$out/.meshover-docker-seed"
du -sh "$out"

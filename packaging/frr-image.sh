#!/bin/bash
# Makes an FRR container image from Debian's packages: no registry and no Docker needed, only a Debian mirror.
#
#   packaging/frr-image.sh bookworm OUT.tar    FRR 8.4.4 as meshover/frr-debian:8.4.4
#   packaging/frr-image.sh trixie   OUT.tar    FRR 10.3  as meshover/frr-debian:10.3
#
# OUT.tar is what `docker save` writes: `docker load -i OUT.tar` reads it. The layout is that of the official
# image (tini, then /usr/lib/frr/docker-start, then watchfrr). Needs root and the Debian package mmdebstrap.
# The result is kept in .cache/frr-image/, keyed by suite and by this script. DEBIAN_MIRROR overrides the mirror.
set -euo pipefail

[ $# = 2 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
suite=$1
out=$(realpath -m "$2")
case $suite in
  bookworm) version=8.4.4 ;;
  trixie) version=10.3 ;;
  *) echo "frr-image: unknown suite \"$suite\": write bookworm (FRR 8.4.4) or trixie (FRR 10.3)" >&2; exit 2 ;;
esac
for program in mmdebstrap tar sha256sum; do
  command -v "$program" >/dev/null || { echo "frr-image: $program is missing: apt-get install mmdebstrap" >&2; exit 1; }
done
[ "$(id -u)" = 0 ] || { echo "frr-image: must run as root (mmdebstrap unpacks packages with their owners)" >&2; exit 1; }

here=$(dirname "$(realpath "$0")")
cache=$here/../.cache/frr-image
mkdir -p "$cache" "$(dirname "$out")"
cached=$cache/$suite-$(sha256sum "$0" | cut -c1-16).tar
if [ -s "$cached" ]; then
  cp --reflink=auto "$cached" "$out"
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
full=$work/full
root=$work/root
mkdir -p "$full" "$root"
mmdebstrap --quiet --mode=root --format=tar --variant=essential \
  --include=frr,frr-pythontools,frr-rpki-rtrlib,tini,iproute2 \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  "$suite" - "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" | tar -C "$full" -xf -
packaged=$(sed -n '/^Package: frr$/,/^$/s/^Version: \([0-9.]*\).*/\1/p' "$full/var/lib/dpkg/status")
[ "$packaged" = "$version" ] || {
  echo "frr-image: $suite has FRR $packaged now, this script and its image name say $version: correct them together" >&2
  exit 1
}

# Hosts copy the image, so only what FRR needs is taken, with the libraries that ldd finds.
programs="bash sh dash env cat chmod chown cp cut date dirname basename echo false grep head id install kill ln ls
  mkdir mktemp mv printf readlink rm sed sleep sort stat tail test touch tr true uname wc ip tini vtysh python3"
mkdir -p "$root"/{usr/{bin,sbin,lib,lib64,share},etc/{frr,pam.d},run/frr,var/{lib,log,tmp}/frr,tmp,proc,sys,dev,root}
for directory in bin sbin lib lib64; do ln -s "usr/$directory" "$root/$directory"; done
ln -s ../run "$root/var/run"
chmod 1777 "$root/tmp"

take() { # paths as the full tree names them, with the links on the way
  local path target
  for path; do
    [ -e "$full$path" ] || [ -L "$full$path" ] || continue
    mkdir -p "$root$(dirname "$path")"
    [ -e "$root$path" ] || cp -a "$full$path" "$root$path"
    if [ -L "$full$path" ]; then
      target=$(chroot "$full" /usr/bin/readlink -f "$path") || continue
      [ "$target" = "$path" ] || take "$target"
    fi
  done
}
for program in $programs; do
  for directory in /usr/bin /usr/sbin /bin /sbin; do
    if [ -e "$full$directory/$program" ]; then take "/usr/${directory##*/}/$program"; break; fi
  done
done
[ -e "$root/usr/bin/tini" ] && ln -sf ../bin/tini "$root/usr/sbin/tini"
take /usr/lib/frr/{zebra,bgpd,bfdd,staticd,mgmtd,watchfrr,watchfrr.sh,frrcommon.sh,frr-reload.py} /usr/share/yang
modules=/usr/lib/$(uname -m)-linux-gnu/frr/modules
take "$modules/bgpd_rpki.so"
python=$(cd "$full/usr/lib" && ls -d python3.*)
take "/usr/lib/$python"
(cd "$root/usr/lib/$python" && rm -rf asyncio concurrent config-* ctypes curses dbm distutils email ensurepip html http \
  idlelib lib-dynload lib2to3 multiprocessing pydoc* _pyrepl sqlite3 test tkinter tomllib turtle* unittest urllib venv \
  wsgiref xml xmlrpc zoneinfo wave.py webbrowser.py doctest.py pdb.py mailbox.py smtplib.py imaplib.py ftplib.py)
mkdir -p "$root/usr/lib/$python/lib-dynload" # python3 complains when it is not there
find "$root" -name __pycache__ -prune -exec rm -rf {} +
# pam_permit is all that Debian's policy for vtysh names; ldd does not see modules.
take "/usr/lib/$(uname -m)-linux-gnu/security/pam_permit.so" "/usr/lib/$(uname -m)-linux-gnu/libnss_files.so.2"
printf '%s\n' 'auth sufficient pam_permit.so' 'account sufficient pam_permit.so' 'session sufficient pam_permit.so' \
  | tee "$root/etc/pam.d/frr" >"$root/etc/pam.d/other"
find "$root/usr" -type f \( -perm -100 -o -name '*.so*' \) -printf '/usr/%P\n' \
  | chroot "$full" /usr/bin/xargs ldd 2>/dev/null \
  | sed -nE 's#^.*[[:space:]](/[^ :]+) \(0x.*#\1#p' | sort -u >"$work/libraries" || true
while read -r library; do
  case $library in /usr/*) ;; *) library=/usr$library ;; esac
  take "$library"
done <"$work/libraries"

# As in the official image: uid 100, gid 101.
printf '%s\n' 'root:x:0:0:root:/root:/bin/bash' 'frr:x:100:101:FRR:/nonexistent:/usr/sbin/nologin' >"$root/etc/passwd"
printf '%s\n' 'root:x:0:' 'frr:x:101:' 'frrvty:x:102:frr' >"$root/etc/group"
printf 'passwd: files\ngroup: files\nhosts: files\n' >"$root/etc/nsswitch.conf"
chown -R 100:101 "$root"/etc/frr "$root"/run/frr "$root"/var/{lib,log,tmp}/frr
cat >"$root/usr/lib/frr/docker-start" <<'START'
#!/bin/bash
# As in the official image: owners, then the daemons that /etc/frr/daemons names, under watchfrr.
log_success_msg() { echo "$@"; }
log_warning_msg() { echo "$@" >&2; }
log_failure_msg() { echo "$@" >&2; }
mkdir -p /run/frr /var/tmp/frr
chown -R frr:frr /etc/frr /run/frr /var/tmp/frr
source /usr/lib/frr/frrcommon.sh
exec /usr/lib/frr/watchfrr $(daemon_list)
START
chmod 755 "$root/usr/lib/frr/docker-start"
chroot "$root" /usr/bin/vtysh -h >/dev/null
chroot "$root" /usr/bin/python3 -B -c \
  'import argparse, logging, random, re, string, subprocess, collections, ipaddress, pprint'
chroot "$root" /usr/lib/frr/bgpd -v | head -n 1

cd "$work"
tar --sort=name --mtime=@0 --numeric-owner -C "$root" -cf layer.tar .
layer=$(sha256sum layer.tar | cut -d' ' -f1)
mkdir "$layer"
mv layer.tar "$layer/"
cat >config.json <<CONFIG
{"architecture":"$(dpkg --print-architecture)","os":"linux","created":"1970-01-01T00:00:00Z","config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"Entrypoint":["/sbin/tini","--","/usr/lib/frr/docker-start"],"Labels":{"org.opencontainers.image.title":"FRR $version from Debian $suite","org.opencontainers.image.version":"$version"}},"rootfs":{"type":"layers","diff_ids":["sha256:$layer"]},"history":[{"created":"1970-01-01T00:00:00Z","created_by":"packaging/frr-image.sh $suite"}]}
CONFIG
config=$(sha256sum config.json | cut -d' ' -f1)
mv config.json "$config.json"
printf '[{"Config":"%s.json","RepoTags":["meshover/frr-debian:%s"],"Layers":["%s/layer.tar"]}]\n' "$config" "$version" "$layer" >manifest.json
tar -cf "$cached.part" manifest.json "$config.json" "$layer"
mv "$cached.part" "$cached"
cp --reflink=auto "$cached" "$out"

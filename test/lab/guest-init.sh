#!/bin/bash
# PID 1 of a guest kernel, or of a set of namespaces on the machine's own: prepares the system, runs LAB_RUN/cmd, leaves its exit status in LAB_RUN/rc.
# LAB_RUN (a directory of the machine) and LAB_TTY come from the kernel command line: words key=value become init's environment.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb
machine=/host
[ "${LAB_STAGE:-overlay}" = own ] && machine=
end() {
  echo "$1" > "$machine$LAB_RUN/rc"
  [ "${LAB_STAGE:-}" = own ] && exit "$1"
  sync -f "$machine$LAB_RUN/rc" 2>/dev/null
  busybox poweroff -f
  sleep 10
}

# A guest starts on the machine's / (hostfs, 9p): everything written goes into memory, the raw / stays visible at /host.
if [ "${LAB_STAGE:-overlay}" = overlay ]; then
  machine=
  mount -t proc proc /proc
  mount -t tmpfs -o mode=755,size=90% tmpfs /mnt || end 122
  mkdir /mnt/up /mnt/wk /mnt/root
  mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/up,workdir=/mnt/wk /mnt/root || end 123
  mkdir -p /mnt/root/host
  umount /proc
  cd /mnt/root && pivot_root . host || end 124
  export LAB_STAGE=guest
  exec chroot . "$0" </dev/null
fi

if [ "$LAB_STAGE" = guest ]; then
  mount -t proc proc /proc
  mount -t devtmpfs dev /dev
  mkdir -p /dev/pts /dev/shm /dev/net
  mount -t devpts devpts /dev/pts
  mount -t tmpfs tmpfs /dev/shm
  for link in fd:/proc/self/fd stdin:/proc/self/fd/0 stdout:/proc/self/fd/1 stderr:/proc/self/fd/2; do
    ln -sfn "${link#*:}" "/dev/${link%%:*}"
  done
  if [ -d "${LAB_MODULES:-/none}" ]; then
    mkdir -p /lib/modules
    ln -sfn "$LAB_MODULES" "/lib/modules/$(uname -r)"
    modprobe -qa ipv6 tun wireguard ip6_gre dummy 2>/dev/null
  fi
  # User-Mode Linux panics when a process that mapped an io_uring (Node.js) forks and execs.
  [ ! -e /proc/sys/kernel/io_uring_disabled ] || echo 2 > /proc/sys/kernel/io_uring_disabled
  [ -c /dev/net/tun ] || mknod /dev/net/tun c 10 200
fi
mount -t sysfs sysfs /sys
mkdir -p /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lock /run/netns
[ -L /var/run ] || { rm -rf /var/run; ln -s /run /var/run; }
# Docker's overlay2 cannot use an overlay as its upper directory: its data lives on a tmpfs.
mkdir -p /run/lab
mount -t tmpfs -o mode=711,size=90% tmpfs /run/lab
hostname lab
ip link set lo up
# cgroup 2: a group that has processes cannot hand controllers to its children (Docker, runc).
mkdir -p /sys/fs/cgroup/init
echo $$ > /sys/fs/cgroup/init/cgroup.procs
for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
  echo "+$controller" > /sys/fs/cgroup/cgroup.subtree_control
done 2>/dev/null
if [ "$LAB_STAGE" = own ]; then
  bash "$LAB_RUN/cmd"
else
  stty -F "${LAB_TTY:-/dev/tty1}" -onlcr 2>/dev/null
  setsid -c bash "/host$LAB_RUN/cmd" <"${LAB_TTY:-/dev/tty1}" >"${LAB_TTY:-/dev/tty1}" 2>&1
fi
end $?

// The QEMU guest: Debian's own kernel, the machine's / over 9p, a small initramfs that mounts it.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { Kernel } from './kernel.ts';

type QemuKernel = Extract<Kernel, { kind: 'qemu' }>;

const needed = ['virtio_pci', '9pnet_virtio', '9p', 'overlay'];

const firstStage = (init: string): string => `#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc
for module in /modules/*; do $b insmod $module; done
$b mount -t tmpfs -o size=90% tmpfs /t
$b mkdir -p /t/host /t/up /t/wk /t/root
$b mount -t 9p -o trans=virtio,version=9p2000.L,cache=loose,msize=512000 root /t/host || $b poweroff -f
$b mount -t overlay overlay -o lowerdir=/t/host,upperdir=/t/up,workdir=/t/wk /t/root || $b poweroff -f
$b mkdir -p /t/root/host
$b mount -o bind /t/host /t/root/host
$b umount /proc
export LAB_STAGE=guest
exec $b switch_root /t/root ${init}
`;

const modulePaths = ({ directory, release }: QemuKernel): readonly string[] => {
  const lines = needed.flatMap((module) =>
    execFileSync('modprobe', ['-d', directory, '-S', release, '--show-depends', module], {
      encoding: 'utf8',
    }).split('\n'),
  );
  const paths = lines.flatMap((line) => /^insmod (\S+)/.exec(line)?.[1] ?? []);
  return [...new Set(paths)];
};

const initramfs = (kernel: QemuKernel, init: string): string => {
  const out = join(kernel.directory, `initrd-${kernel.release}`);
  if (existsSync(out)) return out;
  const tree = mkdtempSync(join(kernel.directory, 'initrd.'));
  for (const folder of ['bin', 'modules', 'root', 't', 'proc', 'dev'])
    mkdirSync(join(tree, folder));
  copyFileSync('/bin/busybox', join(tree, 'bin', 'busybox'));
  chmodSync(join(tree, 'bin', 'busybox'), 0o755);
  modulePaths(kernel).forEach((path, index) => {
    const order = String(index).padStart(2, '0');
    copyFileSync(path, join(tree, 'modules', `${order}-${basename(path)}`));
  });
  writeFileSync(join(tree, 'init'), firstStage(init), { mode: 0o755 });
  const names = execFileSync('find', ['.'], { cwd: tree });
  const archive = execFileSync('cpio', ['-o', '-H', 'newc', '--quiet'], {
    cwd: tree,
    input: names,
    maxBuffer: 1 << 28,
  });
  writeFileSync(`${out}.new`, archive);
  renameSync(`${out}.new`, out);
  rmSync(tree, { recursive: true });
  return out;
};

const machine = ['-M', 'q35', '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'];

/** /dev/kvm may be there and yet not work (nested virtualisation), which only a try shows. */
const acceleration = (): string => {
  const words = ['-accel', 'kvm', '-cpu', 'max', ...machine, '-S', '-monitor', 'stdio'];
  const tried = spawnSync('qemu-system-x86_64', words, { input: 'quit\n', timeout: 10_000 });
  return tried.status === 0 ? 'kvm' : 'tcg,thread=multi';
};

export const qemuCommand = (guest: {
  readonly kernel: QemuKernel;
  readonly memoryMb: number;
  readonly run: string;
  readonly init: string;
}): readonly string[] => {
  const { directory, release } = guest.kernel;
  const words = [
    'console=ttyS0 quiet loglevel=3 panic=-1 mitigations=off LAB_TTY=/dev/ttyS0',
    `LAB_RUN=${guest.run} LAB_MODULES=${join(directory, 'lib', 'modules', release)}`,
  ];
  return [
    'qemu-system-x86_64',
    ...['-accel', acceleration(), '-cpu', 'max', '-smp', '2', '-m', `${guest.memoryMb}M`],
    ...machine,
    ...['-kernel', join(directory, 'boot', `vmlinuz-${release}`)],
    ...['-initrd', initramfs(guest.kernel, guest.init), '-append', words.join(' ')],
    ...['-virtfs', 'local,path=/,mount_tag=root,security_model=none,multidevs=remap'],
    ...['-serial', 'stdio'],
  ];
};

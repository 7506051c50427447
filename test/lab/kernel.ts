// Chooses the kernel that the lab runs on: the machine's own, else User-Mode Linux, else QEMU with Debian's kernel.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export type Kernel =
  | { readonly kind: 'own' }
  | { readonly kind: 'uml'; readonly path: string }
  | { readonly kind: 'qemu'; readonly directory: string; readonly release: string };

export const projectRoot = join(import.meta.dirname, '..', '..');
const cache = join(projectRoot, '.cache');

/** What a node makes: a kernel that refuses one of these cannot carry the lab. */
const probes: readonly (readonly string[])[] = [
  ['type', 'wireguard'],
  ['type', 'ip6gre', 'local', '::1', 'remote', '::2'],
  ['type', 'dummy'],
];

/** Probes in a network namespace that ends with the process, so nothing of the machine changes. */
const ownKernelServes = (): boolean =>
  probes.every(
    (kind) =>
      spawnSync('unshare', ['--net', 'ip', 'link', 'add', 'probe0', ...kind], { stdio: 'ignore' })
        .status === 0,
  );

const umlPath = (): string | undefined =>
  [
    process.env['MESHOVER_UML'],
    join(cache, 'linux.uml'),
    join(projectRoot, '..', 'shared', 'lab', 'linux.uml'),
  ].find((path) => path !== undefined && path !== '' && existsSync(path));

const extracted = (directory: string): string | undefined => {
  const modules = join(directory, 'lib', 'modules');
  const release = existsSync(modules) ? readdirSync(modules)[0] : undefined;
  return release !== undefined && existsSync(join(directory, 'boot', `vmlinuz-${release}`))
    ? release
    : undefined;
};

/** Debian's *generic* kernel, unpacked and not installed: the cloud flavour has no 9p. */
const debianKernel = (): Kernel => {
  const directory = join(cache, 'debian-kernel');
  const found = extracted(directory);
  if (found !== undefined) return { kind: 'qemu', directory, release: found };
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const depends = execFileSync('apt-cache', ['depends', 'linux-image-amd64'], { encoding: 'utf8' });
  const name = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
  if (name === undefined)
    throw new Error('apt knows no linux-image-amd64: run apt-get update, then try again');
  execFileSync('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', name], {
    cwd: directory,
    stdio: 'inherit',
  });
  const archive = readdirSync(directory).find((file) => file.endsWith('.deb'));
  if (archive === undefined) throw new Error(`apt-get download ${name} left no file: disk full?`);
  execFileSync('dpkg-deb', ['-x', join(directory, archive), directory]);
  const release = extracted(directory);
  if (release === undefined) throw new Error(`${name} holds no kernel: remove ${directory}`);
  execFileSync('depmod', ['-b', directory, release]);
  return { kind: 'qemu', directory, release };
};

/** MESHOVER_KERNEL=own|uml|qemu overrules the choice. */
export const chooseKernel = (): Kernel => {
  const wanted = process.env['MESHOVER_KERNEL'] ?? '';
  if (wanted === 'own' || (wanted === '' && ownKernelServes())) return { kind: 'own' };
  const uml = umlPath();
  if (wanted !== 'qemu' && uml !== undefined) return { kind: 'uml', path: uml };
  if (wanted === 'uml')
    throw new Error('MESHOVER_KERNEL=uml, but no linux.uml: set MESHOVER_UML to its path');
  return debianKernel();
};

export const describeKernel = (kernel: Kernel): string => {
  switch (kernel.kind) {
    case 'own':
      return "this machine's own kernel";
    case 'uml':
      return `a User-Mode Linux guest (${kernel.path})`;
    case 'qemu':
      return `a QEMU guest with Debian's kernel ${kernel.release}`;
  }
};

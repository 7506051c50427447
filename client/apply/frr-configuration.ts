// FRR's configuration: written aside, checked by FRR, applied, and only then made the good one.
import type { Frr } from '../desired/desired.ts';
import { fingerprint } from '../desired/fingerprint.ts';
import { frrConfigDirectory, frrContainerName, frrFile } from '../desired/frr-container.ts';
import type { FrrHost } from '../host/ports.ts';
import { appliedFrrPath, readRpki, readRunning, type AppliedFrr } from '../observe/frr.ts';
import { deltaFrom, settledText } from '../plan/frr-delta.ts';
import { FrrError, waitForFrr } from './frr-ready.ts';

const inContainer = '/etc/frr';
const reloader = '/usr/lib/frr/frr-reload.py';

/** Rejects with the reason; frr.conf and what runs are then as they were. */
export const applyConfiguration = async (host: FrrHost, frr: Frr): Promise<void> => {
  if (!frr.configuration.ok) throw new FrrError('template', frr.configuration.reason);
  const wanted = frrFile(frr, 'frr.conf') ?? '';
  await waitForFrr(host);
  await host.files.write(`${frrConfigDirectory(host.stateDir)}/candidate.conf`, wanted, 0o640);
  const canReload = await check(host);
  await settle(host, wanted, canReload);
  await run(host, ['mv', '-f', `${inContainer}/candidate.conf`, `${inContainer}/frr.conf`]);
  await remember(host, wanted);
};

/** The file's owner is the image's user frr, whose number only the image knows. */
const checkScript = `chown frr:frr "$1" && vtysh -C -f "$1" || exit 1
test ! -x "$2" || echo reload`;

const check = async (host: FrrHost): Promise<boolean> => {
  const argv = ['sh', '-c', checkScript, 'check', `${inContainer}/candidate.conf`, reloader];
  const result = await host.containers.exec(frrContainerName, argv);
  if (result.code === 0) return result.stdout.split('\n').includes('reload');
  throw new FrrError(
    'refused',
    `FRR refuses the new frr.conf, so the last good one stays: ${gist(result)}; ` +
      'correct the template frr.conf in the directory of -frrconf',
  );
};

/**
 * An addition touches nothing else. For a removal frr-reload.py knows FRR's many special cases; without
 * it the `no` commands are our own.
 */
const settle = async (host: FrrHost, wanted: string, canReload: boolean): Promise<void> => {
  const { texts } = await readRunning(host.vty);
  const delta = deltaFrom(texts, wanted);
  if (delta.script === '') return;
  if (!delta.additive && canReload) {
    await run(host, [reloader, '--reload', `${inContainer}/candidate.conf`]);
  } else {
    const path = `${frrConfigDirectory(host.stateDir)}/change.conf`;
    await host.files.write(path, delta.script, 0o640);
    await run(host, ['vtysh', '-f', `${inContainer}/change.conf`]);
    await host.files.remove(path);
  }
  // What a peer has sent already is judged by a changed prefix-list only when bgpd is told to.
  await host.vty.ask('bgpd', ['enable', 'clear bgp * soft in']);
};

const run = async (host: FrrHost, argv: readonly string[]): Promise<void> => {
  const result = await host.containers.exec(frrContainerName, argv);
  if (result.code === 0) return;
  throw new FrrError(
    'failed',
    `FRR did not take the new configuration (${argv[0] ?? ''} ended with ${result.code}): ${gist(result)}; ` +
      'it is tried again, and frr.conf on disk is still the last good one',
  );
};

/** Lines that say what is wrong, without the reload script's own story. */
const gist = (result: { readonly stdout: string; readonly stderr: string }): string => {
  const lines = `${result.stderr}\n${result.stdout}`
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== 'reload' && !line.includes('INFO:'));
  const telling = lines.filter((line) => /%|error|line \d+|fail/i.test(line));
  return (telling.length > 0 ? telling : lines).slice(-5).join(' / ') || 'no reason given';
};

const remember = async (host: FrrHost, wanted: string): Promise<void> => {
  const { texts } = await readRunning(host.vty);
  const version = await host.vty.ask('zebra', ['enable', 'show version']);
  const applied: AppliedFrr = {
    file: fingerprint(wanted),
    running: fingerprint(settledText(texts)),
    version: /^FRRouting (\d+(?:\.\d+)*)/.exec(version?.[1]?.text ?? '')?.[1],
    rpki: await readRpki(host.vty),
  };
  await host.files.write(appliedFrrPath(host.stateDir), `${JSON.stringify(applied)}\n`, 0o600);
};

// FRR's container as a fixed shape: name, rights, places.
import type { Frr } from './desired.ts';
import { fingerprint } from './fingerprint.ts';

export const frrContainerName = 'meshover-frr';

/** The label that says what the container was made for. */
export const frrSpecLabel = 'meshover.spec';

/**
 * The least that FRR 8.4 and 10.3 start with: zebra insists on SYS_ADMIN (namespaces), bgpd on
 * NET_BIND_SERVICE; its start scripts give files to the user frr, change to it and signal it.
 */
export const frrCapabilities = [
  'CHOWN',
  'DAC_OVERRIDE',
  'KILL',
  'NET_ADMIN',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETGID',
  'SETUID',
  'SYS_ADMIN',
] as const;

/** SIGTERM lets bfdd say "down" first, and then every route through this node is lost for seconds. */
export const frrStopSignal = 'SIGKILL';

/** Host directories of the container's /etc/frr and /run/frr. */
export const frrConfigDirectory = (stateDir: string): string => `${stateDir}/frr`;
export const frrRunDirectory = (stateDir: string): string => `${stateDir}/frr-run`;

export const frrDaemons = ['zebra', 'bgpd', 'bfdd'] as const;

export const frrFile = (frr: Frr, name: string): string | undefined =>
  frr.configuration.ok
    ? frr.configuration.files.find((file) => file.name === name)?.text
    : undefined;

/** Changes when the container must be replaced; undefined when the files could not be rendered. */
export const frrSpecOf = (frr: Frr): string | undefined => {
  const daemons = frrFile(frr, 'daemons');
  return daemons === undefined
    ? undefined
    : fingerprint([frr.image, daemons, frrFile(frr, 'vtysh.conf'), ...frrCapabilities].join('\n'));
};
